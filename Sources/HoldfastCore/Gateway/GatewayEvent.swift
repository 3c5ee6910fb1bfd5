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
    /// Ask the session to go away, to a gateway or wherever it likes; close what is still there when the drain is over.
    case leave(GoawayReason, to: GatewayID = noGateway)
    /// Turn a login down, with the reason.
    case refuse(GoawayReason)
    /// Close now.
    case end
}

/// What a connection wants done, or wants known; trivial and at most 16 bytes.
public enum GatewayAction: Equatable, Sendable {
    /// Answer the login.
    case sendWelcome
    /// Answer a beat.
    case sendPong(sequence: UInt32)
    /// Answer a request.
    case sendResponse(message: UInt32)
    /// Beat.
    case sendPing(sequence: UInt32)
    /// Ask the session to go away.
    case sendGoaway(GoawayReason, to: GatewayID = noGateway)
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
    /// For the record: a beat of its own was answered.
    case notedAnswer
    /// For the record: a beat of its own will not be answered any more.
    case notedMiss
}
