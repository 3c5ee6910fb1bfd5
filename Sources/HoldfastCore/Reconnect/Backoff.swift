/// The waits of one series of attempts, from a disconnect (or the start) to the next admission.
struct Backoff: Equatable, Sendable {
    /// Attempts made in this series.
    var attempts: UInt32 = 0
    /// The wait before the last attempt, for decorrelated jitter.
    private var previous = Span.zero

    /// The wait before the next attempt, measured from the end of the attempt before; nil when the policy never tries
    /// again. `draw` is that attempt's own.
    mutating func nextWait(_ delay: ReconnectPolicy.Delay, draw: UInt64) -> Span? {
        switch delay {
        case .none: return nil
        case .immediate: return .zero
        case .fixed(let wait): return wait
        case .exponential(let base, let cap, let jitter):
            let wait = Backoff.wait(base, cap, jitter, attempts, previous, unitDouble(draw))
            previous = wait
            return wait
        }
    }

    /// aws-arch-backoff-simulator's formulas, with attempts counted from 0.
    private static func wait(
        _ base: Span,
        _ cap: Span,
        _ jitter: ReconnectPolicy.Jitter,
        _ attempt: UInt32,
        _ previous: Span,
        _ unit: Double
    ) -> Span {
        if jitter == .decorrelated {
            let last = previous == .zero ? base : previous
            return min(cap, base + (last * 3 - base).scaled(by: unit))
        }
        let exponential = min(cap, doubled(base, times: attempt, cap: cap))
        switch jitter {
        case .full: return exponential.scaled(by: unit)
        case .equal: return exponential.scaled(by: 0.5 + unit / 2)
        case .none, .decorrelated: return exponential
        }
    }

    private static func doubled(_ base: Span, times: UInt32, cap: Span) -> Span {
        var span = base
        for _ in 0..<min(times, 62) where span < cap { span = span * 2 }
        return span
    }
}
