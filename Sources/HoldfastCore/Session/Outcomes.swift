/// How the end of an admitted connection came to be known.
public enum Mechanism: String, CaseIterable, Sendable {
    /// The harness ended it here.
    case local
    /// The peer finished its side.
    case fin
    /// The peer reset it.
    case reset
    /// The heartbeat's rule of detection.
    case heartbeat
    /// A write failed.
    case writeError = "write-error"
    /// TCP keepalive gave up.
    case keepalive
    /// TCP_USER_TIMEOUT ran out.
    case userTimeout = "user-timeout"
    /// The kernel gave up retransmitting.
    case retransmission
    /// The gateway kicked the session.
    case kicked
    /// The gateway asked the session to go away.
    case goaway
    /// The peer broke the protocol.
    case protocolViolation = "protocol"
}

/// Why a connect did not end in admission.
public enum ConnectFailure: String, CaseIterable, Sendable {
    /// ECONNREFUSED.
    case refused
    /// No route to the gateway.
    case unreachable
    /// The connect did not finish in time.
    case timeout
    /// Reset before admission.
    case reset
    /// Closed before admission.
    case closed
    /// Connected, but the login was not answered in time.
    case loginTimeout = "login-timeout"
    /// The gateway turned the login down.
    case rejected
    /// The session's source port was taken (EADDRINUSE).
    case noPort = "no-port"
    /// Nothing to connect to.
    case noGateway = "no-gateway"
}

/// Why a session is over before its run is.
public enum StopReason: String, CaseIterable, Sendable {
    /// The timeline sent it away for good.
    case departed
    /// The reconnect policy's limit.
    case gaveUp = "gave-up"
    /// The gateway kicked it.
    case kicked
    /// The run is over.
    case ended
}

/// Who the ledger holds responsible for a disconnect.
public enum Cause: String, CaseIterable, Sendable {
    /// The timeline ended this very connection.
    case injected
    /// An injected fault explains it: scope, executed interval and mechanism fit.
    case consequence
    /// Outside a fault's scope, inside the recovery from it, with evidence of overload.
    case collateral
    /// A lifetime or a fleet policy of the plan.
    case scheduled
    /// Nothing in the plan explains it.
    case unexplained
}

/// How a connection is ended on purpose.
public enum CloseManner: String, CaseIterable, Sendable {
    /// Finish politely.
    case fin
    /// Reset.
    case reset
    /// Go silent: the descriptor stays open, unread and unwritten.
    case vanish
}
