/// One connection as its gateway sees it: login, answers to beats, supervision, farewell.
///
/// A pure value with the same contract as `Session`: an event in, actions polled, one deadline kept.
public struct GatewayConnection: Sendable {
    /// Where a connection stands.
    public enum Phase: UInt8, Sendable {
        /// Accepted, no login yet.
        case accepted
        /// Logged in.
        case admitted
        /// Asked to go away; closed when the drain is over.
        case leaving
        /// Over.
        case closed
    }

    /// Where it stands.
    public private(set) var phase = Phase.accepted
    /// The session that logged in.
    public private(set) var session: SessionID = 0
    /// The session's ordinal of this connection.
    public private(set) var ordinal: Ordinal = 0
    // Here it leaves no gap.
    private var target = noGateway
    /// When it wants `deadlineReached`; `never` when nothing is due.
    public private(set) var deadline: Instant

    private var lastHeard: Instant
    private var nextPing = Instant.never
    /// When the session is asked to go; once it was, when it has to be gone.
    private var leaveBy = Instant.never
    private var pending: Pending = []
    /// Of the beat or request that is being answered.
    private var sequence: UInt32 = 0
    private var pingSequence: UInt16 = 0
    private var awaitsPong = false
    private var manner = CloseManner.fin
    private var bye = ByeReason.protocolViolation
    private var goaway = GoawayReason.drain
    private var kick = KickReason.duplicate

    /// A connection accepted at `now`.
    public init(acceptedAt now: Instant, policy: GatewayPolicy) {
        lastHeard = now
        deadline = now + policy.loginTimeout
    }

    /// Takes in one event at time `now`; poll `nextAction()` afterwards.
    public mutating func handle(_ event: GatewayEvent, now: Instant, policy: GatewayPolicy) {
        guard phase != .closed else { return }
        switch event {
        case .loggedIn(let session, let ordinal): logIn(session, ordinal, now, policy)
        case .received(let frame): receive(frame, now, policy)
        case .violated: violate()
        case .closedByPeer: close(.fin)
        case .deadlineReached: reachDeadline(now, policy)
        case .commanded(.drop(let manner)):
            if phase == .admitted || phase == .leaving { close(manner) }
        case .commanded(.kick(let reason)):
            guard phase == .admitted || phase == .leaving else { return }
            kick = reason
            pending.insert(.sendKick)
            close(.fin)
        case .commanded(.leave(let reason, let target)):
            guard phase == .admitted else { return close(.fin) }
            self.target = target
            askToLeave(reason, now, policy)
        case .commanded(.refuse(let reason)):
            guard phase == .accepted else { return }
            goaway = reason
            pending.insert(.sendGoaway)
            close(.fin)
        case .commanded(.end): close(.fin)
        }
    }

    /// What to do next; nil when there is nothing left to do for this event.
    public mutating func nextAction() -> GatewayAction? {
        guard pending.rawValue != 0 else { return nil }
        let next = Pending(rawValue: pending.rawValue & (0 &- pending.rawValue))
        pending.remove(next)
        switch next {
        case .noteAnswer: return .notedAnswer
        case .noteMiss: return .notedMiss
        case .sendWelcome: return .sendWelcome
        case .noteAdmission: return .notedAdmission
        case .sendPing: return .sendPing(sequence: UInt32(pingSequence))
        case .sendPong: return .sendPong(sequence: sequence)
        case .sendResponse: return .sendResponse(message: sequence)
        case .sendGoaway: return .sendGoaway(goaway, to: target)
        case .noteEnd: return .notedEnd
        case .sendBye: return .sendBye(bye)
        case .sendKick: return .sendKick(kick)
        default: return .close(manner)
        }
    }

    private mutating func logIn(_ session: SessionID, _ ordinal: Ordinal, _ now: Instant, _ policy: GatewayPolicy) {
        guard phase == .accepted else { return violate() }
        self.session = session
        self.ordinal = ordinal
        phase = .admitted
        nextPing = policy.firstPing(of: session, ordinal).map { now + $0 } ?? .never
        leaveBy = policy.age(of: session, ordinal).map { now + $0 } ?? .never
        heard(now, policy)
        pending.insert([.sendWelcome, .noteAdmission])
    }

