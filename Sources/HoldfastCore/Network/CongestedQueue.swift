/// A buffer in front of a slow line that many connections share: what arrives waits its turn, and what finds the buffer
/// full is dropped.
public struct CongestedQueue: Equatable, Sendable {
    private let transmission: Span
    private let limit: Int64
    private var busyUntil = Instant(nanoseconds: .min)
    /// Messages that found the buffer full.
    public private(set) var dropped: UInt64 = 0

    /// A line of `ratePerSecond` messages (above 0) behind a buffer of `limit` messages, the one under way included.
    public init(ratePerSecond: Double, limit: Int) {
        transmission = Span(seconds: 1 / ratePerSecond)
        self.limit = Int64(limit)
    }

    /// How long a message that arrives at `now` takes to get through; nil when it is dropped.
    /// - Precondition: `now` never goes back.
    public mutating func pass(_ now: Instant) -> Span? {
        let start = max(now, busyUntil)
        guard transmission.nanoseconds > 0 else { return .zero }
        // The messages ahead, the one under way counted whole.
        let ahead = ((start - now).nanoseconds + transmission.nanoseconds - 1) / transmission.nanoseconds
        guard ahead < limit else {
            dropped += 1
            return nil
        }
        busyUntil = start + transmission
        return busyUntil - now
    }
}
