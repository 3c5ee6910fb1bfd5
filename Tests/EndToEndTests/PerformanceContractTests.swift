import Foundation
import Testing

extension EndToEnd {
    /// What a heartbeat may cost a worker, as counts: they do not depend on how fast this machine is today.
    @Suite struct PerformanceContractTests {
        private enum Ceiling {
            /// Written, read, and the part of two waits that a beat among others has.
            static let systemCallsPerHeartbeat = 3.0
            #if DEBUG
            // Without the optimizer, closures and the elements of arrays are boxed on the way: 18 times where hundreds
            // of beats share a wait, 20 where nearly every beat has its own.
            static let allocationsPerHeartbeat = 24.0
            #else
            static let allocationsPerHeartbeat = 0.001
            #endif
        }

        /// A short and a longer run of the same load: what differs is what the heartbeats in between have cost.
        @Test func systemCallsOfAHeartbeat() async throws {
            #expect(FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "needs the package strace")
            let cost = try await costPerHeartbeat { directory in
                let table = directory + "/calls"
                return Counter(wrapper: ["/usr/bin/strace", "-f", "-c", "-o", table]) { _ in
                    try SystemCalls.total(in: String(contentsOfFile: table, encoding: .utf8))
                }
            }
            // A beat that is written and read takes two. A few of the last are under way when a run is over, and how
            // often the shorter run waited differs: hundredths of a call. Far fewer would mean that none were counted.
            #expect((1.8...Ceiling.systemCallsPerHeartbeat).contains(cost), "\(cost) system calls")
        }

        @Test func allocationsOfAHeartbeat() async throws {
            let cost = try await costPerHeartbeat { directory in
                let library = try Self.compiled(into: directory)
                return Counter(wrapper: ["/usr/bin/env", "LD_PRELOAD=\(library)"]) { ended in
                    let line = ended.errors.split(separator: "\n").last { $0.hasPrefix("allocations ") }
                    return try #require(line.flatMap { Double($0.dropFirst("allocations ".count)) })
                }
            }
            #expect((-0.001...Ceiling.allocationsPerHeartbeat).contains(cost), "\(cost) allocations")
        }

        /// How something is counted: the command that goes before the program's, and what it has found.
        private struct Counter {
            var wrapper: [String]
            var count: (Program.Ended) throws -> Double
        }

        private func costPerHeartbeat(_ makeCounter: (String) throws -> Counter) async throws -> Double {
            let port = try LocalPorts.free()
            let gateway = try Program.start(["bench-part", "gateway", "--port", "\(port)"])
            defer { kill(gateway.process.processIdentifier, SIGKILL) }
            #expect(await gateway.wait(within: 10) { gateway.output.contains("ready") })
            var totals: [(beats: Double, cost: Double)] = []
            for seconds in [1.0, 4.0] {
                let counter = try makeCounter(gateway.directory)
                let words = [
                    "bench-part", "beats", "--port", "\(port)", "--sessions", "200", "--seconds", "\(seconds)",
                ]
                let ended = try await Program.start(words, through: counter.wrapper).end(within: 60)
                #expect(ended.status == 0, "\(ended.errors)")
                let sample = try JSONDecoder().decode(Sample.self, from: Data(ended.output.utf8))
                totals.append((Double(sample.operations + sample.warmupOperations), try counter.count(ended)))
            }
            let beats = totals[1].beats - totals[0].beats
            try #require(beats > 1_000)
            return (totals[1].cost - totals[0].cost) / beats
        }

        private struct Sample: Decodable {
            var operations: UInt64
            var warmupOperations: UInt64
        }

        /// The library that counts allocations, compiled.
        private static func compiled(into directory: String) throws -> String {
            let sources = ["HoldfastCoreTests/Allocations/count.c", "EndToEndTests/Counting/report.c"].map {
                "\(Program.root)/Tests/\($0)"
            }
            let library = directory + "/allocations.so"
            let compiler = Process()
            compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            compiler.arguments = ["clang", "-O2", "-shared", "-fPIC"] + sources + ["-o", library]
            try compiler.run()
            compiler.waitUntilExit()
            try #require(compiler.terminationStatus == 0)
            return library
        }
    }

    /// What `strace -c` writes.
    @Suite struct SystemCallTableTests {
        @Test func theTotalIsFound() throws {
            let table = """
                % time     seconds  usecs/call     calls    errors syscall
                ------ ----------- ----------- --------- --------- ----------------
                 60.00    0.000300           3       100           recvfrom
                 40.00    0.000200           2       100        17 sendto
                ------ ----------- ----------- --------- --------- ----------------
                100.00    0.000500           2       200        17 total
                """
            #expect(try SystemCalls.total(in: table) == 200)
        }
    }
}

/// A table of system calls.
enum SystemCalls {
    /// All calls.
    static func total(in table: String) throws -> Double {
        let line = table.split(separator: "\n").last { $0.hasSuffix(" total") }
        let words = try #require(line?.split(separator: " "))
        return try #require(words.count > 4 ? Double(words[3]) : nil)
    }
}
