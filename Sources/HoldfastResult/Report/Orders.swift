import HoldfastCore

/// The coordinator's answer to one report.
public struct Orders: Equatable, Sendable {
    /// The report sequence up to which cuts, rows and ranks need not be repeated.
    public var acknowledged: UInt64 = 0
    /// When establishing starts, on the machine's monotonic clock; nil until every agent is ready.
    public var establishAt: Instant?
    /// When t0 is, on the same clock; nil until it is announced, two seconds ahead.
    public var t0: Instant?
    /// End the run now, gracefully: take the end cut at once and report `ended`.
    public var endNow: Bool = false
    /// Everything is in: push what is left, then exit.
    public var finish: Bool = false
    /// Every interval executed so far, of all agents.
    public var executed: [ExecutedInterval] = []
    /// Executed times are complete for everything before this instant.
    public var executedThrough: Instant?
    /// Thresholds of faults with a gateway in their scope.
    public var thresholds: [RankThreshold] = []
    /// What the gateways in service hold together, for those that shed to the mean; nil where nobody needs it.
    public var fleet: FleetLoad?

    /// Nothing to do yet.
    public init() {}
}

/// Where the victims of a fault end: sessions on its gateways with a rank at or below `rank` are ended.
public struct RankThreshold: Hashable, Sendable {
    /// The fault's index in the timeline.
    public var fault: Int
    /// The highest rank that is a victim; nil when nobody is.
    public var rank: UInt32?

    /// The threshold of `fault`.
    public init(fault: Int, rank: UInt32?) {
        self.fault = fault
        self.rank = rank
    }
}

/// What a process is told when it joins.
public struct Assignment: Equatable, Sendable {
    /// The resolved plan as YAML text.
    public var planText: String
    /// The plan's hash, 16 hex digits.
    public var planHash: String
    /// The run's id, in every HELLO.
    public var run: UInt64
    /// Number of worker processes.
    public var workers: Int
    /// Where gateways listen: all on this port, each on its own address.
    public var gatewayPort: UInt16
    /// Where sessions connect when they do not pick a gateway themselves.
    public var balancerPort: UInt16
    /// Where the registry listens; nil in a run without one.
    public var registryPort: UInt16?
    /// Where the etcd behind the registry listens; nil without one.
    public var etcdPort: UInt16?
    /// Where each process of the middlebox listens, before the balancer and before every gateway that sessions go to;
    /// empty in a run without one.
    public var middleboxPorts: [UInt16]
    /// Where metrics are pushed; nil is nowhere.
    public var pushURL: String?

    /// An assignment from its parts.
    public init(
        planText: String,
        planHash: String,
        run: UInt64,
        workers: Int,
        gatewayPort: UInt16,
        balancerPort: UInt16,
        registryPort: UInt16? = nil,
        etcdPort: UInt16? = nil,
        middleboxPorts: [UInt16] = [],
        pushURL: String?
    ) {
        self.planText = planText
        self.planHash = planHash
        self.run = run
        self.workers = workers
        self.gatewayPort = gatewayPort
        self.balancerPort = balancerPort
        self.registryPort = registryPort
        self.etcdPort = etcdPort
        self.middleboxPorts = middleboxPorts
        self.pushURL = pushURL
    }
}

/// What a process says when it starts.
public struct Join: Equatable, Sendable {
    /// Which process.
    public var agent: AgentID
    /// 0 for its first life, +1 for each restart by the timeline.
    public var incarnation: UInt32
    /// The version and build of its executable; all processes of a run must agree.
    public var build: String
    /// The process id.
    public var pid: Int32

    /// A join from its parts.
    public init(agent: AgentID, incarnation: UInt32, build: String, pid: Int32) {
        self.agent = agent
        self.incarnation = incarnation
        self.build = build
        self.pid = pid
    }
}
