/// The most events in any one second of the clock.
public struct PeakRate: Sendable {
    /// The most in one second so far.
    public private(set) var peak: UInt64 = 0
    private var second: Int64 = -1
    private var count: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// One event at `now`.
    public mutating func note(_ now: Instant) {
        let current = now.nanoseconds / 1_000_000_000
        if current != second {
            second = current
            count = 0
        }
        count += 1
        if count > peak { peak = count }
    }
}