    private mutating func receive(_ frame: Frame, _ now: Instant, _ policy: GatewayPolicy) {
        if case .bye = frame {
            guard phase == .accepted else { return heard(now, policy) }
            // Who looks whether there is a gateway says so in place of a login, and wants to hear the same.
            bye = .leave
            pending.insert(.sendBye)
            return close(.fin)
        }
        guard phase == .admitted || phase == .leaving else { return violate() }
        switch frame {
        case .ping(let asked):
            heard(now, policy)
            sequence = asked
            pending.insert(.sendPong)
        case .pong(let answered, _):
            heard(now, policy)
            guard awaitsPong, answered == UInt32(pingSequence) else { return }
            awaitsPong = false
            pending.insert(.noteAnswer)
        case .data(.request, let message):
            heard(now, policy)
            sequence = message
            pending.insert(.sendResponse)
            if phase == .admitted, policy.shedsAfter(message, of: session) { askToLeave(.shed, now, policy) }
        case .data, .bye: heard(now, policy)
        case .welcome, .kick, .goaway: violate()
        }
    }

    private mutating func heard(_ now: Instant, _ policy: GatewayPolicy) {
        lastHeard = now
        keepDeadline(policy)
    }

    private func idleEnd(_ policy: GatewayPolicy) -> Instant { policy.idleTimeout.map { lastHeard + $0 } ?? .never }

    private mutating func keepDeadline(_ policy: GatewayPolicy) {
        deadline = min(idleEnd(policy), nextPing, leaveBy)
    }

    private mutating func reachDeadline(_ now: Instant, _ policy: GatewayPolicy) {
        guard now >= deadline else { return }
        if phase == .accepted || now >= idleEnd(policy) { return close(.fin) }
        if now >= leaveBy {
            guard phase == .admitted else { return close(.fin) }
            askToLeave(.age, now, policy)
        }
        if now >= nextPing, let interval = policy.pingInterval { ping(now, interval) }
        keepDeadline(policy)
    }

    /// Scheduled from the previous beat; those that were missed altogether are skipped.
    private mutating func ping(_ now: Instant, _ interval: Span) {
        if awaitsPong { pending.insert(.noteMiss) }
        awaitsPong = true
        pingSequence &+= 1
        pending.insert(.sendPing)
        let behind = (now - nextPing).nanoseconds / max(1, interval.nanoseconds)
        nextPing = nextPing + interval * (behind + 1)
    }

    private mutating func askToLeave(_ reason: GoawayReason, _ now: Instant, _ policy: GatewayPolicy) {
        goaway = reason
        pending.insert(.sendGoaway)
        phase = .leaving
        nextPing = .never
        // Who lets everybody go ends what is left by itself.
        leaveBy = reason == .drain || reason == .move ? .never : now + policy.drain
        keepDeadline(policy)
    }

    private mutating func violate() {
        bye = .protocolViolation
        pending.insert(.sendBye)
        close(.fin)
    }

    private mutating func close(_ manner: CloseManner) {
        if phase == .admitted || phase == .leaving { pending.insert(.noteEnd) }
        if awaitsPong { pending.insert(.noteMiss) }
        awaitsPong = false
        self.manner = manner
        phase = .closed
        deadline = .never
        pending.insert(.close)
    }

    /// In the order in which they are polled.
    private struct Pending: OptionSet {
        let rawValue: UInt16
        static let noteAnswer = Pending(rawValue: 1 << 0)
        static let noteMiss = Pending(rawValue: 1 << 1)
        static let sendWelcome = Pending(rawValue: 1 << 2)
        static let noteAdmission = Pending(rawValue: 1 << 3)
        static let sendPong = Pending(rawValue: 1 << 4)
        static let sendPing = Pending(rawValue: 1 << 5)
        static let sendResponse = Pending(rawValue: 1 << 6)
        static let sendGoaway = Pending(rawValue: 1 << 7)
        static let noteEnd = Pending(rawValue: 1 << 8)
        static let sendBye = Pending(rawValue: 1 << 9)
        static let sendKick = Pending(rawValue: 1 << 10)
        static let close = Pending(rawValue: 1 << 11)
    }
}
