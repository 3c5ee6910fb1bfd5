/// How late the harness itself was, and what it used.
public struct HarnessResult: Codable, Equatable, Sendable {
    /// Handled minus intended time of the workers' timers but attempts, which wait behind all others; real seconds.
    public var latenessSeconds: LatencySummary
    /// The same by what the timers are for.
    public var latenessByTimer: LatenessByTimer
    /// From readiness to handling in the workers; real seconds.
    public var loopStallSeconds: LatencySummary
    /// User and system time of all processes.
    @OrNull public var cpuSeconds: Double?
    /// User memory of a session at t0; null until it was measured.
    @OrNull public var bytesPerSession: Double?
    /// The same at the end: what a run leaves behind with each session shows here.
    @OrNull public var bytesPerSessionAtEnd: Double?
    /// How much more memory the process that grew most had at most in the last quarter of the run than in the second,
    /// as a share; null if none lived through both. The coordinator, which keeps what the others report, is not asked.
    @OrNull public var memoryGrowth: Double?
    /// The same of descriptors.
    @OrNull public var descriptorsGrowth: Double?
    /// The part of the machine's CPU time since t0 that its host gave to others; null if the run was not live.
    @OrNull public var cpuStolenShare: Double?
    /// The same in the worst second.
    @OrNull public var cpuStolenPeakShare: Double?
    /// Metric batches that never reached the collector.
    @OrNull public var metricBatchesLost: UInt64?
    /// Every process.
    public var processes: [ProcessResult]

    /// Handled minus intended time of the workers' timers; real seconds.
    public struct LatenessByTimer: Codable, Equatable, Sendable {
        /// Beats, their answers, and the silence after them.
        public var heartbeat: LatencySummary
        /// Ends of connects and logins.
        public var timeout: LatencySummary
        /// Attempts to connect.
        public var attempt: LatencySummary
        /// Cuts, the timeline, and ends of lifetimes.
        public var schedule: LatencySummary
    }

    /// One process.
    public struct ProcessResult: Codable, Equatable, Sendable {
        /// What kind it was.
        public var role: String
        /// Its number among its kind.
        public var index: Int
        /// Its number among the processes of one gateway.
        public var shard: Int
        /// Its last process id; null if it never reported.
        @OrNull public var pid: Int32?
        /// Largest resident set; bytes.
        @OrNull public var rssPeakBytes: UInt64?
        /// Most descriptors open at once.
        @OrNull public var fdsPeak: UInt64?
        /// How much more memory it had at most in the last quarter of the run than in the second, as a share; null
        /// unless it lived through both.
        @OrNull public var memoryGrowth: Double?
        /// The same of descriptors.
        @OrNull public var descriptorsGrowth: Double?
        /// User and system time.
        @OrNull public var cpuSeconds: Double?
        /// How long it waited for a CPU when it could run, since t0: p99 of its time slices; real seconds. Null where
        /// the kernel does not count it.
        @OrNull public var cpuWaitP99Seconds: Double?
        /// How long it never had an idle moment, since t0; real seconds. Null as before.
        @OrNull public var cpuSaturatedSeconds: Double?
        /// Metric batches that never reached the collector.
        @OrNull public var metricBatchesLost: UInt64?
        /// Whether it was lost during the run.
        public var lost: Bool

        /// Such as `worker 2`, or `gateway 3, shard 1`.
        public var name: String { AgentID.name(role: role, index: index, shard: shard) }
    }
}

/// One expectation and how it came out.
public struct ExpectationResult: Codable, Equatable, Sendable {
    /// How an expectation can come out.
    public enum Outcome: String, Codable, CaseIterable, Sendable {
        /// It holds.
        case pass
        /// It does not.
        case fail
        /// What it asserts cannot be believed in this run.
        case invalid
        /// Nothing was measured.
        case noData = "no-data"
    }

    /// As written.
    public var expression: String
    /// Whether it holds without being written down.
    public var isDefault: Bool
    /// What was measured; null when it never happened, or nothing was measured.
    @OrNull public var value: Double?
    /// What the value is measured in: count, ratio, seconds, connection-seconds, per-second, bytes, boolean.
    public var unit: String
    /// What has to be in order for it to be believed: timing, population or attribution.
    public var domain: String
    /// How it came out.
    public var outcome: Outcome
    /// Why it did not pass, in one plain sentence.
    @OrNull public var message: String?

    /// A result from its parts.
    public init(
        expression: String,
        isDefault: Bool,
        value: Double?,
        unit: String,
        domain: String,
        outcome: Outcome,
        message: String?
    ) {
        self.expression = expression
        self.isDefault = isDefault
        self.value = value
        self.unit = unit
        self.domain = domain
        self.outcome = outcome
        self.message = message
    }
}
