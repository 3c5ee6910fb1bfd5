import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// Which sessions of a run go through a middlebox, and through which of its processes.
struct MiddleboxRoute {
    private let plan: Plan
    private let ports: [UInt16]
    /// By group.
    private let isBehind: [Bool]

    /// Nil where there is none.
    init?(_ plan: Plan, _ assignment: Assignment) {
        guard !assignment.middleboxPorts.isEmpty else { return nil }
        self.plan = plan
        ports = assignment.middleboxPorts
        isBehind = plan.plansOfGroups.map { $0.target.middlebox != nil }
    }

    /// What `session` connects to so that it gets to `destination`: its share of the sessions is the same for each
    /// process.
    func entrance(of session: SessionID, to destination: Endpoint) -> Endpoint {
        guard isBehind[plan.group(of: session)] else { return destination }
        let process = Int(session) * ports.count / plan.sessions
        return Endpoint(address: FleetAddressing.middlebox(before: destination.address), port: ports[process])
    }
}
