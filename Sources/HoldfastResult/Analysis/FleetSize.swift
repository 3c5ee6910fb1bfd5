import HoldfastCore
import HoldfastPlan

/// How many gateways the fleet has, as the timeline scaled it.
struct FleetSize: Sendable {
    private let initial: Int
    /// In the order in which they were carried out.
    private let changes: [(start: Instant, count: Int)]

    init(plan: Plan, executed: [ExecutedInterval]) {
        initial = plan.target.gateways
        changes = executed.compactMap { interval in
            guard case .scale(let count) = plan.timeline[interval.fault].action else { return nil }
            return (interval.start, count)
        }
        .sorted { $0.start < $1.start }
    }

    /// How many there were just before `instant`.
    func count(before instant: Instant) -> Int { changes.last { $0.start < instant }?.count ?? initial }
}
