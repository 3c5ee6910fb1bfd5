/// When the next of something may begin of which only so many a second may: accepts of a gateway, attempts of sessions.
public struct RateLimit: Sendable {
    /// What turns of the reactor that came late have missed is made up for, as far back as this; who made up for more
    /// would go in bursts.
    public static let catchUp = Span.milliseconds(20)

    /// When the next one may begin.
    public private(set) var next = Instant.zero
    private let interval: Span

    /// At most `ratePerSecond`, above 0; nil is as fast as they come.
    public init(ratePerSecond: Double?) { interval = ratePerSecond.map { Span(seconds: 1 / $0) } ?? .zero }

    /// Whether there is a limit at all.
    public var isLimited: Bool { interval > .zero }

    /// One began at `now`.
    public mutating func note(_ now: Instant) { next = next(after: next, now) }

    /// When the next one may begin after one at `now` that could have begun at `earlier`: for whoever keeps that
    /// instant where others see it.
    public func next(after earlier: Instant, _ now: Instant) -> Instant {
        isLimited ? max(earlier, now - RateLimit.catchUp) + interval : earlier
    }
}
