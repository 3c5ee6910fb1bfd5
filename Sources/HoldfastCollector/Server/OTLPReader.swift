import HoldfastCore
import HoldfastTelemetry

/// Takes an OTLP request apart into points that can be stored.
struct OTLPReader {
    private var batch = ReceivedBatch()

    /// Everything that `request` holds; what cannot be stored is counted, never a reason to refuse the rest.
    static func read(_ request: OTLPExportMetricsServiceRequest) -> ReceivedBatch {
        var reader = OTLPReader()
        for resourceMetrics in request.resourceMetrics {
            let resource = attributes(resourceMetrics.resource.attributes)
            for metric in resourceMetrics.scopeMetrics.flatMap(\.metrics) { reader.read(metric, of: resource) }
        }
        return reader.batch
    }

    private mutating func read(_ metric: OTLPMetric, of resource: [String: String]) {
        guard !metric.name.isEmpty else { return batch.reject(1, "a metric without a name") }
        switch metric.data {
        case .gauge(let gauge):
            for point in gauge.dataPoints { read(point, metric, .gauge, resource) }
        case .sum(let sum) where sum.aggregationTemporality == .cumulative:
            let kind = sum.isMonotonic ? InstrumentKind.counter : .gauge
            for point in sum.dataPoints { read(point, metric, kind, resource) }
        case .sum(let sum):
            batch.reject(sum.dataPoints.count, "\(metric.name): only cumulative sums are stored")
        case .exponentialHistogram(let histogram) where histogram.aggregationTemporality == .cumulative:
            for point in histogram.dataPoints { read(point, metric, resource) }
        case .exponentialHistogram(let histogram):
            batch.reject(histogram.dataPoints.count, "\(metric.name): only cumulative histograms are stored")
        case nil:
            batch.reject(1, "\(metric.name): only gauges, sums and exponential histograms are stored")
        }
    }

    private mutating func read(
        _ point: OTLPNumberDataPoint,
        _ metric: OTLPMetric,
        _ kind: InstrumentKind,
        _ resource: [String: String]
    ) {
        let value: Double
        switch point.value {
        case .asInt(let integer): value = Double(integer)
        case .asDouble(let double): value = double
        case nil: return batch.reject(1, "\(metric.name): a point without a value")
        }
        let series = ReceivedPoint.Series(
            name: metric.name,
            unit: metric.unit,
            kind: kind.rawValue,
            attributes: Self.attributes(point.attributes, over: resource)
        )
        add(series, point.timeUnixNano, value)
    }

    private mutating func read(
        _ point: OTLPExponentialHistogramDataPoint,
        _ metric: OTLPMetric,
        _ resource: [String: String]
    ) {
        let attributes = Self.attributes(point.attributes, over: resource)
        func series(_ suffix: String, _ unit: String, _ kind: InstrumentKind) -> ReceivedPoint.Series {
            .init(name: metric.name + suffix, unit: unit, kind: kind.rawValue, attributes: attributes)
        }
        add(series(".count", "", .counter), point.timeUnixNano, Double(point.count))
        if point.hasSum { add(series(".sum", metric.unit, .counter), point.timeUnixNano, point.sum) }
        if point.hasMax { add(series(".max", metric.unit, .gauge), point.timeUnixNano, point.max) }
        guard let histogram = Self.histogram(point) else { return }
        for (suffix, quantile) in [(".p50", 0.5), (".p99", 0.99)] {
            guard let value = histogram.quantile(quantile) else { continue }
            add(series(suffix, metric.unit, .gauge), point.timeUnixNano, value)
        }
    }

    /// Only at our own scale: another resolution has other buckets. Counts that do not add up give no quantiles.
    private static func histogram(_ point: OTLPExponentialHistogramDataPoint) -> Histogram? {
        let buckets = point.positive.bucketCounts
        let isOurs = point.scale == Int32(Histogram.scale) && point.hasMin && point.hasMax && buckets.count <= 65_536
        // Offsets beyond the exponents of a double mean nothing; 32 buckets an octave.
        guard isOurs, abs(Int64(point.positive.offset)) <= 40_000 else { return nil }
        var sum = point.zeroCount
        for count in buckets {
            let (next, overflow) = sum.addingReportingOverflow(count)
            guard !overflow else { return nil }
            sum = next
        }
        guard sum == point.count else { return nil }
        return Histogram(
            zeroCount: point.zeroCount,
            sum: point.sum,
            min: point.min,
            max: point.max,
            offset: point.positive.offset,
            buckets: buckets
        )
    }

    private mutating func add(_ series: ReceivedPoint.Series, _ time: UInt64, _ value: Double) {
        guard time > 0, time <= UInt64(Int64.max) else {
            return batch.reject(1, "\(series.name): a point without a time")
        }
        guard value.isFinite else { return batch.reject(1, "\(series.name): a value that is not finite") }
        batch.points.append(ReceivedPoint(series: series, unixNanoseconds: Int64(time), value: value))
    }

    private static func attributes(
        _ list: [OTLPKeyValue],
        over base: [String: String] = [:]
    ) -> [String: String] {
        var attributes = base
        for attribute in list {
            guard let text = text(attribute.value) else { continue }
            attributes[attribute.key] = text
        }
        return attributes
    }

    private static func text(_ value: OTLPAnyValue) -> String? {
        switch value.value {
        case .stringValue(let text): text
        case .boolValue(let bool): String(bool)
        case .intValue(let integer): String(integer)
        case .doubleValue(let double): String(double)
        case nil: nil
        }
    }
}
