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
        case .exponential(let base, let cap, let jitter, let factor):
            let exponential = Backoff.power(base, factor, times: attempts, cap: cap)
            let wait = Backoff.wait(base, cap, jitter, exponential, previous, unitDouble(draw))
            previous = wait
            return wait
        case .table(let waits): return waits.isEmpty ? .zero : waits[min(Int(attempts), waits.count - 1)]
        }
    }

    /// aws-arch-backoff-simulator's formulas, with attempts counted from 0.
    private static func wait(
        _ base: Span,
        _ cap: Span,
        _ jitter: ReconnectPolicy.Jitter,
        _ exponential: Span,
        _ previous: Span,
        _ unit: Double
    ) -> Span {
        if jitter == .decorrelated {
            let last = previous == .zero ? base : previous
            return min(cap, base + (last * 3 - base).scaled(by: unit))
        }
        switch jitter {
        case .full: return exponential.scaled(by: unit)
        case .equal: return exponential.scaled(by: 0.5 + unit / 2)
        case .proportional: return exponential.scaled(by: 0.8 + 0.4 * unit)
        case .none, .decorrelated: return exponential
        }
    }

    private static func power(_ base: Span, _ factor: Double, times: UInt32, cap: Span) -> Span {
        var span = base
        // Even 1.01 reaches any cap in fewer steps.
        for _ in 0..<min(times, 4_000) {
            guard span < cap else { break }
            span = factor == 2 ? span * 2 : span.scaled(by: factor)
        }
        return min(cap, span)
    }
}
