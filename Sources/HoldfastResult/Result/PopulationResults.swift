/// The sessions of a run.
public struct SessionsResult: Codable, Equatable, Sendable {
    /// As many as the plan asks for.
    public var asked: Int
    /// Admitted at least once, establishing included.
    @OrNull public var admittedOnce: UInt64?
    /// The most admitted at one cut.
    @OrNull public var establishedPeak: UInt64?
    /// Admitted at the end.
    @OrNull public var establishedAtEnd: UInt64?
    /// Neither admitted nor stopped at the end.
    @OrNull public var waitingAtEnd: UInt64?
    /// Over before the run was.
    public var stopped: StoppedResult

    /// Stopped sessions.
    public struct StoppedResult: Codable, Equatable, Sendable {
        /// By reason: departed, gave-up, kicked, ended.
        public var byReason: [String: UInt64?]
    }
}

/// One gateway.
public struct GatewayResult: Codable, Equatable, Sendable {
    /// Its number.
    public var id: Int
    /// What people call it.
    public var name: String
    /// Sessions admitted on it at the end, by the sessions' own account.
    @OrNull public var connectionsAtEnd: UInt64?
    /// The most at one cut, by the sessions' own account.
    @OrNull public var connectionsPeak: UInt64?
    /// Whether it was in service at the end.
    @OrNull public var inServiceAtEnd: Bool?
    /// What it says itself; null when it did not answer.
    @OrNull public var ownConnectionsAtEnd: UInt64?
    /// What the balancers believe; null without one that says.
    @OrNull public var balancerConnectionsAtEnd: UInt64?
    /// Digest of the sessions' own account at the end, 16 hex digits.
    @OrNull public var digestAtEnd: String?
    /// Digest of what it says itself at the end, 16 hex digits.
    @OrNull public var ownDigestAtEnd: String?
    /// Connections accepted over all its lives.
    @OrNull public var accepted: UInt64?
    /// The most accepts in one real second.
    @OrNull public var acceptsPeakPerSecond: Double?
    /// The most connections without a session, as the minimum over three cuts.
    @OrNull public var ghostsPeak: UInt64?
    /// Memory for the state of its connections; null in a plan that gives it no size.
    @OrNull public var stateBytesPeak: UInt64?
    /// The largest resident set of its process; bytes.
    @OrNull public var residentBytesPeak: UInt64?
}

/// The populations at the end as each side believes them.
public struct CensusResult: Codable, Equatable, Sendable {
    /// By the sessions' own account.
    @OrNull public var client: UInt64?
    /// By the gateways' own account; null when one of them did not answer.
    @OrNull public var gateway: UInt64?
    /// As the balancers believe; null without one that says.
    @OrNull public var balancer: UInt64?
    /// The most ghosts on one gateway.
    @OrNull public var ghostsPeak: UInt64?
    /// Whether sessions and gateways that answered hold the very same connections, by digest.
    @OrNull public var reconciled: Bool?
    /// How often the accounts agreed about how many connections each gateway has; null in results of before it was
    /// counted.
    @OrNull public var agreement: Agreement?

    /// Cuts at which accounts were compared. Whoever comes or goes at the very moment of one is a difference, and so is
    /// a ghost for as long as it stays.
    public struct Agreement: Codable, Equatable, Sendable {
        /// Those that all workers and gateways took part in.
        public var cuts: UInt64 = 0
        /// Those of them at which the sessions' counts are the gateways' own.
        public var cutsAgreed: UInt64 = 0
        /// Those of them at which all balancers said what they believe.
        public var balancerCuts: UInt64 = 0
        /// Those of these at which the balancers' counts are the gateways' own.
        public var balancerCutsAgreed: UInt64 = 0

        /// None yet.
        public init() {}
    }
}
