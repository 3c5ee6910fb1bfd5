import HoldfastCore
import HoldfastPlan

/// Which gateways are in service: all but those whose processes the timeline has stopped at that moment.
struct ServiceTable: Sendable {
    private let gateways: Int
    private let clock: RunClock?
    private let outages: [ExecutedInterval]

    init(plan: Plan, executed: [ExecutedInterval], clock: RunClock?) {
        gateways = plan.target.gateways
        self.clock = clock
        outages = executed.filter { interval in
            interval.gateway != nil && plan.timeline[interval.fault].action.kind.takesOutOfService
        }
    }

    /// By gateway, at a cut.
    func inService(at second: Int32) -> [Bool] {
        var result = [Bool](repeating: true, count: gateways)
        guard let clock else { return result }
        let instant = clock.instant(ofPlanSecond: second)
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
        case .freeze, .kill, .restart, .rollingRestart, .crash: true
        default: false
        }
    }
}
