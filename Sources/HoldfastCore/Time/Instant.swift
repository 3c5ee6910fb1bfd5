/// A point in time in whole nanoseconds.
///
/// Live: `CLOCK_MONOTONIC`. Simulated: 0 is the start of establishing. A deadline `d` is reached when `now >= d`; one
/// tick before it is `d - 1 ns`.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's own zero.
    public var nanoseconds: Int64

    /// The instant `nanoseconds` after the clock's zero.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's zero.
    @inlinable
    public static var zero: Instant { Instant(nanoseconds: 0) }

    /// Later than every deadline: "no deadline".
    @inlinable
    public static var never: Instant { Instant(nanoseconds: .max) }

    /// Whether `left` comes first.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `span` later; `never` stays `never`.
    @inlinable
    public static func + (instant: Instant, span: Span) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// The instant `span` earlier.
    @inlinable
    public static func - (instant: Instant, span: Span) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &- span.nanoseconds)
    }

    /// The span from `earlier` to `later`.
    @inlinable
    public static func - (later: Instant, earlier: Instant) -> Span {
        Span(nanoseconds: later.nanoseconds &- earlier.nanoseconds)
    }
}
