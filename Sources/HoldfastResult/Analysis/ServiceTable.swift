import HoldfastCore
import HoldfastPlan

/// Which gateways are in service: all of the fleet but those that the timeline has stopped or drained at that moment.
struct ServiceTable: Sendable {
    private let gateways: Int
    private let clock: RunClock?
    private let outages: [ExecutedInterval]
    private let size: FleetSize

    init(plan: Plan, executed: [ExecutedInterval], clock: RunClock?) {
        gateways = plan.mostGateways
        self.clock = clock
        size = FleetSize(plan: plan, executed: executed)
        outages = executed.filter { interval in
            interval.gateway != nil && plan.timeline[interval.fault].action.kind.takesOutOfService
        }
    }

    /// By gateway, at a cut.
    func inService(at second: Int32) -> [Bool] {
        guard let clock else { return [Bool](repeating: true, count: gateways) }
        return inService(at: clock.instant(ofPlanSecond: second))
    }

    /// By gateway, at an instant.
    func inService(at instant: Instant) -> [Bool] {
        var result = [Bool](repeating: true, count: gateways)
        for gateway in size.count(before: instant)..<gateways { result[gateway] = false }
        for outage in outages where outage.start < instant && instant < (outage.end ?? .never) {
            if let gateway = outage.gateway, gateway < gateways { result[Int(gateway)] = false }
        }
        return result
    }
}

extension FaultKind {
    /// Whether its executed interval takes a gateway out of service.
    var takesOutOfService: Bool {
        switch self {
        case .freeze, .kill, .restart, .rollingRestart, .crash, .drain: true
        default: false
        }
    }
}
