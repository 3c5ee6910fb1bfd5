import Foundation
import HoldfastCollector
import HoldfastCore
import HoldfastHTTP
import SwiftProtobuf
import Testing

@testable import HoldfastTelemetry

@Suite("Collector", .timeLimit(.minutes(1)))
struct CollectorTests {
    @Test("What was pushed is answered, by either spelling of its name")
    func stored() async throws {
        try await withCollector { rig async throws in
            let pusher = rig.pusher()
            pusher.submit(snapshot(second: 100, sessions: 5))
            pusher.submit(snapshot(second: 101, sessions: 6))
            #expect(await pusher.finish(deadline: .seconds(10)).batchesSent == 2)

            for name in ["holdfast.sessions", "holdfast_sessions"] {
                let series = try await rig.series("name=\(name)")
                #expect(series.map(\.points) == [[[100, 5], [101, 6]]])
                let attributes = try #require(series.first).attributes
                #expect(attributes["gateway"] == "0")
                #expect(attributes["state"] == "admitted")
                #expect(attributes["holdfast.role"] == "worker")
                #expect(attributes["service.instance.id"] == "0000000000000001-worker-0")
            }
            #expect(try await rig.series("name=holdfast_export_batches_sent_total").count == 1)
            #expect(try await rig.series("name=holdfast.nothing").isEmpty)
        }
    }

    @Test("The sum over all processes is what they pushed, and labels choose among them")
    func manyProcesses() async throws {
        try await withCollector { rig async throws in
            let pushers = (0..<12).map { rig.pusher($0) }
            for (index, pusher) in pushers.enumerated() {
                pusher.submit(snapshot(second: 100, sessions: 1_000 + index, gateway: GatewayID(index % 3)))
            }
            for pusher in pushers { #expect(await pusher.finish(deadline: .seconds(20)).batchesSent == 1) }

            let all = try await rig.series("name=holdfast.sessions")
            #expect(all.compactMap(\.points.last?.last).reduce(0, +) == 12_066)
            #expect(try await rig.series("name=holdfast.sessions&gateway=2").count == 4)
            #expect(try await rig.series("name=holdfast.sessions&gateway=2&holdfast.index=5").count == 1)
            #expect(try await rig.series("name=holdfast.sessions&holdfast_index=5").count == 1)
            #expect(try await rig.series("name=holdfast.sessions&gateway=9").isEmpty)
        }
    }

    @Test("A batch that is sent twice is stored once, and a point that is sent again replaces the first")
    func idempotent() async throws {
        try await withCollector { rig async throws in
            let batch = rig.encode(snapshot(second: 100, sessions: 5))
            for _ in 0..<3 { #expect(await rig.post(batch).status == 200) }
            #expect(try await rig.series("name=holdfast.sessions").map(\.points) == [[[100, 5]]])

            #expect(await rig.post(rig.encode(snapshot(second: 100, sessions: 4))).status == 200)
            #expect(try await rig.series("name=holdfast.sessions").map(\.points) == [[[100, 4]]])
        }
    }

    @Test("Only points at or after `since` are answered")
    func since() async throws {
        try await withCollector { rig async throws in
            for second in 100...103 as ClosedRange<UInt64> {
                _ = await rig.post(rig.encode(snapshot(second: second, sessions: 1)))
            }
            #expect(
                try await rig.series("name=holdfast.sessions&since=102").map { $0.points.map(\.[0]) } == [[102, 103]]
            )
            #expect(
                try await rig.series("name=holdfast.sessions&since=102.001").map { $0.points.map(\.[0]) } == [[103]]
            )
        }
    }

    @Test("Of a distribution, count, sum, maximum and two quantiles are kept")
    func histogram() async throws {
        try await withCollector { rig async throws in
            var histogram = Histogram()
            for value in 1...100 { histogram.record(Double(value) / 100) }
            var snapshot = MetricSnapshot(unixNanoseconds: 1_000_000_000)
            snapshot.add(.heartbeatRTT, histogram)
            _ = await rig.post(rig.encode(snapshot))

            func value(_ name: String) async throws -> Double? {
                try await rig.series("name=" + name).first?.points.last?.last
            }
            #expect(try await value("holdfast.heartbeat.rtt.count") == 100)
            #expect(try await value("holdfast_heartbeat_rtt_max_seconds") == 1)
            #expect(try await value("holdfast.heartbeat.rtt.p50") == histogram.quantile(0.5))
            #expect(try await value("holdfast.heartbeat.rtt.p99") == histogram.quantile(0.99))
            #expect(try await value("holdfast.heartbeat.rtt.sum") == histogram.sum)
        }
    }

