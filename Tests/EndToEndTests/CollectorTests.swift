import Foundation
import HoldfastHTTP
import HoldfastResult
import Testing

extension EndToEnd {
    /// Every process pushes to a collector of its own life; losing it costs samples and nothing else.
    @Suite struct CollectorTests {
        @Test func theCollectorHasEveryProcessAndTheirSumIsThePopulation() async throws {
            let collector = try await RunningCollector()
            let ended = try await Program.plan("uneven-departures", "--set", "workers=2", "--push", collector.url)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            let processes = try await collector.series("holdfast.build.info").map { series in
                "\(series.attributes["holdfast.role"] ?? "") \(series.attributes["holdfast.index"] ?? "")"
            }
            #expect(
                Set(processes) == ["balancer 0", "coordinator 0", "gateway 0", "gateway 1", "worker 0", "worker 1"]
            )
            let sessions = try await collector.series("holdfast.sessions")
            let admitted = sessions.filter { $0.attributes["state"] == "admitted" }
            let last = admitted.compactMap(\.points.last?.value).reduce(0, +)
            #expect(UInt64(last) == result.sessions.establishedAtEnd)
            for gateway in result.gateways {
                let own = admitted.filter { $0.attributes["gateway"] == String(gateway.id) }
                let sum = own.compactMap(\.points.last?.value).reduce(0, +)
                #expect(UInt64(sum) == gateway.connectionsAtEnd)
            }
            try await collector.stop()
        }

        @Test func aCollectorThatEndsInTheMiddleCostsSamplesOnly() async throws {
            let collector = try await RunningCollector()
            let run = try Program.start(["run", "Plans/uneven-departures.yaml", "--push", collector.url])
            try await run.reach(second: 2)
            kill(collector.running.process.processIdentifier, SIGKILL)
            let ended = try await run.end(within: 90)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.verdict == .pass)
            let batches = try #require(result.harness.metricBatchesLost)
            #expect(batches > 0)
            #expect(result.notes.contains { $0.contains("metric batches") }, "\(result.notes)")
        }
    }
}

/// `holdfast collector` on a free port with a database of its own.
struct RunningCollector {
    struct Series {
        var attributes: [String: String]
        var points: [(unixSeconds: Double, value: Double)]
    }

    let running: Program.Running
    let url: String

    init() async throws {
        running = try Program.start(["collector", "--listen", "127.0.0.1:0"])
        let process = running
        guard await process.wait(within: 20, until: { RunningCollector.url(in: process.errors) != nil }),
            let url = RunningCollector.url(in: process.errors)
        else { throw Program.TooLong(arguments: ["collector"], errors: process.errors) }
        self.url = url
    }

    func series(_ name: String) async throws -> [Series] {
        let client = HTTPClient(name: "test")
        defer { client.shutdown() }
        let response = await client.get(HTTPRequest(url: "\(url)/api/v1/series?name=\(name)"))
        let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body))
        return answer.series.map { series in
            Series(
                attributes: series.attributes,
                points: series.points.map { (unixSeconds: $0[0], value: $0[1]) }
            )
        }
    }

    func stop() async throws {
        kill(running.process.processIdentifier, SIGTERM)
        _ = try await running.end(within: 20)
    }

    private static func url(in text: String) -> String? {
        text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("http://") }.map(String.init)
    }

    private struct Answer: Decodable {
        struct Series: Decodable {
            var attributes: [String: String]
            var points: [[Double]]
        }

        var series: [Series]
    }
}
