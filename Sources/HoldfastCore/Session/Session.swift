/// One simulated client with one identity: it lives for the whole run and has many connections over time.
///
/// A pure value. The driver hands it each event with the present time, polls actions until there are none, hands it
/// `deadlineReached` at once if its deadline is not in the future, and otherwise keeps that one deadline. A session
/// knows only what a client knows: its own history.
public struct Session: Sendable {
    /// Where a session stands.
    public enum Phase: UInt8, Sendable {
        /// Before its turn in establishing.
        case idle
        /// `connect()` was called.
        case connecting
        /// Connected, the login is not answered yet.
        case loggingIn
        /// The gateway accepted it.
        case admitted
        /// Between two attempts.
        case waiting
        /// Over.
        case stopped
    }

    /// Its number in the run.
    public let id: SessionID
    /// Where it stands.
    public internal(set) var phase = Phase.idle
    // The order leaves no gaps: 128 bytes are little for all this.
    var mechanism = Mechanism.local
    var failure = ConnectFailure.refused
    var manner = CloseManner.fin
    /// `connect()` calls so far.
    public internal(set) var attempts: UInt32 = 0
    /// The gateway of this connection, of the last one, or `noGateway`.
    public internal(set) var gateway = noGateway
    /// When it wants `deadlineReached`; `never` when nothing is due.
    public internal(set) var deadline = Instant.never
    /// The last byte received on this connection, or its admission.
    public internal(set) var lastProofOfLife = Instant.zero
    /// When this connection was admitted.
    public internal(set) var admittedAt = Instant.zero

    var backoff = Backoff()
    var intervalMilliseconds: UInt32 = 0
    var disconnectedAt = Instant.zero
    var nextBeat = Instant.never
    var pingIntended = Instant.never
    var answer = Span.zero
    /// When the gateway in quarantine may be picked again.
    var quarantinedUntil = Instant(nanoseconds: .min)
    private var packedComeback = Comeback.policy.packed
    var sequence: UInt32 = 0
    var peerSequence: UInt32 = 0
    /// The gateway that the next pick leaves out; where `isDirected`, the one that it goes to.
    var avoided = noGateway
    var quarantined = noGateway
    var pending: PendingActions = []
    var misses: UInt8 = 0
    var awaitsPong = false
    var bye = ByeReason.teardown
    /// Why it is over, or was before its user tried again; meaningless for one that never stopped.
    public internal(set) var stopReason = StopReason.ended
    var isDirected = false
    /// Why the gateway last asked it to go.
    public internal(set) var goaway = GoawayReason.drain

    var plannedComeback: Comeback {
        get { Comeback(packed: packedComeback) }
        set { packedComeback = newValue.packed }
    }

    /// Session `id`, before its turn.
    public init(id: SessionID) { self.id = id }

    /// The current connection's ordinal, 0-based.
    /// - Precondition: at least one attempt was made.
    public var ordinal: Ordinal { attempts &- 1 }

    /// Whether it stopped at a limit of its reconnect policy.
    public var hasGivenUp: Bool { phase == .stopped && stopReason == .gaveUp }

    /// Whether its user can try again by hand: it gave up, or was kicked.
    public var canBeResumed: Bool { phase == .stopped && (stopReason == .gaveUp || stopReason == .kicked) }

    /// Whether opening the app means anything to it: it is not over, or only until its user tries again.
    public var canBeOpened: Bool { phase != .stopped || hasGivenUp }

    /// Whether a beat of its own waits for its answer.
    public var isBeatUnderWay: Bool { pingIntended != .never }

    /// Whether it has a connection, admitted or not.
    public var isConnected: Bool { phase == .loggingIn || phase == .admitted }
    /// Whether it has a socket, connected or not yet.
    public var hasSocket: Bool { phase == .connecting || isConnected }

    /// Takes in one event at time `now`; poll `nextAction()` afterwards.
    public mutating func handle(_ event: SessionEvent, now: Instant, policy: SessionPolicy) {
        switch event {
        case .deadlineReached: reachDeadline(now, policy)
        case .received(let frame): receive(frame, now, policy)
        case .connected: logIn(now, policy)
        case .admitted(let gateway, let interval): admit(by: gateway, interval, now, policy)
        case .started:
            guard phase == .idle else { return }
            disconnectedAt = now
            attempt(now, policy)
        case .routed(let gateway): goTo(gateway, now, policy)
        case .connectFailed(let reason): fail(reason, closing: false, now, policy)
        case .rejected(let delay): fail(.rejected, closing: true, atLeast: .milliseconds(Int64(delay)), now, policy)
        case .closedByPeer(let end): endByPeer(end, now, policy)
        case .timedOut(let timer): endByFailure(timer.mechanism, now, policy)
        case .writeFailed: endByFailure(.writeError, now, policy)
        case .violated: endByViolation(now, policy)
        case .commanded(let command): obey(command, now, policy)
        }
    }

    /// Any byte is proof that the gateway lives; the driver says so before it hands over the frames in it.
    public mutating func noteProofOfLife(_ now: Instant) {
        lastProofOfLife = now
        misses = 0
        awaitsPong = false
    }

    /// The gateways that it would rather not be sent to.
    public func avoidance(now: Instant) -> Avoidance {
        Avoidance(
            avoided: isDirected ? noGateway : avoided,
            quarantined: now < quarantinedUntil ? quarantined : noGateway
        )
    }

    /// What to do next; nil when there is nothing left to do for this event.
    public mutating func nextAction() -> SessionAction? {
        guard pending.rawValue != 0 else { return nil }
        let bit = pending.rawValue & (0 &- pending.rawValue)
        let next = PendingActions(rawValue: bit)
        pending = PendingActions(rawValue: pending.rawValue & ~bit)
        switch next {
        case .noteAnswer: return .notedAnswer(answer)
        case .noteMiss: return .notedMiss
        case .noteConnectFailure: return .notedConnectFailure(failure)
        case .noteDisconnect: return .notedDisconnect(mechanism)
        case .sendBye: return .sendBye(bye)
        case .close: return .close(manner)
        case .noteAdmission: return .notedAdmission(gateway)
        case .sendHello: return .sendHello
        case .sendPong: return .sendPong(sequence: peerSequence)
        case .sendPing: return .sendPing(sequence: sequence)
        case .connect: return .connect(gateway)
        case .noteResumption: return .notedResumption
        default: return .stop(stopReason)
        }
    }
}
