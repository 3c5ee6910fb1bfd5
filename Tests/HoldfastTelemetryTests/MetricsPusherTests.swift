import Foundation
import HoldfastCore
import SwiftProtobuf
import Testing

@testable import HoldfastTelemetry

@Suite("Pushing", .timeLimit(.minutes(1)))
struct MetricsPusherTests {
    @Test("A snapshot arrives with what every process says about itself")
    func delivered() async throws {
        let server = try ScriptedServer { _, _ in .status(200) }
        defer { server.stop() }
        let pusher = pusher(to: server.url)
        pusher.submit(snapshot(second: 1, sessions: 5))

        let summary = await pusher.finish(deadline: .seconds(10))

        #expect(summary.batchesSent == 1)
        #expect(summary.batchesLost == 0)
        #expect(summary.lastError == nil)
        let request = try #require(server.requests.first)
        #expect(request.head.hasPrefix("POST /v1/metrics HTTP/1.1\r\n"))
        #expect(request.head.contains("Content-Type: application/x-protobuf\r\n"))
        #expect(request.head.contains("User-Agent: holdfast/1.0\r\n"))
        let metrics = try metrics(of: request)
        #expect(metrics["holdfast.sessions"]?.gauge.dataPoints.map(\.asInt) == [5])
        #expect(metrics["holdfast.export.batches.sent"]?.sum.dataPoints.map(\.asInt) == [0])
        let info = try #require(metrics["holdfast.build.info"]?.gauge.dataPoints.first)
        #expect(info.attributes.map(\.key) == ["plan", "role", "run", "version"])
    }

    @Test(
        "What is not available now is tried again, and nothing is lost",
        arguments: [
            ScriptedServer.Reply.status(503, headers: ["Retry-After: 1"]), .status(429), .status(502), .status(504),
            .reset,
            .silence,
        ]
    )
    func triedAgain(first: ScriptedServer.Reply) async throws {
        let server = try ScriptedServer { number, _ in number == 0 ? first : .status(200) }
        defer { server.stop() }
        let pusher = pusher(to: server.url, timeoutMilliseconds: 300)
        pusher.submit(snapshot(second: 1, sessions: 1))
        try await waitUntil { pusher.summary.lastError != nil }
        pusher.submit(snapshot(second: 2, sessions: 2))

        let summary = await pusher.finish(deadline: .seconds(20))

        #expect(summary.batchesSent == 2)
        #expect(summary.batchesLost == 0)
        #expect(summary.lastError != nil)
        let sessions = try server.requests.map {
            try metrics(of: $0)["holdfast.sessions"]?.gauge.dataPoints.first?.asInt
        }
        #expect(sessions == [1, 1, 2])
    }

    @Test("Retry-After is waited for")
    func retryAfter() async throws {
        let server = try ScriptedServer { number, _ in
            number == 0 ? .status(503, headers: ["Retry-After: 1000"]) : .status(200)
        }
        defer { server.stop() }
        let pusher = pusher(to: server.url)
        pusher.submit(snapshot(second: 1, sessions: 1))
        try await waitUntil { pusher.summary.lastError != nil }
        pusher.submit(snapshot(second: 2, sessions: 2))
        // Without the floor the second attempt comes within 1 s.
        try await Task.sleep(for: .milliseconds(1_200))

        #expect(server.requests.count == 1)
        #expect(await pusher.finish(deadline: .seconds(10)).batchesSent == 2)
    }

    @Test(
        "What will never be taken is lost, counted and named; the next batch goes on",
        arguments: [400, 404, 415, 500]
    )
    func refused(status: Int) async throws {
        let server = try ScriptedServer { number, _ in number == 0 ? .status(status, body: "no\r\nway") : .status(200) }
        defer { server.stop() }
        let pusher = pusher(to: server.url)
        pusher.submit(snapshot(second: 1, sessions: 1))
        pusher.submit(snapshot(second: 2, sessions: 2))

        let summary = await pusher.finish(deadline: .seconds(10))

        #expect(summary.batchesSent == 1)
        #expect(summary.batchesLost == 1)
        #expect(summary.lastError == "HTTP \(status): no way")
    }

    @Test("A partial success is final, and says how much was rejected")
    func partialSuccess() async throws {
        var answer = OTLPExportMetricsServiceResponse()
        answer.partialSuccess.rejectedDataPoints = 3
        answer.partialSuccess.errorMessage = "too many series"
        let body: [UInt8] = try answer.serializedBytes()
        let text = String(decoding: body, as: UTF8.self)
        let server = try ScriptedServer { _, _ in .status(200, body: text) }
        defer { server.stop() }
        let pusher = pusher(to: server.url)
        pusher.submit(snapshot(second: 1, sessions: 1))

        let summary = await pusher.finish(deadline: .seconds(10))

        #expect(summary.batchesSent == 1)
        #expect(summary.pointsRejected == 3)
        #expect(summary.lastError == "too many series")
        #expect(server.requests.count == 1)
    }

    @Test("A server that never answers cannot hold up the end; what it has not acknowledged is lost")
    func boundedFinish() throws {
        let server = try ScriptedServer { _, _ in .silence }
        defer { server.stop() }
        let pusher = pusher(to: server.url)
        pusher.submit(snapshot(second: 1, sessions: 1))
        pusher.submit(snapshot(second: 2, sessions: 2))

        let summary = pusher.finish(deadline: .milliseconds(100))

        #expect(summary.batchesSent == 0)
        #expect(summary.batchesLost == 2)
        #expect(pusher.finish(deadline: .seconds(100)) == summary)
    }

    @Test("Nobody listens: memory stays bounded and every batch is counted as lost")
    func nobodyListens() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        server.stop()
        var limits = ExportMachine.Limits()
        limits.batches = 4
        let pusher = pusher(to: server.url, limits: limits)
        for second in 1...20 as ClosedRange<UInt64> {
            pusher.submit(snapshot(second: second, sessions: 1))
            try await waitUntil { pusher.isMailboxEmpty }
        }
        try await waitUntil { pusher.summary.batchesLost >= 16 }

        #expect(await pusher.finish(deadline: .milliseconds(50)).batchesLost == 20)
        pusher.submit(snapshot(second: 21, sessions: 1))
        #expect(pusher.summary.batchesLost == 21)
    }

    @Test("A URL that leads nowhere is said at once, not tried for ever")
    func hopeless() async {
        let pusher = pusher(to: "gopher://127.0.0.1:1")
        pusher.submit(snapshot(second: 1, sessions: 1))
        pusher.submit(snapshot(second: 2, sessions: 1))

        let summary = await pusher.finish(deadline: .seconds(10))

        #expect(summary.batchesLost == 2)
        #expect(summary.lastError?.isEmpty == false)
    }

    private func pusher(
        to url: String,
        limits: ExportMachine.Limits = ExportMachine.Limits(),
        timeoutMilliseconds: Int64 = 10_000
    ) -> MetricsPusher {
        let resource = MetricsResource(run: 1, plan: "test", role: "worker", index: 0, version: "1.0")
        return MetricsPusher(
            url: url,
            resource: resource,
            seed: Seed(42),
            actor: actor(.exporter, 0),
            limits: limits,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    private func metrics(of request: ScriptedServer.Request) throws -> [String: OTLPMetric] {
        let decoded = try OTLPExportMetricsServiceRequest(serializedBytes: request.body)
        let metrics = try #require(decoded.resourceMetrics.first?.scopeMetrics.first).metrics
        return Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0) })
    }
}

/// Looks every millisecond; the suite's time limit ends what never comes true.
func waitUntil(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}
