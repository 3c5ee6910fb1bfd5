import HoldfastCore
import HoldfastPlan

/// Decides who is held responsible for a disconnect.
///
/// It is a consequence of fault f if f's scope contains the connection, an executed interval of f meets
/// [last proof of life - skew, the disconnect], and f can cause the mechanism. Of several faults that fit it is the one
/// that began last. A time window alone never explains anything: a gateway killed from outside while a planned fault
/// runs elsewhere stays unexplained. Where something held messages of this connection up, the window is longer by what
/// that can hold up; and an end after just the silence that the plan allows is nobody's consequence unless the session
/// would have written in time.
public struct Attribution: Sendable {
    /// How far an executed time and a worker's own clock reading may lie apart; real time.
    public static let skew = Span.milliseconds(250)
    /// How much later than a fault something of before may still arrive where kernels had to send it again.
    public static let lateness = Span.seconds(30)

    /// How much too early one of nginx's timers may run out: it is not moved for so little
    /// (`NGX_TIMER_LAZY_DELAY` of its `ngx_event_timer.h`).
    static let nginxTimerSlack = Span.milliseconds(300)

    /// When the run began; nil while nobody knows, and then nothing was pushed.
    public var t0: Instant?
    let plan: Plan
    /// By group; one entry without groups.
    private let habits: [WritingHabits]
    let shortestAge: Span?
    private let reaches: [FaultReach]
    private let scalings: [Int: PlannedScaling]
    private var executed: [ExecutedInterval] = []
    private var candidates: [Candidate] = []
    private var holdUps: [HoldUp] = []
    private var thresholds: [UInt32?]
    private var executedThrough: Instant?

    /// The rules of `plan`, before anything was executed.
    public init(plan: Plan) {
        reaches = plan.realTime.timeline.map { FaultReach($0, gateways: plan.mostGateways) }
        scalings = Dictionary(plan.scalings.map { ($0.fault, $0) }, uniquingKeysWith: { first, _ in first })
        self.plan = plan
        habits = plan.plansOfGroups.map(WritingHabits.init(plan:))
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
        executed = orders.executed.filter { reaches.indices.contains($0.fault) }
        candidates = executed.compactMap(candidate(for:)).sorted { left, right in
            (left.start, left.fault) > (right.start, right.fault)
        }
        holdUps = executed.compactMap(holdUp(by:))
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
        let habits = habits[habits.count == 1 ? 0 : plan.group(of: disconnect.session)]
        if disconnect.mechanism == .heartbeat, habits.failWithoutFault(to: disconnect.gateway) {
            return Ruling(cause: .unexplained)
        }
        let slack = Attribution.skew + habits.roundTrip(to: disconnect.gateway).scaled(by: 0.5)
        var idleEnd = idleEnd(disconnect, habits)
        let forgetting = forgetting(disconnect, habits)
        if disconnect.isAged, forgetting != .avoidable { return Ruling(cause: .scheduled) }
        if idleEnd == .none, forgetting == .unavoidable { idleEnd = .unavoidable }
        for candidate in candidates
        where candidate.start <= disconnect.at
            && (candidate.gateway == noGateway || candidate.gateway == disconnect.gateway)
            && (canCause(candidate, disconnect, habits)
                || forgetting == .avoidable && reaches[candidate.fault].isFreezeOn(disconnect.gateway))
            && isSince(candidate, disconnect, slack)
            && idleEnd.admits(candidate, reaches[candidate.fault], disconnect, slack)
            && isVictim(disconnect.session, of: candidate.fault)
        {
            // Whom a drain asks to go, and when, is a policy of the fleet: nobody is out before being asked.
            if reaches[candidate.fault].isPolicy { return Ruling(cause: .scheduled, fault: candidate.fault) }
            return Ruling(cause: .consequence, fault: candidate.fault, onset: candidate.start)
        }
        let isScheduled = idleEnd != .none || disconnect.isAged || endedByAge(disconnect) || isShed(disconnect)
        return Ruling(cause: isScheduled ? .scheduled : .unexplained)
    }

    // MARK: Faults

