import HoldfastCore

/// A histogram in a few figures; seconds. Without samples every field but `count` is null.
public struct LatencySummary: Codable, Equatable, Sendable {
    /// Samples.
    public var count: UInt64
    /// The smallest, exact.
    @OrNull public var min: Double?
    /// The arithmetic mean, exact.
    @OrNull public var mean: Double?
    /// The median, within 1.1 %.
    @OrNull public var p50: Double?
    /// Nine of ten are at most this, within 1.1 %.
    @OrNull public var p90: Double?
    /// 99 of 100 are at most this, within 1.1 %.
    @OrNull public var p99: Double?
    /// 999 of 1,000 are at most this, within 1.1 %.
    @OrNull public var p999: Double?
    /// The largest, exact.
    @OrNull public var max: Double?

    /// The figures of `histogram`.
    public init(_ histogram: Histogram) {
        count = histogram.count
        min = histogram.min
        mean = histogram.mean
        p50 = histogram.quantile(0.5)
        p90 = histogram.quantile(0.9)
        p99 = histogram.quantile(0.99)
        p999 = histogram.quantile(0.999)
        max = histogram.max
    }
}
