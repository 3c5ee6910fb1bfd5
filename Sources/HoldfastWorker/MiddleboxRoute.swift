import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// Which sessions of a run go through a middlebox, and through which of its processes.
struct MiddleboxRoute {
    private let ports: [UInt16]
    private let sessions: Int
    /// By group.
    private let isBehind: [Bool]

    /// Nil where there is none.
    init?(_ plan: Plan, _ assignment: Assignment) {
        guard !assignment.middleboxPorts.isEmpty else { return nil }
        ports = assignment.middleboxPorts
        sessions = plan.sessions
        isBehind = plan.plansOfGroups.map { plan.needsMiddlebox || $0.target.middlebox != nil }
    }

    /// What a session of a group connects to so that it gets to `destination` from a network, 0 being its own: each
    /// process has the same share of all sessions.
    func entrance(
        of session: SessionID,
        inGroup group: Int,
        to destination: Endpoint,
        from network: Int
    ) -> Endpoint {
        guard isBehind[group] || network > 0 else { return destination }
        let process = Int(session) * ports.count / sessions
        let address = FleetAddressing.middlebox(before: destination.address, network: network)
        return Endpoint(address: address, port: ports[process])
    }
}
