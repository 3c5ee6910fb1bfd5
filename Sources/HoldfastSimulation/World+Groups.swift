import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// What the sessions of one group have in common in virtual time.
struct SimulatedGroup {
    let policy: SessionPolicy
    let gatewayPolicy: GatewayPolicy
    let churn: Churn?
    /// What stands between them and everything else, and which of the world's boxes that is.
    let middlebox: MiddleboxPolicy?
    let box: Int

    /// The group of this number; `plan` is the plan as it is for the group.
    init(_ plan: Plan, box: Int) {
        let real = plan.realTime
        policy = SessionPolicy(plan: plan)
        gatewayPolicy = GatewayPolicy(plan: plan)
        churn = real.churn
        middlebox = real.target.middlebox
        self.box = box
    }

    /// The groups of `plan`; a single one without any.
    static func groups(of plan: Plan) -> [SimulatedGroup] {
        plan.plansOfGroups.enumerated().map { index, own in
            // Those that have no box of their own share the plan's, and its table.
            if case .behind? = plan.groups.isEmpty ? nil : plan.groups[index].network {
                SimulatedGroup(own, box: index + 1)
            } else {
                SimulatedGroup(own, box: 0)
            }
        }
    }
}

extension World {
    /// The policy of a session; where events are handled, a plan without groups takes the short way.
    func policy(of session: SessionID) -> SessionPolicy {
        hasGroups ? groups[Int(seats[Int(session)].group)].policy : policy
    }

    /// What stands between a session and everything else.
    func middlebox(of session: SessionID) -> MiddleboxPolicy? { groups[Int(seats[Int(session)].group)].middlebox }

    /// In which of the world's boxes that is.
    func box(of session: SessionID) -> Int { groups[Int(seats[Int(session)].group)].box }

    /// How long a session's connections live of themselves.
    func churn(of session: SessionID) -> Churn? { groups[Int(seats[Int(session)].group)].churn }

    /// Hands an event to a session, under the policy of its group.
    mutating func tell(_ id: Int, _ event: SessionEvent) {
        guard hasGroups else { return seats[id].session.handle(event, now: now, policy: policy) }
        seats[id].session.handle(event, now: now, policy: groups[Int(seats[id].group)].policy)
    }

    /// Hands an event to a gateway's end of a session's connection, under the policy for the session's group.
    mutating func tell(_ link: UnsafeMutablePointer<Link>, of session: SessionID, _ event: GatewayEvent) {
        guard hasGroups else { return link.pointee.connection.handle(event, now: now, policy: gatewayPolicy) }
        let policy = groups[Int(seats[Int(session)].group)].gatewayPolicy
        link.pointee.connection.handle(event, now: now, policy: policy)
    }

    /// Whether what a session learns about its network decides when it beats.
    func adapts(_ id: Int) -> Bool {
        !adaptive.isEmpty && (!hasGroups || policy(of: UInt32(id)).heartbeat.strategy == .adaptive)
    }

    /// How often a prober looks at every gateway; nil where nobody asked for one.
    var proberInterval: Span? {
        groups.map(\.policy.heartbeat).filter { $0.strategy == .thirdParty }.map(\.interval).min()
    }

    // MARK: Counting

    /// Counts something for the group of a session.
    mutating func count(_ id: Int, _ change: (inout GroupCounters) -> Void) {
        guard hasGroups else { return }
        change(&segments[Int(seats[id].segment)].counters.groups[Int(seats[id].group)])
    }

    /// Seats everybody in their group.
    mutating func seatGroups() {
        guard hasGroups else { return }
        for index in segments.indices {
            segments[index].counters.groups = [GroupCounters](repeating: GroupCounters(), count: plan.groups.count)
        }
        for id in 0..<sessionCount {
            seats[id].group = UInt16(plan.group(of: UInt32(id)))
            count(id) { $0.sessions += 1 }
        }
    }

    /// t0: what groups have counted until now belongs to establishing.
    mutating func startCountingGroups() {
        guard hasGroups else { return }
        for index in segments.indices {
            let known = segments[index].counters.groups
            segments[index].counters.groups = known.map { $0.startingAnew(pending: 0) }
        }
        for id in 0..<sessionCount where seats[id].session.phase == .connecting || seats[id].session.phase == .loggingIn
        {
            count(id) { $0.connectsAttempted += 1 }
        }
    }
}
