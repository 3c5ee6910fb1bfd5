import HoldfastCore

/// Messages pushed to the sessions since t0; null where the plan has none.
public struct MessagesResult: Codable, Equatable, Sendable {
    /// That were to be pushed.
    @OrNull public var pushed: UInt64?
    /// Received by their session.
    @OrNull public var delivered: UInt64?
    /// Received after they had waited for their session to log in.
    @OrNull public var delayed: UInt64?
    /// Never to be received.
    @OrNull public var lost: UInt64?
    /// Sent again without a receipt in time.
    @OrNull public var wasted: UInt64?
    /// Received more than once.
    @OrNull public var duplicated: UInt64?
    /// On their way, or waiting for their session, when the run ended.
    @OrNull public var pending: UInt64?
    /// Bytes of the frames that carried them.
    @OrNull public var bytes: UInt64?
    /// From the intended time to the reception; real seconds.
    @OrNull public var latencySeconds: LatencySummary?

    /// What was counted, or null throughout.
    public init(_ tally: MessageTally?) {
        guard let tally else { return }
        pushed = tally.pushed
        delivered = tally.delivered
        delayed = tally.delayed
        lost = tally.lost
        wasted = tally.wasted
        duplicated = tally.duplicated
        pending = tally.pending
        bytes = tally.bytes
        latencySeconds = LatencySummary(tally.latency)
    }
}

/// Requests of the sessions since t0; null where the plan has none.
public struct RequestsResult: Codable, Equatable, Sendable {
    /// Written to a connection.
    @OrNull public var sent: UInt64?
    /// Answered in time.
    @OrNull public var answered: UInt64?
    /// Not answered in time.
    @OrNull public var timedOut: UInt64?
    /// Those of them on a connection that had carried one before.
    @OrNull public var timedOutReused: UInt64?
    /// Whose connection ended before the answer.
    @OrNull public var failed: UInt64?
    /// For which there was no connection in time.
    @OrNull public var unsent: UInt64?
    /// On a connection that had carried one before.
    @OrNull public var reused: UInt64?
    /// On a connection that was dead without the session's knowledge.
    @OrNull public var onStaleConnection: UInt64?
    /// From the intended time to the answer; real seconds.
    @OrNull public var latencySeconds: LatencySummary?

    /// What was counted, or null throughout.
    public init(_ tally: RequestTally?) {
        guard let tally else { return }
        sent = tally.sent
        answered = tally.answered
        timedOut = tally.timedOut
        timedOutReused = tally.timedOutReused
        failed = tally.failed
        unsent = tally.unsent
        reused = tally.reused
        onStaleConnection = tally.onStaleConnection
        latencySeconds = LatencySummary(tally.latency)
    }
}
