import HoldfastCore

/// When a gateway that accepts so many connections a second may accept the next one.
struct AcceptPace {
    /// What turns of the reactor that came late have missed is made up for, as far back as this; who made up for more
    /// would accept in bursts.
    static let catchUp = Span.milliseconds(20)

    private let interval: Span
    /// When the next one may be accepted.
    private(set) var next = Instant.zero

    /// At most `ratePerSecond`, above 0; nil is as fast as they come.
    init(ratePerSecond: Double?) { interval = ratePerSecond.map { Span(seconds: 1 / $0) } ?? .zero }

    /// One was accepted at `now`.
    mutating func note(_ now: Instant) {
        if interval > .zero { next = max(next, now - AcceptPace.catchUp) + interval }
    }
}
