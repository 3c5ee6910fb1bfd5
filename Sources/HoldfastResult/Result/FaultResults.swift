/// How long faults went unnoticed: from their onset to the knowledge; plan seconds.
public struct DetectionResult: Codable, Equatable, Sendable {
    /// By kind of fault, such as `freeze`; kinds that the timeline has.
    public var byCause: [String: LatencySummary]
    /// By how the sessions came to know.
    public var byMechanism: [String: LatencySummary]
    /// By who noticed.
    public var bySide: SideResult

    /// The two ends.
    public struct SideResult: Codable, Equatable, Sendable {
        /// The sessions.
        @OrNull public var client: LatencySummary?
        /// The gateways; null in this version.
        @OrNull public var gateway: LatencySummary?
    }
}

/// Until this share of a fault's victims, less those that left for good, was back; plan seconds from its onset.
public struct RestoreResult: Codable, Equatable, Sendable {
    /// Half of them.
    @OrNull public var seconds50: Double?
    /// 95 of 100.
    @OrNull public var seconds95: Double?
    /// 99 of 100.
    @OrNull public var seconds99: Double?
    /// All of them.
    @OrNull public var seconds100: Double?
}

/// One event of the timeline.
public struct FaultResult: Codable, Equatable, Sendable {
    /// Its place in the timeline.
    public var index: Int
    /// Planned; plan seconds.
    public var at: Double
    /// Such as `restart`.
    public var kind: String
    /// What it does in a few words, such as `drop 20% of gateway 0`.
    public var label: String
    /// The phase that it opens.
    @OrNull public var phase: String?
    /// From the first effect to the last, plan seconds; the end is null while it goes on. Null when it never happened.
    @OrNull public var executed: [Double?]?
    /// The same for each gateway.
    public var executions: [ExecutionResult]
    /// By what it was carried out.
    public var applied: String
    /// Connections that it ended, directly or as a consequence.
    @OrNull public var victims: UInt64?
    /// Planned victims that were not established at the instant.
    @OrNull public var skipped: UInt64?
    /// Victims that stopped for good.
    @OrNull public var departed: UInt64?
    /// From its onset to the session's knowledge; consequences only.
    public var detection: LatencySummary
    /// From its onset to the next admission of its victims.
    public var outage: LatencySummary
    /// Until its victims were back.
    public var restore: RestoreResult
    /// At the last cut before it.
    @OrNull public var maxOverMeanBefore: Double?
    /// The worst from then to the next event.
    @OrNull public var maxOverMeanWorst: Double?
    /// At the last cut before the next event, or at the end.
    @OrNull public var maxOverMeanAfter: Double?
    /// What random placement would be expected to give at that cut.
    @OrNull public var randomMaxOverMean: Double?
    /// From its instant until maxOverMean was back in the band before the next event; null if never.
    @OrNull public var secondsToRebalance: Double?

    /// What was done to one gateway.
    public struct ExecutionResult: Codable, Equatable, Sendable {
        /// Which one; null when the scope is sessions.
        @OrNull public var gateway: Int?
        /// The first effect; plan seconds.
        public var start: Double
        /// The last effect; null while it goes on.
        @OrNull public var end: Double?
    }
}
