import HoldfastCore

/// What one process says about itself in one exchange with the coordinator.
///
/// Everything is cumulative since the process started, except `cuts`, `rows` and `ranks`. These, and changed cells of
/// the ledger, are repeated until the coordinator has acknowledged them. A report that arrives twice, or after a later
/// one, changes nothing.
public struct AgentReport: Equatable, Sendable {
    /// How far the process has come.
    public enum Stage: UInt8, CaseIterable, Comparable, Sendable {
        /// It has its plan and is setting up.
        case joined
        /// It listens, or its sockets are prepared.
        case ready
        /// The run is under way.
        case running
        /// Its end cut is taken and everything it knows is in this report.
        case ended

        /// In the order of an agent's life.
        public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    /// Which process.
    public var agent: AgentID
    /// 0 for its first life, +1 for each restart by the timeline.
    public var incarnation: UInt32
    /// +1 for each report of this incarnation.
    public var sequence: UInt64
    /// How far it has come.
    public var stage: Stage
    /// What it could not do; the run cannot start, or is invalid, when this is set.
    public var failure: String?
    /// Populations at plan seconds not yet acknowledged.
    public var cuts: [Cut] = []
    /// What its sessions went through; workers only.
    public var sessions: SessionCounters?
    /// What it accepted and still holds; gateways only.
    public var gateway: GatewayCounters?
    /// What it forwarded and still believes in; balancers only.
    public var balancer: BalancerCounters?
    /// What it passed on and forgot; middleboxes only.
    public var middlebox: MiddleboxCounters?
    /// What answers to attempts rested on: the registry's own, and workers' that could not ask it.
    public var routing: RoutingTally?
    /// Ledger cells, cumulative, that the coordinator has not acknowledged as they are; workers only.
    public var ledger: [LedgerCell] = []
    /// Plan seconds that one ledger cell covers.
    public var ledgerResolution: Int32 = 1
    /// A bounded sample of whole ledger rows not yet acknowledged.
    public var rows: [DisconnectRow] = []
    /// Disconnects whose cause waits for executed times that have not arrived yet; 0 in the last report.
    public var undecidedDisconnects: UInt64 = 0
    /// What this process did to each fault's victims, cumulative.
    public var faults: [FaultTally] = []
    /// Intervals in which faults were carried out here.
    public var executed: [ExecutedInterval] = []
    /// Ranks of the sessions on a fault's gateways, two seconds before it.
    public var ranks: [RankReport] = []
    /// How late the process itself was, and what it used.
    public var harness: HarnessReport

    /// A report without content.
    public init(agent: AgentID, incarnation: UInt32, sequence: UInt64, stage: Stage, harness: HarnessReport) {
        self.agent = agent
        self.incarnation = incarnation
        self.sequence = sequence
        self.stage = stage
        self.harness = harness
    }
}
