import HoldfastCore
import HoldfastPlan

/// Decides who is held responsible for a disconnect.
///
/// It is a consequence of fault f if f's scope contains the connection, an executed interval of f meets
/// [last proof of life - skew, the disconnect], and f can cause the mechanism. Of several faults that fit it is the one
/// that began last. A time window alone never explains anything: a gateway killed from outside while a planned fault
/// runs elsewhere stays unexplained.
public struct Attribution: Sendable {
    /// How far an executed time and a worker's own clock reading may lie apart; real time.
    public static let skew = Span.milliseconds(250)
    /// How much later than a fault something of before may still arrive where messages were held up at that time.
    public static let lateness = Span.seconds(30)

    private let reaches: [FaultReach]
    private let plan: Plan
    /// By group; one entry without groups.
    private let idleTimeouts: [Span?]
    private let shortestAge: Span?
    private var executed: [ExecutedInterval] = []
    private var candidates: [Candidate] = []
    private var thresholds: [UInt32?]
    private var executedThrough: Instant?

    /// The rules of `plan`, before anything was executed.
    public init(plan: Plan) {
        reaches = plan.timeline.map { FaultReach($0, gateways: plan.mostGateways) }
        self.plan = plan
        idleTimeouts = plan.plansOfGroups.map { GatewayPolicy(plan: $0).idleTimeout }
        shortestAge = GatewayPolicy(plan: plan).shortestAge
        thresholds = plan.timeline.enumerated().map { fault, event in
            event.fixedThreshold(sessions: plan.population(ofFault: fault))
        }
    }

    /// Takes over what the coordinator knows: executed intervals, rank thresholds, and how far they are complete.
    public mutating func update(with orders: Orders) {
        executedThrough = orders.executedThrough
        for threshold in orders.thresholds where thresholds.indices.contains(threshold.fault) {
            thresholds[threshold.fault] = threshold.rank
        }
        guard orders.executed != executed else { return }
        executed = orders.executed
        candidates = executed.compactMap(candidate(for:)).sorted { left, right in
            (left.start, left.fault) > (right.start, right.fault)
        }
    }

    /// Whether every executed time that could explain this disconnect has arrived. Injected ones are known at once.
    public func canDecide(_ disconnect: Disconnect) -> Bool {
        if disconnect.injectedBy != nil || disconnect.isScheduled { return true }
        guard let executedThrough else { return false }
        return disconnect.at < executedThrough
    }

    /// Who is held responsible, by what is known now.
    public func ruling(on disconnect: Disconnect) -> Ruling {
        if let fault = disconnect.injectedBy {
            return Ruling(cause: .injected, fault: fault, onset: disconnect.at)
        }
        if disconnect.isScheduled { return Ruling(cause: .scheduled) }
        for candidate in candidates
        where candidate.start <= disconnect.at && candidate.explainsUntil >= disconnect.lastProofOfLife
            && (candidate.gateway == noGateway || candidate.gateway == disconnect.gateway)
            && (reaches[candidate.fault].contains(disconnect) || isEndedLate(disconnect, after: candidate.fault))
            && isVictim(disconnect.session, of: candidate.fault)
        {
            return Ruling(cause: .consequence, fault: candidate.fault, onset: candidate.start)
        }
        let isScheduled = endedByIdleTimeout(disconnect) || endedByAge(disconnect) || endedByChance(disconnect)
        return Ruling(cause: isScheduled ? .scheduled : .unexplained)
    }

    private func candidate(for interval: ExecutedInterval) -> Candidate? {
        guard reaches.indices.contains(interval.fault) else { return nil }
        let reach = reaches[interval.fault]
        // What was done to a process explains nothing about the connections of other gateways.
        if reach.isProcessFault && interval.gateway == nil { return nil }
        let end = interval.end ?? .never
        let isLate = isHeldUp(from: interval.start, to: end)
        return Candidate(
            fault: interval.fault,
            gateway: interval.gateway ?? noGateway,
            start: interval.start,
            explainsUntil: end + (isLate ? Attribution.lateness : Attribution.skew)
        )
    }

    /// Whether messages were held up by a fault between two instants.
    private func isHeldUp(from start: Instant, to end: Instant, orFrozen: Bool = false) -> Bool {
        executed.contains { interval in
            guard reaches.indices.contains(interval.fault) else { return false }
            let reach = reaches[interval.fault]
            return (reach.holdsUp || (orFrozen && reach.isFreeze)) && interval.start <= end
                && (interval.end ?? .never) >= start
        }
    }

    private func isVictim(_ session: SessionID, of fault: Int) -> Bool {
        guard reaches[fault].isRanked else { return true }
        guard let threshold = thresholds[fault], session < plan.sessions else { return false }
        return plan.rank(of: session, fault: fault) <= threshold
    }

    /// A gateway that stood still ends what was silent for too long as soon as it runs again.
    private func isEndedLate(_ disconnect: Disconnect, after fault: Int) -> Bool {
        guard reaches[fault].isFreeze, reaches[fault].isOn(disconnect.gateway), let limit = idleTimeout(disconnect)
        else { return false }
        guard disconnect.mechanism == .fin || disconnect.mechanism == .reset else { return false }
        // What it wrote just now its gateway had not read when it judged.
        if let write = disconnect.lastWrite, disconnect.at - write <= Attribution.skew { return true }
        return disconnect.silence > limit + Attribution.skew
    }

    /// So is its rule of age: it asks a session to go that has been there for that long. It counts from the login, so
    /// where messages are held up the session hears of both at other times.
    private func endedByAge(_ disconnect: Disconnect) -> Bool {
        guard let shortestAge, let age = disconnect.age, disconnect.mechanism == .goaway else { return false }
        if age >= shortestAge - Attribution.skew { return true }
        return isHeldUp(from: disconnect.at - age - Attribution.lateness, to: disconnect.at, orFrozen: true)
    }

    /// So is its chance to ask a session to go, which it does with a reason of its own.
    private func endedByChance(_ disconnect: Disconnect) -> Bool {
        disconnect.goaway == .shed && plan.target.gateway.goawayChance > 0
    }

    /// The gateway's idle rule is part of the plan: it finishes a connection that was silent for just that long.
    private func endedByIdleTimeout(_ disconnect: Disconnect) -> Bool {
        guard disconnect.mechanism == .fin || disconnect.mechanism == .reset, let limit = idleTimeout(disconnect)
        else { return false }
        let silence = disconnect.silence
        return silence >= limit - Attribution.skew && silence <= limit + Attribution.skew
    }

    /// The limit of silence of the session's own group.
    private func idleTimeout(_ disconnect: Disconnect) -> Span? {
        idleTimeouts.count == 1 ? idleTimeouts[0] : idleTimeouts[plan.group(of: disconnect.session)]
    }
}

/// One executed interval, ready to be compared with disconnects.
private struct Candidate {
    var fault: Int
    /// `noGateway` for a fault whose scope is sessions.
    var gateway: GatewayID
    var start: Instant
    /// The latest proof of life that it is consistent with; `never` while it goes on.
    var explainsUntil: Instant
}
