/// An open-loop schedule: the k-th start is due at its instant whether or not the ones before it are done.
///
/// Every process computes its own share of the same schedule, so the whole rate is the same with any number of them.
public struct Pace: Equatable, Sendable {
    /// When the first of all starts.
    public var start: Instant
    /// Starts a second, over all processes.
    public var ratePerSecond: Double

    /// A schedule from its parts.
    public init(start: Instant, ratePerSecond: Double) {
        self.start = start
        self.ratePerSecond = ratePerSecond
    }

    /// When start number `index` of all, 0-based, is due.
    public func instant(of index: UInt32) -> Instant { start + Span(seconds: Double(index) / ratePerSecond) }
}
