/// One frame of the framed protocol, apart from the login (`Hello`): at most 13 bytes, trivial, copied freely.
///
/// The zero payload of a ping and the intended time and payload of data are not part of it: `FrameEncoder` takes them
/// and `FrameDecoder.intendedNanoseconds(of:)` gives the time back.
public enum Frame: Equatable, Sendable {
    /// The gateway admits the session. `intervalMilliseconds` 0: keep your heartbeat interval.
    case welcome(gateway: GatewayID, incarnation: UInt32, intervalMilliseconds: UInt32)
    /// Either side asks for a pong with the same sequence.
    case ping(sequence: UInt32)
    /// The answer to a ping. `intervalMilliseconds` 0: heartbeat interval unchanged.
    case pong(sequence: UInt32, intervalMilliseconds: UInt32)
    /// Business traffic.
    case data(kind: DataKind, message: UInt32)
    /// The gateway ends the session; it must not come back by itself.
    case kick(KickReason)
    /// The gateway asks the session to leave, `target` is `noGateway` or where to, and to wait `delayMilliseconds`
    /// before it reconnects.
    case goaway(GoawayReason, target: GatewayID, delayMilliseconds: UInt32)
    /// The last frame before a FIN: teardown, a polite leave, or a peer that broke the protocol.
    case bye(ByeReason)
}

/// What a data frame carries.
public enum DataKind: UInt8, CaseIterable, Sendable {
    /// From the gateway, unasked.
    case push = 0
    /// The receipt of a push.
    case ack = 1
    /// From the session, to be answered.
    case request = 2
    /// The answer to a request.
    case response = 3
}

/// Why a gateway ends a session for good.
public enum KickReason: UInt8, CaseIterable, Sendable {
    /// The account logged in elsewhere.
    case duplicate = 1
    /// The login was turned down.
    case refused = 2
    /// The session broke the protocol.
    case protocolViolation = 3
    /// The session sends or reconnects too often.
    case tooFrequent = 4
}

/// Why a gateway asks a session to leave.
public enum GoawayReason: UInt8, CaseIterable, Sendable {
    /// The gateway is about to stop.
    case drain = 0
    /// Another gateway should have the session.
    case move = 1
    /// The gateway has more than it can serve.
    case overload = 2
    /// The connection reached its maximum age.
    case age = 3
    /// The gateway holds more than its share.
    case shed = 4
}

/// Why a side says goodbye.
public enum ByeReason: UInt8, CaseIterable, Sendable {
    /// The run is over.
    case teardown = 1
    /// The session leaves politely.
    case leave = 2
    /// The other side broke the protocol.
    case protocolViolation = 3
}
