/// What a session wants done, or wants known; trivial and at most 16 bytes.
///
/// Facts for the record (`noted…`) are actions too, so that live and simulated drivers account for the same things at
/// the same moments.
public enum SessionAction: Equatable, Sendable {
    /// Open a connection with the session's current ordinal; `noGateway` is through the balancer, or
    /// to where the routing service says (`routed`).
    case connect(GatewayID)
    /// Log in.
    case sendHello
    /// Beat.
    case sendPing(sequence: UInt32)
    /// Answer the gateway's beat.
    case sendPong(sequence: UInt32)
    /// Say why the connection is about to end.
    case sendBye(ByeReason)
    /// End the connection.
    case close(CloseManner)
    /// The session is over.
    case stop(StopReason)
    /// For the record: the connection is admitted.
    case notedAdmission(GatewayID)
    /// For the record: an admitted connection is over.
    case notedDisconnect(Mechanism)
    /// For the record: an attempt is over that never was admitted.
    case notedConnectFailure(ConnectFailure)
    /// For the record: a ping was answered this long after the instant at which it should have gone out.
    case notedAnswer(Span)
    /// For the record: a ping will not be answered any more.
    case notedMiss
    /// For the record: a session that had stopped is back among those that try; why it had is its `stopReason`.
    case notedResumption
}

/// The actions that wait to be polled, in the order in which they are polled.
@usableFromInline
struct PendingActions: OptionSet, Sendable {
    @usableFromInline
    let rawValue: UInt16

    @usableFromInline
    init(rawValue: UInt16) { self.rawValue = rawValue }

    static let noteAnswer = PendingActions(rawValue: 1 << 0)
    static let noteMiss = PendingActions(rawValue: 1 << 1)
    static let noteConnectFailure = PendingActions(rawValue: 1 << 2)
    static let noteDisconnect = PendingActions(rawValue: 1 << 3)
    static let sendBye = PendingActions(rawValue: 1 << 4)
    static let close = PendingActions(rawValue: 1 << 5)
    static let noteAdmission = PendingActions(rawValue: 1 << 6)
    static let sendHello = PendingActions(rawValue: 1 << 7)
    static let sendPong = PendingActions(rawValue: 1 << 8)
    static let sendPing = PendingActions(rawValue: 1 << 9)
    static let connect = PendingActions(rawValue: 1 << 10)
    static let stop = PendingActions(rawValue: 1 << 11)
    static let noteResumption = PendingActions(rawValue: 1 << 12)
}
