/// Waits that grow: `e = min(cap, base * factor^attempt)` before attempt 0, 1, ..., spread by a jitter.
public struct ExponentialDelay: Hashable, Sendable {
    /// The wait before attempt 0, or before attempt 1 where `first` is set.
    public var base: Span
    /// The longest `e`.
    public var cap: Span
    /// How much longer each wait is than the one before; above 1. `decorrelated` has a growth of its own.
    public var factor: Double
    /// The wait before attempt 0 is U(0, first) instead, and `base` the one after it; nil is not so.
    public var first: Span?
    /// How `e` is spread.
    public var jitter: Jitter

    /// Waits from their parts; they double by default.
    public init(
        base: Span,
        cap: Span,
        factor: Double = ExponentialDelay.usualFactor,
        first: Span? = nil,
        jitter: Jitter
    ) {
        self.base = base
        self.cap = cap
        self.factor = factor
        self.first = first
        self.jitter = jitter
    }

    /// The factor that is meant where none is named.
    public static let usualFactor = 2.0

    /// The wait before `attempt`; `previous` is the wait before the attempt before, zero without one.
    func wait(before attempt: UInt32, previous: Span, unit: Double) -> Span {
        if attempt == 0, let first { return first.scaled(by: unit) }
        if jitter == .decorrelated {
            let last = max(base, previous)
            return min(cap, base + (last * 3 - base).scaled(by: unit))
        }
        return jitter.spread(grown(times: first == nil ? attempt : attempt - 1), unit)
    }

    /// The longest wait before attempt 0.
    var longestFirst: Span {
        if let first { return first }
        switch jitter {
        case .none, .full, .equal: return min(cap, base)
        case .decorrelated: return min(cap, base * 3)
        case .proportional: return jitter.spread(min(cap, base), 1)
        }
    }

    /// The cap ends the loop: a factor of 1.1 takes about 310 rounds from 1 ms to 290 years.
    private func grown(times: UInt32) -> Span {
        let limit = Double(cap.nanoseconds)
        var wait = Double(base.nanoseconds)
        var round: UInt32 = 0
        while round < times, wait < limit {
            wait *= factor
            round += 1
        }
        return wait >= limit ? cap : Span(nanoseconds: Int64(wait.rounded()))
    }
}
