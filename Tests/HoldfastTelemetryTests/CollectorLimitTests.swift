import Foundation
import GRDB
import HoldfastCollector
import HoldfastCore
import HoldfastHTTP
import SwiftProtobuf
import Testing

@testable import HoldfastTelemetry

@Suite("Collector: what it refuses", .timeLimit(.minutes(1)))
struct CollectorLimitTests {
    @Test("A batch in another form is refused with a line that says what was expected")
    func wrongForm() async throws {
        var limits = CollectorLimits()
        limits.requestBytes = 1_000
        let protobuf = (name: "Content-Type", value: "application/x-protobuf")
        let cases: [(headers: [(name: String, value: String)], body: [UInt8], status: Int, text: String)] = [
            (
                [(name: "Content-Type", value: "application/json")], Array("{}".utf8), 415,
                "expected application/x-protobuf"
            ),
            ([], [], 415, "expected application/x-protobuf"),
            ([protobuf, (name: "Content-Encoding", value: "gzip")], [1], 415, "expected none"),
            ([protobuf], [0xFF, 0xFF, 0xFF], 400, "ExportMetricsServiceRequest"),
            ([protobuf], [UInt8](repeating: 0, count: 1_001), 413, "at most 1000 bytes"),
        ]
        try await withCollector(limits: limits) { rig async throws in
            for one in cases {
                let response = await rig.post(one.body, headers: one.headers)
                #expect(response.status == one.status)
                let text = String(decoding: response.body, as: UTF8.self)
                #expect(text.contains(one.text))
                #expect(text.filter { $0 == "\n" }.count == 1)
            }
        }
    }

    @Test("A parameter of the media type is no reason to refuse, and an empty batch is acknowledged")
    func parameter() async throws {
        try await withCollector { rig async throws in
            let headers = [(name: "Content-Type", value: "Application/X-Protobuf; charset=x")]
            let response = await rig.post([], headers: headers)
            #expect(response.status == 200)
            #expect(response.body.isEmpty)
        }
    }

    @Test(
        "A question without a name, or with a wrong time, is refused",
        arguments: ["", "?name=", "?name=x&since=soon"]
    )
    func wrongQuestion(query: String) async throws {
        try await withCollector { rig async throws in
            #expect(await rig.get("/api/v1/series" + query).status == 400)
        }
    }

    @Test("What nobody serves is not found")
    func notFound() async throws {
        try await withCollector { rig async throws in
            #expect(await rig.get("/v1/traces").status == 404)
            #expect(await rig.get("/v1/metrics").status != 200)
        }
    }

    @Test("Series beyond the limit are rejected and counted; those that are known go on")
    func seriesLimit() async throws {
        var limits = CollectorLimits()
        limits.series = 3
        try await withCollector(limits: limits) { rig async throws in
            var first = MetricSnapshot(unixNanoseconds: 1_000_000_000)
            for gateway in 0..<5 as Range<GatewayID> { first.add(.gatewayConnections, 1, .gateway(gateway)) }
            let answer = try partialSuccess(await rig.post(rig.encode(first)))
            #expect(answer.rejectedDataPoints == 2)
            #expect(answer.errorMessage.contains("at most 3 series"))
            #expect(try await rig.series("name=holdfast.gateway.connections").count == 3)

            var second = MetricSnapshot(unixNanoseconds: 2_000_000_000)
            for gateway in 0..<3 as Range<GatewayID> { second.add(.gatewayConnections, 2, .gateway(gateway)) }
            #expect(await rig.post(rig.encode(second)).body.isEmpty)
        }
    }

    @Test("The newest points of a series are kept, the oldest go")
    func pointLimit() async throws {
        var limits = CollectorLimits()
        limits.pointsOfSeries = 10
        try await withCollector(limits: limits) { rig async throws in
            for hundred in 0..<10 as Range<UInt64> {
                var request = OTLPExportMetricsServiceRequest()
                for second in 1...100 as ClosedRange<UInt64> {
                    let bytes = rig.encode(snapshot(second: hundred * 100 + second, sessions: 1))
                    try request.merge(serializedBytes: bytes)
                }
                let body: [UInt8] = try request.serializedBytes()
                #expect(await rig.post(body).status == 200)
            }
            let times = try await rig.series("name=holdfast.sessions").flatMap(\.points).map(\.[0])
            // Trimming happens now and then: never fewer than asked for, never many more.
            #expect(times.count >= 10 && times.count < 10 + 256)
            #expect(times.last == 1_000)
            #expect(times == times.sorted())
        }
    }

    @Test(
        "A point that cannot be stored is rejected, the rest of its batch is kept",
        arguments: [
            ("delta", "only cumulative"), ("nameless", "without a name"), ("unknown", "only gauges"),
            ("timeless", "without a time"),
            ("infinite", "not finite"), ("valueless", "without a value"), ("verbose", "may have"),
        ]
    )
    func rejectedPoint(defect: String, reason: String) async throws {
        try await withCollector { rig async throws in
            var request = try OTLPExportMetricsServiceRequest(
                serializedBytes: rig.encode(snapshot(second: 1, sessions: 5))
            )
            request.resourceMetrics[0].scopeMetrics[0].metrics.append(metric(with: defect))
            let body: [UInt8] = try request.serializedBytes()

            let answer = try partialSuccess(await rig.post(body))

            #expect(answer.rejectedDataPoints == 1)
            #expect(answer.errorMessage.contains(reason))
            #expect(try await rig.series("name=holdfast.sessions").count == 1)
            #expect(try await rig.series("name=other").isEmpty)
        }
    }

    @Test("What cannot be stored now is to be sent again")
    func storageFails() async throws {
        let path = NSTemporaryDirectory() + "holdfast-\(UUID().uuidString.prefix(8)).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        try await withCollector(databasePath: path) { rig async throws in
            let batch = rig.encode(snapshot(second: 100, sessions: 5))
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: "ALTER TABLE collector_points RENAME TO hidden") }
            let response = await rig.post(batch)
            #expect(response.status == 503)
            #expect(response.retryAfterSeconds == 1)

            try await other.write { try $0.execute(sql: "ALTER TABLE hidden RENAME TO collector_points") }
            #expect(await rig.post(batch).status == 200)
            #expect(try await rig.series("name=holdfast.sessions").map(\.points) == [[[100, 5]]])
            try other.close()
        }
    }

    private func partialSuccess(_ response: HTTPResponse) throws -> OTLPExportMetricsPartialSuccess {
        #expect(response.status == 200)
        return try OTLPExportMetricsServiceResponse(serializedBytes: response.body).partialSuccess
    }

    private func metric(with defect: String) -> OTLPMetric {
        var point = OTLPNumberDataPoint()
        point.timeUnixNano = defect == "timeless" ? 0 : 1
        if defect != "valueless" { point.asDouble = defect == "infinite" ? .infinity : 1 }
        if defect == "verbose" {
            var attribute = OTLPKeyValue()
            attribute.key = "text"
            attribute.value.stringValue = String(repeating: "x", count: 5_000)
            point.attributes = [attribute]
        }
        var metric = OTLPMetric()
        metric.name = defect == "nameless" ? "" : "other"
        switch defect {
        case "unknown": break
        case "delta":
            metric.sum.aggregationTemporality = .delta
            metric.sum.dataPoints = [point]
        default: metric.gauge.dataPoints = [point]
        }
        return metric
    }
}