    private func candidate(for interval: ExecutedInterval) -> Candidate? {
        // What was done to a process explains nothing about the connections of other gateways.
        if reaches[interval.fault].isProcessFault && interval.gateway == nil { return nil }
        // Who joins the fleet ends nothing.
        if let gateway = interval.gateway, scalings[interval.fault]?.added.contains(gateway) == true { return nil }
        return Candidate(
            fault: interval.fault,
            gateway: interval.gateway ?? noGateway,
            start: interval.start,
            end: interval.end ?? .never
        )
    }

    private func holdUp(by interval: ExecutedInterval) -> HoldUp? {
        guard let length = reaches[interval.fault].holdUp else { return nil }
        return HoldUp(
            fault: interval.fault,
            gateway: interval.gateway ?? noGateway,
            start: interval.start,
            end: interval.end ?? .never,
            length: length
        )
    }

    private func isVictim(_ session: SessionID, of fault: Int) -> Bool {
        guard reaches[fault].isRanked else { return true }
        guard let threshold = thresholds[fault], session < plan.sessions else { return false }
        return plan.rank(of: session, fault: fault) <= threshold
    }

    /// Whether the last proof of life is one that may still have come after a fault: from before its end, and held up.
    private func isSince(_ candidate: Candidate, _ disconnect: Disconnect, _ slack: Span) -> Bool {
        let late = disconnect.lastProofOfLife - slack
        if candidate.end >= late { return true }
        return candidate.end + delay(of: disconnect, from: candidate.start, to: candidate.end).longest >= late
    }

    private func canCause(_ candidate: Candidate, _ disconnect: Disconnect, _ habits: WritingHabits) -> Bool {
        let reach = reaches[candidate.fault]
        if reach.contains(disconnect) || isEndedLate(disconnect, after: candidate.fault, habits) { return true }
        return reach.containsWithoutReset(disconnect)
            && executed.contains { interval in
                reaches[interval.fault].losesResets && isReached(disconnect, by: interval.fault)
                    && interval.start <= disconnect.at && (interval.end ?? .never) >= candidate.start
            }
    }

    private func isReached(_ disconnect: Disconnect, by fault: Int) -> Bool {
        reaches[fault].isOn(disconnect.gateway) && isVictim(disconnect.session, of: fault)
    }

    /// By how much transmissions of a connection may have been late while something held them up between two instants,
    /// or before, so that they arrived after the first.
    func delay(
        of disconnect: Disconnect,
        from start: Instant,
        to end: Instant,
        orBefore: Bool = false
    ) -> Delay {
        var delay = Delay()
        for holdUp in holdUps
        where holdUp.start <= end && (orBefore ? holdUp.end + holdUp.longest : holdUp.end) >= start
            && (holdUp.gateway == noGateway || holdUp.gateway == disconnect.gateway)
            && isReached(disconnect, by: holdUp.fault)
        {
            switch holdUp.length {
            case .atMost(let span): delay.known = delay.known + span
            case .retransmission: delay.isRetransmitted = true
            }
        }
        return delay
    }

    func isFrozen(_ gateway: GatewayID, from start: Instant, to end: Instant) -> Bool {
        executed.contains { interval in
            reaches[interval.fault].isFreeze && interval.gateway == gateway && interval.start <= end
                && (interval.end ?? .never) >= start
        }
    }

    /// A gateway that stood still ends what was silent for too long as soon as it runs again.
    private func isEndedLate(_ disconnect: Disconnect, after fault: Int, _ habits: WritingHabits) -> Bool {
        guard reaches[fault].isFreeze, reaches[fault].isOn(disconnect.gateway), let limit = habits.idleTimeout
        else { return false }
        guard disconnect.mechanism == .fin || disconnect.mechanism == .reset else { return false }
        // What it wrote just now its gateway had not read when it judged.
        if let write = disconnect.lastWrite, disconnect.at - write <= Attribution.skew { return true }
        return disconnect.silence > limit + Attribution.skew
    }
}

/// One executed interval, ready to be compared with disconnects.
struct Candidate: Sendable {
    var fault: Int
    /// `noGateway` for a fault whose scope is sessions.
    var gateway: GatewayID
    var start: Instant
    /// `never` while it goes on.
    var end: Instant
}

/// By how much one transmission may have been late.
struct Delay {
    /// Of all faults that add a known time.
    var known = Span.zero
    /// Whether it may have been sent again besides.
    var isRetransmitted = false

    var longest: Span { isRetransmitted ? known + Attribution.lateness : known }
}
