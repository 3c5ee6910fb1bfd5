import HoldfastCore
import SwiftProtobuf

/// Turns snapshots of one process into OTLP requests (protobuf), with cumulative temporality.
public struct OTLPEncoder: Sendable {
    private let resource: MetricsResource
    private let startUnixNanoseconds: UInt64

    /// An encoder for the process `resource` whose counters began at `startUnixNanoseconds` (since 1970).
    public init(resource: MetricsResource, startUnixNanoseconds: UInt64) {
        self.resource = resource
        self.startUnixNanoseconds = startUnixNanoseconds
    }

    /// The body of one `POST /v1/metrics`: metrics in the order in which the snapshot has them first.
    public func encode(_ snapshot: MetricSnapshot) -> [UInt8] {
        var scope = OTLPScopeMetrics()
        scope.scope.name = "holdfast"
        scope.scope.version = resource.version
        scope.metrics = metrics(of: snapshot)
        var batch = OTLPResourceMetrics()
        batch.resource.attributes = resource.attributes.map { attribute($0.name, $0.value) }
        batch.scopeMetrics = [scope]
        var request = OTLPExportMetricsServiceRequest()
        request.resourceMetrics = [batch]
        // Serialising fails only for required fields and for Any, and there are none.
        return try! request.serializedBytes()
    }

    private func metrics(of snapshot: MetricSnapshot) -> [OTLPMetric] {
        var order: [Instrument] = []
        var groups: [Instrument: [MetricPoint]] = [:]
        for point in snapshot.points {
            if groups[point.instrument] == nil { order.append(point.instrument) }
            groups[point.instrument, default: []].append(point)
        }
        return order.map { metric($0, groups[$0] ?? [], at: snapshot.unixNanoseconds) }
    }

    private func metric(_ instrument: Instrument, _ points: [MetricPoint], at time: UInt64) -> OTLPMetric {
        let definition = instrument.definition
        var metric = OTLPMetric()
        metric.name = instrument.rawValue
        metric.unit = definition.unit
        metric.description_p = definition.description
        switch definition.kind {
        case .gauge:
            metric.gauge.dataPoints = points.compactMap { number($0, start: nil, at: time) }
        case .counter:
            metric.sum.aggregationTemporality = .cumulative
            metric.sum.isMonotonic = true
            metric.sum.dataPoints = points.compactMap { number($0, start: startUnixNanoseconds, at: time) }
        case .histogram:
            metric.exponentialHistogram.aggregationTemporality = .cumulative
            metric.exponentialHistogram.dataPoints = points.compactMap { histogram($0, at: time) }
        }
        return metric
    }

    private func number(_ point: MetricPoint, start: UInt64?, at time: UInt64) -> OTLPNumberDataPoint? {
        var encoded = OTLPNumberDataPoint()
        encoded.startTimeUnixNano = start ?? 0
        encoded.timeUnixNano = time
        encoded.attributes = point.labels.map { attribute($0.key.rawValue, $0.value) }
        switch point.value {
        case .integer(let value): encoded.asInt = value
        case .number(let value): encoded.asDouble = value
        case .histogram: return nil
        }
        return encoded
    }

    private func histogram(_ point: MetricPoint, at time: UInt64) -> OTLPExponentialHistogramDataPoint? {
        guard case .histogram(let histogram) = point.value else { return nil }
        var encoded = OTLPExponentialHistogramDataPoint()
        encoded.startTimeUnixNano = startUnixNanoseconds
        encoded.timeUnixNano = time
        encoded.attributes = point.labels.map { attribute($0.key.rawValue, $0.value) }
        encoded.count = histogram.count
        encoded.sum = histogram.sum
        encoded.scale = Int32(Histogram.scale)
        encoded.zeroCount = histogram.zeroCount
        encoded.positive.offset = histogram.offset
        encoded.positive.bucketCounts = histogram.buckets
        if let min = histogram.min { encoded.min = min }
        if let max = histogram.max { encoded.max = max }
        return encoded
    }

    private func attribute(_ name: String, _ value: String) -> OTLPKeyValue {
        var attribute = OTLPKeyValue()
        attribute.key = name
        attribute.value.stringValue = value
        return attribute
    }
}
