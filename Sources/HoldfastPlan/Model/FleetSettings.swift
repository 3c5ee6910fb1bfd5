import HoldfastCore

/// Settings of a balancer beside its algorithm.
public struct BalancerSettings: Equatable, Sendable {
    /// How it learns that a gateway is out of service.
    public var healthCheck: HealthCheck
    /// How long a gateway stays out of service after a failed connect.
    public var failTimeout: Span
    /// What happens to the client of a failed connect.
    public var connectFailure: ConnectFailureRule
    /// Balancers that know nothing of each other; a session always meets the same one.
    public var instances: Int
    /// Silence both ways after which it ends a connection; nil is never.
    public var idleTimeout: Span?
    /// How it ends a connection that was idle for too long.
    public var onIdle: MiddleboxPolicy.Expiry
    /// How often it looks itself, where it does.
    public var check: CheckSettings
    /// How long its own connect to a gateway may go unanswered; real time, as all that kernels do.
    public var connectTimeout: Span
    /// Where it stands; nil in a plan without regions.
    public var region: String?
    /// What it does with a connection that it has picked a gateway for.
    public var mode = BalancerMode.proxy
    /// Live processes that carry its connections; nil is as few as the machine's limits allow, which may be itself.
    public var shards: Int?
    /// How long it takes a gateway that comes back to get its whole share of new connections again; nil is no time.
    public var slowStart: Span?
    /// The connections that it gives one gateway at once; nil is as many as come. Who finds all full is turned away.
    public var maxConnections: Int?
    /// Where it listens, and who knows its counts, when it is somebody else's; nil when a run has it.
    public var external: ExternalBalancer?

    /// What HAProxy's manual and most of its configurations give a connect.
    public static let usualConnectTimeout = Span.seconds(5)

    /// What it remembers of connections that pass through it; nil is everything, for ever.
    public var table: MiddleboxPolicy? { idleTimeout.map { MiddleboxPolicy(aging: $0, expiry: onIdle) } }

    /// Settings from their parts.
    public init(
        healthCheck: HealthCheck,
        failTimeout: Span,
        connectFailure: ConnectFailureRule,
        instances: Int = 1,
        idleTimeout: Span? = nil,
        onIdle: MiddleboxPolicy.Expiry = .reset,
        check: CheckSettings = CheckSettings(),
        connectTimeout: Span = BalancerSettings.usualConnectTimeout
    ) {
        self.healthCheck = healthCheck
        self.failTimeout = failTimeout
        self.connectFailure = connectFailure
        self.instances = instances
        self.idleTimeout = idleTimeout
        self.onIdle = onIdle
        self.check = check
        self.connectTimeout = connectTimeout
    }
}

/// What a balancer does with a client that it has picked a gateway for.
public enum BalancerMode: String, CaseIterable, Sendable {
    /// It gives the connection itself to the gateway, and has no part in it any more: live, that takes no descriptor.
    case handoff
    /// It connects to the gateway, and passes on what comes.
    case proxy
}

extension GatewaySettings {
    /// Whether it takes its time with new connections.
    public var hasFrontDoor: Bool {
        acceptRatePerSecond != nil || loginTime > .zero || backlog != FrontDoor.usualBacklog
    }
}

/// Settings of every gateway.
public struct GatewaySettings: Equatable, Sendable {
    /// How long a graceful stop waits for its sessions to leave.
    public var drain: Span
    /// Silence after which the gateway closes a connection; nil is never.
    public var idleTimeout: Span?
    /// How much each should carry beside the others, one for each; empty when all are alike.
    public var weights: [Int]
    /// Sessions that one gateway takes, and connections that `first` gives it; nil is as many as come.
    public var capacity: Int?
    /// The heartbeat interval that it dictates to sessions; nil leaves them theirs.
    public var heartbeatInterval: Span?
    /// Age at which it asks a session to go; nil is never.
    public var maxAge: Span?
    /// Ages are spread evenly over maxAge * (1 +- this).
    public var maxAgeJitter: Double
    /// Connections that it accepts a second; nil is as many as come. Real time.
    public var acceptRatePerSecond: Double?
    /// How long it works on a login, one after the other; real time.
    public var loginTime: Span
    /// Connections that its kernel lets wait to be accepted.
    public var backlog: Int
    /// Where each stands; empty in a plan without regions.
    public var regions: [String] = []
    /// What becomes of the connection that an account has when it logs in once more.
    public var duplicateLogin: DuplicateLogin
    /// What it keeps of one connection, in bytes; nil is not said.
    public var stateBytes: UInt64?
    /// What it loses with each connection that it takes, in bytes, live: a leak that a soak has to find.
    public var leakBytes: UInt64 = 0
    /// Live processes that it consists of; nil is as few as the machine's limits allow.
    public var shards: Int?
    /// How it asks sessions to go when it holds more than its share; nil is not at all.
    public var shed: ShedPolicy?
    /// The port of all gateways, each on its own address; nil is one that is free.
    public var port: UInt16?
    /// The chance that it asks a session to go after answering one of its requests, 0 ... 1.
    public var goawayChance: Double

    /// Settings from their parts.
    public init(
        drain: Span,
        idleTimeout: Span?,
        weights: [Int] = [],
        capacity: Int? = nil,
        heartbeatInterval: Span? = nil,
        maxAge: Span? = nil,
        maxAgeJitter: Double = 0,
        acceptRatePerSecond: Double? = nil,
        loginTime: Span = .zero,
        backlog: Int = FrontDoor.usualBacklog,
        duplicateLogin: DuplicateLogin = .allow,
        stateBytes: UInt64? = nil,
        goawayChance: Double = 0
    ) {
        self.drain = drain
        self.idleTimeout = idleTimeout
        self.weights = weights
        self.capacity = capacity
        self.heartbeatInterval = heartbeatInterval
        self.maxAge = maxAge
        self.maxAgeJitter = maxAgeJitter
        self.acceptRatePerSecond = acceptRatePerSecond
        self.loginTime = loginTime
        self.backlog = backlog
        self.duplicateLogin = duplicateLogin
        self.stateBytes = stateBytes
        self.goawayChance = goawayChance
    }
}
