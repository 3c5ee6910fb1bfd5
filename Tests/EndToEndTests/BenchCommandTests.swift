import Foundation
import HoldfastReport
import Testing

extension EndToEnd {
    /// `holdfast bench` in short: what it counts and weighs, never how fast this machine is today.
    @Suite struct BenchCommandTests {
        @Test func everySubjectIsMeasured() async throws {
            let words = ["bench", "--pairs", "2", "--seconds", "0.3", "--sessions", "2000", "--json"]
            let ended = try await Program.run(words, limit: 240)
            #expect(ended.status == 0, "\(ended.errors)")
            let report = try JSONDecoder().decode(BenchReport.self, from: Data(ended.output.utf8))
            for name in ["connect.cpu", "connect.rate", "beat.cpu", "beat.rate", "beat.latenessP99"] {
                let figure = try #require(report.figure(name), "\(name)")
                #expect(figure.holdfast.count == 2 && figure.peerSamples.count == 2, "\(name)")
                #expect(figure.holdfast.allSatisfy { $0 > 0 } && figure.peerSamples.allSatisfy { $0 > 0 }, "\(name)")
                #expect(try #require(figure.ratio) > 0)
            }
            for name in ["connectRate", "connectCPU", "bytesRate", "burstCPU"].map({ "balancer." + $0 }) {
                let figure = try #require(report.figure(name), "\(name)")
                #expect(figure.peer == "HAProxy")
                #expect(figure.holdfast.count == 2 && figure.peerSamples.count == 2, "\(name)")
            }
            for name in ["simulation.rate", "codec.encode", "codec.decode"] {
                #expect(report.figure(name)?.holdfast.count == 2, "\(name)")
            }
            let memory = try #require(report.figure("memory.session")?.median)
            #expect((64...512).contains(memory))
            // It is what all of the machine's slabs grew by: whoever else gives memory back meanwhile counts as well.
            #expect(report.figure("memory.session")?.holdfast.count == 2)
            #expect(report.figure("memory.kernel")?.holdfast.count == 2)
        }

        @Test func oneSubjectAlone() async throws {
            let ended = try await Program.run(
                ["bench", "--only", "codec", "--pairs", "1", "--seconds", "0.1"],
                limit: 60
            )
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.contains("holdfast bench --only codec --pairs 1 --seconds 0.1"))
            #expect(!ended.output.contains("heartbeat"))
        }

        @Test func aSignalEndsIt() async throws {
            let run = try Program.start(["bench", "--only", "connect", "--seconds", "60"])
            let pid = run.process.processIdentifier
            let isMeasuring = await run.wait(within: 30) {
                Processes.children(of: pid).contains { $0.arguments.contains("bare-connects") }
            }
            #expect(isMeasuring, "\(run.errors)")
            let children = Processes.children(of: pid).map(\.pid)
            kill(pid, SIGINT)
            let ended = try await run.end(within: 30)
            #expect(ended.status == 105, "\(ended.errors)")
            #expect(ended.errors.contains("the bench was ended by SIGINT"))
            let deadline = Date().addingTimeInterval(5)
            while Date() < deadline, children.contains(where: Processes.exists) {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(children.filter(Processes.exists) == [])
        }

        @Test(arguments: [
            (["--pairs", "0"], "--pairs is 0; expected 1 to 100"),
            (["--seconds", "0"], "--seconds is 0.0; expected 0.1 to 600"),
            (["--sessions", "18001"], "--sessions is 18001; expected 1 to 18000"), (["--only", "speed"], "codec"),
        ])
        func whatCannotBeMeasured(words: [String], line: String) async throws {
            let ended = try await Program.run(["bench"] + words, limit: 30)
            #expect(ended.status == 64)
            #expect(ended.errors.contains(line), "\(ended.errors)")
        }
    }
}