    @Test("Names are listed with units and kinds")
    func names() async throws {
        try await withCollector { rig async throws in
            _ = await rig.post(rig.encode(snapshot(second: 100, sessions: 5)))
            let text = String(decoding: await rig.get("/api/v1/names").body, as: UTF8.self)
            #expect(
                text == """
                    {"names":[{"kind":"gauge","name":"holdfast.sessions",\
                    "prometheusName":"holdfast_sessions","series":1,"unit":"{session}"}]}
                    """
            )
        }
    }

    @Test("It says that it is well, and shows a page that needs nothing from elsewhere")
    func page() async throws {
        try await withCollector { rig async throws in
            #expect(await rig.get("/healthz").status == 200)
            let page = await rig.get("/")
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(page.status == 200)
            #expect(text.hasPrefix("<!doctype html>"))
            let links = text.matches(of: /https?:[^"'\s]*/).map { String($0.output) }
            #expect(links == ["http://www.w3.org/2000/svg"])
            for name in text.matches(of: /"(holdfast\.[a-z_.]+)"/).map({ String($0.output.1) }) {
                let isAttribute = ["holdfast.run", "holdfast.plan"].contains(name)
                #expect(isAttribute || Instrument(rawValue: name) != nil, "\(name) is no instrument")
            }
        }
    }

    @Test("What is kept survives a restart, in tables beside those of others")
    func restart() async throws {
        let path = NSTemporaryDirectory() + "holdfast-\(UUID().uuidString.prefix(8)).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        for second in 100...101 as ClosedRange<UInt64> {
            try await withCollector(databasePath: path) { rig async throws in
                _ = await rig.post(rig.encode(snapshot(second: second, sessions: 5)))
                if second == 101 {
                    #expect(try await rig.series("name=holdfast.sessions").map(\.points) == [[[100, 5], [101, 5]]])
                }
            }
        }
    }

    @Test("A collector that goes away and comes back misses nothing while memory lasts")
    func downThenUp() async throws {
        let first = try await Collector.start(port: 0)
        let rig = CollectorRig(url: first.url)
        let pusher = rig.pusher()
        pusher.submit(snapshot(second: 100, sessions: 1))
        try await waitUntil { pusher.summary.batchesSent == 1 }
        await first.stop()
        pusher.submit(snapshot(second: 101, sessions: 2))
        pusher.submit(snapshot(second: 102, sessions: 3))
        try await waitUntil { pusher.summary.lastError != nil }

        let second = try await Collector.start(port: first.port)
        let summary = await pusher.finish(deadline: .seconds(20))

        #expect(summary.batchesSent == 3)
        #expect(summary.batchesLost == 0)
        #expect(try await rig.series("name=holdfast.sessions").map(\.points) == [[[101, 2], [102, 3]]])
        await second.stop()
    }

    @Test("A collector that goes away for good costs exactly the batches that it has not acknowledged")
    func downForGood() async throws {
        let collector = try await Collector.start(port: 0)
        let pusher = CollectorRig(url: collector.url).pusher()
        pusher.submit(snapshot(second: 100, sessions: 1))
        try await waitUntil { pusher.summary.batchesSent == 1 }
        await collector.stop()
        for second in 101...103 as ClosedRange<UInt64> { pusher.submit(snapshot(second: second, sessions: 1)) }

        let summary = await pusher.finish(deadline: .milliseconds(300))

        #expect(summary.batchesSent == 1)
        #expect(summary.batchesLost == 3)
        #expect(summary.lastError?.isEmpty == false)
    }

    @Test("A port that is taken, and a file that cannot be had, are said in one line")
    func cannotStart() async throws {
        let taken = try await Collector.start(port: 0)
        let listening = await #expect(throws: CollectorError.self) { try await Collector.start(port: taken.port) }
        #expect(listening?.description.hasPrefix("cannot listen on 127.0.0.1:\(taken.port): ") == true)
        let opening = await #expect(throws: CollectorError.self) {
            try await Collector.start(port: 0, databasePath: "/nowhere/at/all.sqlite")
        }
        #expect(opening?.description.hasPrefix("cannot open the database /nowhere/at/all.sqlite: ") == true)
        await taken.stop()
        await taken.stop()
    }
}

/// Runs `body` against a collector on a port of its own.
func withCollector(
    databasePath: String? = nil,
    limits: CollectorLimits = CollectorLimits(),
    _ body: (CollectorRig) async throws -> Void
) async throws {
    let collector = try await Collector.start(port: 0, databasePath: databasePath, limits: limits)
    do {
        try await body(CollectorRig(url: collector.url))
    } catch {
        await collector.stop()
        throw error
    }
    await collector.stop()
}
