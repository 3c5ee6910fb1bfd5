/// The login: the first frame of every connection, from the client.
public struct Hello: Hashable, Sendable {
    /// The session's group in the plan, 0-based.
    public var group: UInt16
    /// The session.
    public var session: SessionID
    /// Which of the session's connections this is.
    public var ordinal: Ordinal
    /// The account: sessions that share one are devices of one user.
    public var account: UInt32
    /// The heartbeat interval that the client is going to keep; 0 is none.
    public var intervalMilliseconds: UInt32
    /// The run, so that a connection of yesterday's run is told apart.
    public var run: UInt64

    /// A login from its parts.
    public init(
        group: UInt16,
        session: SessionID,
        ordinal: Ordinal,
        account: UInt32,
        intervalMilliseconds: UInt32,
        run: UInt64
    ) {
        self.group = group
        self.session = session
        self.ordinal = ordinal
        self.account = account
        self.intervalMilliseconds = intervalMilliseconds
        self.run = run
    }
}
