import HoldfastCore
import HoldfastPlan

/// The stretch of the run that shows what one timeline event did: from its instant to the next event's, or the end.
struct FaultSpan: Sendable {
    let start: Span
    let end: Span
    private let plan: Plan

    init(of fault: Int, in plan: Plan) {
        self.plan = plan
        let at = plan.timeline[fault].at
        start = at
        end = plan.timeline.lazy.map(\.at).filter { $0 > at }.min() ?? plan.duration
    }

    /// Whether the cut shows the event's doing: it is taken before the events of its instant.
    func contains(cut second: Int32) -> Bool {
        let instant = plan.instant(ofCut: second)
        return start < instant && instant <= end
    }

    /// Whether the cut was taken before the event.
    func isAfter(cut second: Int32) -> Bool { Span.seconds(Int64(second)) <= start }
}
