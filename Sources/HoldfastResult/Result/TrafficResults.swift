/// Attempts since t0 and how they ended.
public struct ConnectsResult: Codable, Equatable, Sendable {
    /// `connect()` calls.
    @OrNull public var attempted: UInt64?
    /// Those that ended in admission.
    @OrNull public var succeeded: UInt64?
    /// Those that did not.
    public var failed: FailedResult
    /// Failures while establishing, which are not in `failed`.
    public var failedWhileEstablishing: FailedResult
    /// The most attempts in one real second.
    @OrNull public var peakPerSecond: Double?
    /// The most attempts whose time came in one second, made or not; real seconds.
    @OrNull public var askedPeakPerSecond: Double?
    /// The most attempts at a cut whose time had come and that were not made yet.
    @OrNull public var duePeak: UInt64?
    /// Attempts for one admission; null without admissions.
    @OrNull public var attemptsPerRestore: Double?
    /// From `connect()` to the connection, real seconds; null where nobody looked.
    @OrNull public var handshakeSeconds: LatencySummary?
    /// From `connect()` to the answered login, real seconds; null where nobody looked.
    @OrNull public var seconds: LatencySummary?

    /// Failed attempts.
    public struct FailedResult: Codable, Equatable, Sendable {
        /// By reason, such as `refused`.
        public var byReason: [String: UInt64?]
    }
}

/// Ends of admitted connections since t0.
public struct DisconnectsResult: Codable, Equatable, Sendable {
    /// All of them; their causes add up to it, with those that are undecided.
    @OrNull public var total: UInt64?
    /// By who is held responsible; null where this version cannot tell.
    public var byCause: [String: UInt64?]
    /// By how the sessions came to know.
    public var byMechanism: [String: UInt64?]
    /// Those that nothing in the plan explains.
    @OrNull public var unexplained: UInt64?
    /// Those whose cause still waited for executed times.
    @OrNull public var undecided: UInt64?
    /// Those before t0, which are not in `total`.
    @OrNull public var whileEstablishing: UInt64?
    /// Ends of connections between the first and the last cut: an account independent of the ledger.
    @OrNull public var seenByCuts: UInt64?
    /// The ledger, one line for each fault, cause and mechanism.
    public var ledger: [LedgerLine]

    /// One line of the ledger.
    public struct LedgerLine: Codable, Equatable, Sendable {
        /// The fault's index in the timeline; null for causes without one.
        @OrNull public var fault: Int?
        /// Who is held responsible.
        public var cause: String
        /// How the sessions came to know.
        public var mechanism: String
        /// Disconnects.
        public var count: UInt64
    }
}

/// Heartbeats since t0.
public struct HeartbeatsResult: Codable, Equatable, Sendable {
    /// Pings sent.
    @OrNull public var sent: UInt64?
    /// Pongs received.
    @OrNull public var answered: UInt64?
    /// Pings without a pong.
    @OrNull public var missed: UInt64?
    /// Unexplained disconnects by the heartbeat's rule, from gateways that lived to the end.
    @OrNull public var falsePositives: UInt64?
    /// Bytes of pings and pongs.
    @OrNull public var bytes: UInt64?
    /// From the intended time of a ping to its pong; real seconds.
    public var rttSeconds: LatencySummary
    /// Null in this version.
    @OrNull public var longestSafeIntervalSeconds: Double?
}

/// An idle timeout seen from outside: most of the connections that something finished, or reset, which is no fault of
/// the timeline had been silent for the same time, give or take a second.
///
/// What counts is when the session last wrote where that is noted, as with a workload, and else when it last heard.
public struct InferredIdleTimeout: Codable, Equatable, Sendable {
    /// How long a connection was idle before it ended, on average; plan seconds, 5 or more.
    public var seconds: Double
    /// Connections that ended so; 10 or more.
    public var count: UInt64
    /// How they ended: `fin` or `reset`.
    public var end: String
}
