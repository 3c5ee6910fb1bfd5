/// The sessions of one group, since t0 unless said otherwise.
public struct GroupResult: Codable, Equatable, Sendable {
    /// Its number, by its position in the plan.
    public var id: Int
    /// Its name in the plan.
    public var name: String
    /// Sessions of the group.
    public var sessions: Int
    /// Admitted at least once, establishing included.
    @OrNull public var admittedOnce: UInt64?
    /// Admitted at the end.
    @OrNull public var establishedAtEnd: UInt64?
    /// Over before the run was, by reason.
    public var stopped: SessionsResult.StoppedResult
    /// Attempts and how they ended.
    public var connects: ConnectsResult
    /// Ends of admitted connections.
    public var disconnects: DisconnectsResult

    /// Attempts of the sessions of a group.
    public struct ConnectsResult: Codable, Equatable, Sendable {
        /// `connect()` calls.
        @OrNull public var attempted: UInt64?
        /// Those that ended in admission.
        @OrNull public var succeeded: UInt64?
        /// Those that did not, by reason.
        public var failed: HoldfastResult.ConnectsResult.FailedResult
        /// From `connect()` to the connection; real seconds.
        @OrNull public var handshakeSeconds: LatencySummary?
        /// From `connect()` to the answered login; real seconds.
        @OrNull public var seconds: LatencySummary?
    }

    /// Ends of admitted connections of a group.
    public struct DisconnectsResult: Codable, Equatable, Sendable {
        /// All of them whose cause is known.
        @OrNull public var total: UInt64?
        /// By who is held responsible; null where this version cannot tell.
        public var byCause: [String: UInt64?]
    }
}
