import HoldfastCore
import HoldfastPlan

/// How coarse the seconds of a ledger are: whole ones, or twice as many again and again, but never across the start of
/// a phase.
///
/// Making coarse seconds coarser comes to the same as making whole seconds as coarse at once: a worker and the
/// coordinator agree about a cell whenever each of them does it.
struct LedgerResolution: Sendable {
    /// Plan seconds that one cell covers.
    var seconds: Int32 = 1

    /// The seconds in which phases begin, ascending.
    private let phaseStarts: [Int32]

    /// 36 hours: more than any run that is looked at second by second.
    private static let coarsest: Int32 = 1 << 17

    /// Whole seconds of `plan`, which is in plan time.
    init(plan: Plan) {
        phaseStarts = plan.phases.flatMap { phase in phase.stretches.map(\.start.wholeSeconds) }.sorted()
    }

    /// Whether it can be coarser.
    var isCoarsest: Bool { seconds >= LedgerResolution.coarsest }

    /// The first second of the cell that `second` belongs to.
    func coarse(_ second: Int32) -> Int32 {
        guard seconds > 1 else { return second }
        let remainder = second % seconds
        let rounded = second - (remainder < 0 ? remainder + seconds : remainder)
        guard let phaseStart = phaseStarts.last(where: { $0 <= second }) else { return rounded }
        return max(rounded, phaseStart)
    }
}
