import HoldfastCore
import SwiftProtobuf
import Testing

@testable import HoldfastTelemetry

@Suite("OTLP encoding")
struct OTLPEncoderTests {
    private let resource = MetricsResource(run: 0xAB, plan: "quick", role: "worker", index: 2, version: "1.0")

    @Test("The bytes of a gauge, a counter and a histogram are those of the protocol's field numbers")
    func bytes() {
        var snapshot = MetricSnapshot(unixNanoseconds: 2_000)
        snapshot.add(.sessions, 7, .state(.admitted), .gateway(3))
        snapshot.add(.processCPU, 1.5)
        var histogram = Histogram()
        histogram.record(1.0)
        histogram.record(0.0)
        snapshot.add(.outage, histogram)

        let encoded = OTLPEncoder(resource: resource, startUnixNanoseconds: 1_000).encode(snapshot)

        // 1.0 is the upper bound of bucket -1.
        let gauge = Wire.message(5) {
            Wire.message(1) {
                Wire.fixed(3, 2_000) + Wire.fixed(6, 7) + Wire.attribute(7, "gateway", "3")
                    + Wire.attribute(7, "state", "admitted")
            }
        }
        let counter = Wire.message(7) {
            Wire.message(1) { Wire.fixed(2, 1_000) + Wire.fixed(3, 2_000) + Wire.fixed(4, (1.5).bitPattern) }
                + Wire.varint(2, 2) + Wire.varint(3, 1)
        }
        let distribution = Wire.message(10) {
            Wire.message(1) {
                Wire.fixed(2, 1_000) + Wire.fixed(3, 2_000) + Wire.fixed(4, 2) + Wire.fixed(5, (1.0).bitPattern)
                    + Wire.varint(6, 10) + Wire.fixed(7, 1)
                    + Wire.message(8) { Wire.varint(1, 1) + Wire.bytes(2, [1]) }
                    + Wire.fixed(12, (0.0).bitPattern) + Wire.fixed(13, (1.0).bitPattern)
            } + Wire.varint(2, 2)
        }
        let expected = Wire.message(1) {
            Wire.message(1) {
                Wire.attribute(1, "holdfast.index", "2") + Wire.attribute(1, "holdfast.plan", "quick")
                    + Wire.attribute(1, "holdfast.role", "worker")
                    + Wire.attribute(1, "holdfast.run", "00000000000000ab")
                    + Wire.attribute(1, "service.instance.id", "00000000000000ab-worker-2")
                    + Wire.attribute(1, "service.name", "holdfast") + Wire.attribute(1, "service.version", "1.0")
            }
                + Wire.message(2) {
                    Wire.message(1) { Wire.text(1, "holdfast") + Wire.text(2, "1.0") }
                        + Wire.metric(.sessions, "{session}", gauge) + Wire.metric(.processCPU, "s", counter)
                        + Wire.metric(.outage, "s", distribution)
                }
        }
        #expect(encoded == expected)
    }

    @Test("Points of one instrument share one metric, whatever their order")
    func grouping() throws {
        var snapshot = MetricSnapshot(unixNanoseconds: 1)
        snapshot.add(.gatewayConnections, 1, .gateway(0))
        snapshot.add(.gatewayAccepts, 2, .gateway(0))
        snapshot.add(.gatewayConnections, 3, .gateway(1))

        let bytes = OTLPEncoder(resource: resource, startUnixNanoseconds: 1).encode(snapshot)

        let request = try OTLPExportMetricsServiceRequest(serializedBytes: bytes)
        let metrics = try #require(request.resourceMetrics.first?.scopeMetrics.first).metrics
        #expect(metrics.map(\.name) == ["holdfast.gateway.connections", "holdfast.gateway.accepts"])
        #expect(metrics[0].gauge.dataPoints.map(\.asInt) == [1, 3])
    }

    @Test("What is not a number, and a distribution of nothing, is left out")
    func leftOut() {
        var snapshot = MetricSnapshot(unixNanoseconds: 1)
        snapshot.add(.imbalanceCV, Double.nan)
        snapshot.add(.imbalanceCV, Double.infinity)
        snapshot.add(.outage, Histogram())

        #expect(snapshot.points.isEmpty)
    }

    @Test("A histogram survives the way over the wire")
    func histogramRoundTrip() throws {
        var histogram = Histogram()
        for value in [0.001, 0.25, 3, 3.01, 900, 0] { histogram.record(value) }
        var snapshot = MetricSnapshot(unixNanoseconds: 1)
        snapshot.add(.heartbeatRTT, histogram)

        let bytes = OTLPEncoder(resource: resource, startUnixNanoseconds: 1).encode(snapshot)

        let request = try OTLPExportMetricsServiceRequest(serializedBytes: bytes)
        let metric = try #require(request.resourceMetrics.first?.scopeMetrics.first?.metrics.first)
        let point = try #require(metric.exponentialHistogram.dataPoints.first)
        let decoded = Histogram(
            zeroCount: point.zeroCount,
            sum: point.sum,
            min: point.min,
            max: point.max,
            offset: point.positive.offset,
            buckets: point.positive.bucketCounts
        )
        #expect(decoded == histogram)
        #expect(point.scale == 5)
    }
}

/// Protocol buffers by hand, so that the generated code is checked against something else than itself.
private enum Wire {
    static func message(_ field: UInt64, _ content: () -> [UInt8]) -> [UInt8] { bytes(field, content()) }

    static func bytes(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
        number(field << 3 | 2) + number(UInt64(content.count)) + content
    }

    static func text(_ field: UInt64, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }

    static func varint(_ field: UInt64, _ value: UInt64) -> [UInt8] { number(field << 3) + number(value) }

    static func fixed(_ field: UInt64, _ value: UInt64) -> [UInt8] {
        number(field << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func attribute(_ field: UInt64, _ name: String, _ value: String) -> [UInt8] {
        message(field) { text(1, name) + message(2) { text(1, value) } }
    }

    static func metric(_ instrument: Instrument, _ unit: String, _ data: [UInt8]) -> [UInt8] {
        message(2) {
            text(1, instrument.rawValue) + text(2, instrument.definition.description) + text(3, unit) + data
        }
    }

    private static func number(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
