import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// One worker's share of a run: which sessions it holds and where they connect.
struct WorkerSegment {
    /// The resolved plan, in plan time.
    let plan: Plan
    /// The run's sessions that live here.
    let sessions: Range<UInt32>
    /// What those of one group have in common.
    let groups: WorkerGroups
    /// What all of them have in common: that of the first group, where only what groups share is asked for.
    let policy: SessionPolicy
    /// Where their connections come from.
    let addressing: SourceAddressing
    /// In every HELLO.
    let run: UInt64
    /// Connections of these sessions that may have vanished and be open all the same.
    let vanishedAtOnce: Int
    /// Where the registry listens; nil without one.
    let registryPort: UInt16?
    private let gatewayPort: UInt16
    private let balancerPort: UInt16
    private let external: ExternalBalancer?
    private let middlebox: MiddleboxRoute?

    /// The share of worker `index`; nil when a session would have no source port.
    init?(plan: Plan, assignment: Assignment, index: Int, firstEphemeralPort: UInt16) {
        guard
            let addressing = SourceAddressing(
                crowd: plan.target.crowd,
                low: firstEphemeralPort,
                excluded: plan.excludedPorts
            )
        else { return nil }
        self.plan = plan
        self.addressing = addressing
        let first = UInt32(plan.sessions * index / assignment.workers)
        let end = UInt32(plan.sessions * (index + 1) / assignment.workers)
        sessions = first..<end
        groups = WorkerGroups(plan, sessions: sessions)
        policy = groups.policies[0]
        run = assignment.run
        // Whoever lets its connection vanish for good has no other one, but it is kept in the same place.
        let leaves = DropPlan(timeline: plan.timeline).vanishes ? sessions.count : 0
        vanishedAtOnce = leaves + plan.vanishedAtOnce(inOneOf: assignment.workers)
        registryPort = assignment.registryPort
        gatewayPort = assignment.gatewayPort
        balancerPort = assignment.balancerPort
        external = plan.target.via == .external ? plan.target.balancer.external : nil
        middlebox = MiddleboxRoute(plan, assignment)
    }

    /// This worker's part of the attempts that all of them may make a second; nil is as many as there are.
    var attemptLimit: RateLimit {
        let share = Double(sessions.count) / Double(plan.sessions)
        return RateLimit(ratePerSecond: plan.connect.ratePerSecond.map { $0 * share })
    }

    /// What `session` connects to when it wants `gateway` and is on `network`; `noGateway` is the balancer.
    func destination(_ gateway: GatewayID, of session: SessionID, from network: Int) -> Endpoint {
        if gateway == noGateway, let external { return external.endpoint(of: session) }
        let destination =
            gateway == noGateway
            ? Endpoint(address: FleetAddressing.balancer, port: balancerPort)
            : Endpoint(address: FleetAddressing.gateway(gateway), port: gatewayPort)
        guard let middlebox else { return destination }
        let group = groups.number(of: Int(session - sessions.lowerBound))
        return middlebox.entrance(of: session, inGroup: group, to: destination, from: network)
    }

    /// The login of a session's connection.
    func hello(session: SessionID, ordinal: Ordinal) -> Hello {
        let slot = Int(session - sessions.lowerBound)
        let heartbeat = groups.policy(of: slot).heartbeat
        let beats = heartbeat.strategy != .none
        return Hello(
            group: UInt16(groups.number(of: slot)),
            session: session,
            ordinal: ordinal,
            account: UInt32(plan.account(of: session)),
            intervalMilliseconds: beats ? UInt32(heartbeat.interval.nanoseconds / 1_000_000) : 0,
            run: run
        )
    }
}
