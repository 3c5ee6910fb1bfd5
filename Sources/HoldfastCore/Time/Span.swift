/// A length of time in whole nanoseconds.
///
/// Live and simulated time use the same type, so a deadline is compared exactly and never rounded.
public struct Span: Hashable, Comparable, Sendable {
    /// Nanoseconds; negative for a span into the past.
    public var nanoseconds: Int64

    /// A span of `nanoseconds`.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// No time at all.
    public static let zero = Span(nanoseconds: 0)

    /// The shortest span that can be told apart: one tick of the core's clock.
    public static let tick = Span(nanoseconds: 1)

    /// `count` milliseconds.
    @inlinable
    public static func milliseconds(_ count: Int64) -> Span { Span(nanoseconds: count &* 1_000_000) }

    /// `count` whole seconds.
    @inlinable
    public static func seconds(_ count: Int64) -> Span { Span(nanoseconds: count &* 1_000_000_000) }

    /// `seconds` rounded to the nearest nanosecond.
    @inlinable
    public init(seconds: Double) { self.nanoseconds = Int64((seconds * 1e9).rounded()) }

    /// The span in seconds.
    @inlinable
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// The span scaled by `factor`, rounded to the nearest nanosecond; the longest span if that is too long.
    @inlinable
    public func scaled(by factor: Double) -> Span {
        let scaled = (Double(nanoseconds) * factor).rounded()
        if let nanoseconds = Int64(exactly: scaled) { return Span(nanoseconds: nanoseconds) }
        return scaled < 0 ? Span(nanoseconds: .min) : scaled > 0 ? Span(nanoseconds: .max) : .zero
    }

    /// Whether `left` is shorter.
    @inlinable
    public static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Both, one after the other.
    @inlinable
    public static func + (left: Span, right: Span) -> Span { Span(nanoseconds: left.nanoseconds &+ right.nanoseconds) }

    /// What `left` is longer than `right`.
    @inlinable
    public static func - (left: Span, right: Span) -> Span { Span(nanoseconds: left.nanoseconds &- right.nanoseconds) }

    /// `right` times `left`.
    @inlinable
    public static func * (left: Span, right: Int64) -> Span { Span(nanoseconds: left.nanoseconds &* right) }
}
