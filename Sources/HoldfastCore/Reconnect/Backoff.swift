/// The waits of one series of attempts, from a disconnect (or the start) to the next admission.
struct Backoff: Equatable, Sendable {
    /// The wait before the last attempt, for decorrelated jitter.
    private var previous = Span.zero
    /// Attempts made in this series. It comes last: a session keeps something else in the bytes behind it.
    var attempts: UInt32 = 0

    /// The wait before the next attempt, measured from the end of the attempt before; nil when the policy never tries
    /// again. `draw` is that attempt's own.
    mutating func nextWait(_ delay: ReconnectPolicy.Delay, draw: UInt64) -> Span? {
        switch delay {
        case .none: return nil
        case .immediate: return .zero
        case .fixed(let wait): return wait
        case .exponential(let exponential):
            let wait = exponential.wait(before: attempts, previous: previous, unit: unitDouble(draw))
            previous = wait
            return wait
        case .table(let table): return table.wait(before: attempts, unit: unitDouble(draw))
        }
    }
}
