import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// Which group each session of a worker belongs to, and what the sessions of a group have in common.
struct WorkerGroups: Sendable {
    /// By group; one entry in a plan without groups.
    let policies: [SessionPolicy]
    private let churns: [Churn?]
    private let timers: [SocketTimers?]
    /// Whether the kernel watches over anybody's connections.
    let haveTimers: Bool
    private let sessions: Range<SessionID>
    /// By place in the segment; empty in a plan without groups.
    private let numbers: [UInt8]

    /// Those of `sessions` in `plan`.
    init(_ plan: Plan, sessions: Range<SessionID>) {
        let plans = plan.plansOfGroups
        policies = plans.map(SessionPolicy.init(plan:))
        churns = plans.map(\.realTime.churn)
        timers = policies.map { SocketTimers($0.heartbeat) }
        haveTimers = timers.contains { $0 != nil }
        self.sessions = sessions
        numbers = plan.groups.isEmpty ? [] : sessions.map { UInt8(plan.group(of: $0)) }
    }

    /// Whether the plan has none.
    var isEmpty: Bool { numbers.isEmpty }

    /// How many sessions of this worker there are in each; empty in a plan without groups.
    var sizes: [UInt64] {
        guard !isEmpty else { return [] }
        var sizes = [UInt64](repeating: 0, count: policies.count)
        for number in numbers { sizes[Int(number)] += 1 }
        return sizes
    }

    /// The group of the session at this place, 0-based; 0 in a plan without groups.
    func number(of slot: Int) -> Int { isEmpty ? 0 : Int(numbers[slot]) }

    /// What the session at this place has in common with its group.
    func policy(of slot: Int) -> SessionPolicy { policies[number(of: slot)] }

    /// What the kernel watches over for the session at this place; nil is nothing.
    func timers(of slot: Int) -> SocketTimers? { haveTimers ? timers[number(of: slot)] : nil }

    /// How long connections live of themselves; nil where nobody's do.
    var churn: (@Sendable (SessionID) -> Churn?)? {
        guard churns.contains(where: { $0 != nil }) else { return nil }
        return { churns[number(of: Int($0 - sessions.lowerBound))] }
    }
}

extension SocketTimers {
    /// What a heartbeat leaves to the kernel; nil where that is nothing.
    fileprivate init?(_ heartbeat: HeartbeatPolicy) {
        self.init(
            keepalive: heartbeat.strategy == .tcpKeepalive ? heartbeat.keepalive : nil,
            userTimeout: heartbeat.userTimeout
        )
    }
}
