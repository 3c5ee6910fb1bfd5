/// What happened to a session, as a fact; trivial and at most 16 bytes.
public enum SessionEvent: Equatable, Sendable {
    /// Its turn in establishing has come.
    case started
    /// The routing service names the gateway of the attempt that just began; `noGateway` has none.
    case routed(to: GatewayID)
    /// `connect()` finished.
    case connected
    /// The attempt ended before admission.
    case connectFailed(ConnectFailure)
    /// The gateway answered the login; it may dictate another heartbeat interval (0 keeps the policy's).
    case admitted(by: GatewayID, intervalMilliseconds: UInt32)
    /// The gateway turned the login down, and may ask to wait before the next attempt.
    case rejected(delayMilliseconds: UInt32)
    /// A frame of an admitted connection.
    case received(Frame)
    /// The peer ended the connection.
    case closedByPeer(PeerEnd)
    /// The kernel gave the connection up.
    case timedOut(KernelTimer)
    /// A write failed with anything but "try again".
    case writeFailed
    /// The peer sent something that the protocol does not allow.
    case violated
    /// The session's one deadline has come.
    case deadlineReached
    /// The timeline, or the end of the run, wants something.
    case commanded(SessionCommand)

    /// The event that a frame means to a session that is, or is not, admitted already.
    @inlinable
    public init(_ frame: Frame, isAdmitted: Bool) {
        switch frame {
        case .welcome(let gateway, _, let interval) where !isAdmitted:
            self = .admitted(by: gateway, intervalMilliseconds: interval)
        case .goaway(_, _, let delay) where !isAdmitted:
            self = .rejected(delayMilliseconds: delay)
        case .kick where !isAdmitted:
            self = .rejected(delayMilliseconds: 0)
        case .bye(.protocolViolation):
            self = .violated
        case .ping, .pong, .data, .goaway, .kick:
            self = isAdmitted ? .received(frame) : .violated
        case .bye:
            self = .received(frame)
        case .welcome:
            self = .violated
        }
    }
}

/// How the peer ended a connection.
public enum PeerEnd: UInt8, Sendable {
    case fin
    case reset
}

/// What a session is told to do from outside its own logic.
public enum SessionCommand: Equatable, Sendable {
    /// End the connection here in this manner; what happens next is said by the first value.
    case drop(Comeback, by: CloseManner)
    /// Beat at this interval from the last beat on; what an adaptive heartbeat learns comes from outside.
    case beat(everyMilliseconds: UInt32)
    /// The gateway is about to end the connection; what happens then is said here.
    case expectDrop(Comeback)
    /// The user tries again by hand, if the session gave up or was kicked.
    case resume
    /// The user opens the app: beat at once, or try at once, as well after having given up.
    case foreground
    /// The run is over.
    case end
}

/// When a session comes back from a disconnect that the timeline planned.
public enum Comeback: Equatable, Sendable {
    /// As its reconnect policy says.
    case policy
    /// Never.
    case never
    /// One attempt exactly this long after the disconnect, later ones by policy.
    case after(Span)

    /// In eight bytes where the enumeration takes nine, and with alignment sixteen; no span is that far in the past.
    var packed: Span {
        switch self {
        case .policy: Span(nanoseconds: .min)
        case .never: Span(nanoseconds: .min + 1)
        case .after(let span): span
        }
    }

    init(packed: Span) {
        switch packed.nanoseconds {
        case .min: self = .policy
        case .min + 1: self = .never
        default: self = .after(packed)
        }
    }
}
