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
    /// When it wants `deadlineReached`; `never` when nothing is due.
    public private(set) var deadline: Instant

    private var lastHeard: Instant
    private var pending: Pending = []
    private var sequence: UInt32 = 0
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
        case .commanded(.leave(let reason)):
            guard phase == .admitted else { return close(.fin) }
            goaway = reason
            pending.insert(.sendGoaway)
            phase = .leaving
        case .commanded(.turnAway):
            guard phase == .accepted else { return }
            goaway = .overload
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
        case .sendWelcome: return .sendWelcome
        case .noteAdmission: return .notedAdmission
        case .sendPong: return .sendPong(sequence: sequence)
        case .sendGoaway: return .sendGoaway(goaway)
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
        heard(now, policy)
        pending.insert([.sendWelcome, .noteAdmission])
    }

    private mutating func receive(_ frame: Frame, _ now: Instant, _ policy: GatewayPolicy) {
        if case .bye = frame { return heard(now, policy) }
        guard phase == .admitted || phase == .leaving else { return violate() }
        switch frame {
        case .ping(let asked):
            heard(now, policy)
            sequence = asked
            pending.insert(.sendPong)
        case .pong, .data, .bye: heard(now, policy)
        case .welcome, .kick, .goaway: violate()
        }
    }

    private mutating func heard(_ now: Instant, _ policy: GatewayPolicy) {
        lastHeard = now
        deadline = policy.idleTimeout.map { now + $0 } ?? .never
    }

    private mutating func reachDeadline(_ now: Instant, _ policy: GatewayPolicy) {
        guard now >= deadline else { return }
        close(.fin)
    }

    private mutating func violate() {
        bye = .protocolViolation
        pending.insert(.sendBye)
        close(.fin)
    }

    private mutating func close(_ manner: CloseManner) {
        if phase == .admitted || phase == .leaving { pending.insert(.noteEnd) }
        self.manner = manner
        phase = .closed
        deadline = .never
        pending.insert(.close)
    }

    private struct Pending: OptionSet {
        let rawValue: UInt8
        static let sendWelcome = Pending(rawValue: 1 << 0)
        static let noteAdmission = Pending(rawValue: 1 << 1)
        static let sendPong = Pending(rawValue: 1 << 2)
        static let sendGoaway = Pending(rawValue: 1 << 3)
        static let noteEnd = Pending(rawValue: 1 << 4)
        static let sendBye = Pending(rawValue: 1 << 5)
        static let sendKick = Pending(rawValue: 1 << 6)
        static let close = Pending(rawValue: 1 << 7)
    }
}

/// What the connections of one gateway have in common.
public struct GatewayPolicy: Sendable {
    /// From accept to login.
    public var loginTimeout: Span
    /// Silence after which the gateway closes a connection; nil is never.
    public var idleTimeout: Span?

    /// A policy from its parts.
    public init(loginTimeout: Span = .seconds(5), idleTimeout: Span? = nil) {
        self.loginTimeout = loginTimeout
        self.idleTimeout = idleTimeout
    }
}

/// What happened to a connection, as a fact; trivial and at most 16 bytes.
public enum GatewayEvent: Equatable, Sendable {
    /// HELLO arrived.
    case loggedIn(session: SessionID, ordinal: Ordinal)
    /// Any other frame arrived.
    case received(Frame)
    /// The peer sent something that the protocol does not allow.
    case violated
    /// The peer ended the connection, or a write failed.
    case closedByPeer
    /// The connection's one deadline has come.
    case deadlineReached
    /// The timeline, or the end of the run, wants something.
    case commanded(GatewayCommand)
}

/// What a connection's gateway is told to do.
public enum GatewayCommand: Equatable, Sendable {
    /// End an admitted connection in this manner, without a word.
    case drop(CloseManner)
    /// End an admitted connection, and tell the session that it must not come back by itself.
    case kick(KickReason)
    /// Ask the session to go away; close what is still there when the drain is over.
    case leave(GoawayReason)
    /// Turn the login that has just come down: there is no room for another session.
    case turnAway
    /// Close now.
    case end
}

/// What a connection wants done, or wants known; trivial and at most 16 bytes.
public enum GatewayAction: Equatable, Sendable {
    /// Answer the login.
    case sendWelcome
    /// Answer a beat.
    case sendPong(sequence: UInt32)
    /// Ask the session to go away.
    case sendGoaway(GoawayReason)
    /// Tell the session that it must not come back by itself.
    case sendKick(KickReason)
    /// Say why the connection is about to end.
    case sendBye(ByeReason)
    /// End the connection.
    case close(CloseManner)
    /// For the record: a session is admitted.
    case notedAdmission
    /// For the record: an admitted connection is over.
    case notedEnd
}
