import HoldfastCore
import HoldfastPlan

extension PlanPhase {
    /// Whether the cut at `second` shows this phase.
    func contains(cut second: Int32, of plan: Plan) -> Bool { contains(cut: plan.instant(ofCut: second)) }

    /// Whether ledger cells of this second count for the phase: a second in which a phase begins counts as its own.
    func contains(ledgerSecond second: Int32, of plan: Plan) -> Bool {
        stretches.contains { stretch in
            let end = stretch.end == plan.duration ? plan.lastCutSecond : stretch.end.wholeSeconds
            return stretch.start.wholeSeconds <= second && second < end
        }
    }
}

extension Plan {
    /// The second of the end cut: the duration, rounded up to a whole plan second.
    public var lastCutSecond: Int32 { duration.wholeSeconds(.up) }

    /// The plan time that a cut shows: its second, of the end cut the end of the run.
    func instant(ofCut second: Int32) -> Span { min(.seconds(Int64(second)), duration) }
}

extension Span {
    /// Whole seconds, rounded down unless said otherwise.
    func wholeSeconds(_ rule: FloatingPointRoundingRule) -> Int32 { Int32(clamping: Int64(seconds.rounded(rule))) }

    /// Whole seconds, rounded down.
    var wholeSeconds: Int32 { wholeSeconds(.down) }
}
