import HoldfastCore

/// A checked plan: everything that a run needs to know, with every default filled in.
///
/// Durations are plan durations; what runs divides them by `timeScale` (`realTime`).
public struct Plan: Equatable, Sendable {
    /// The plan's name; file and report titles use it.
    public var name: String
    /// Number of sessions, 1 ... 2^31.
    public var sessions: Int
    /// What the sessions connect to.
    public var target: Target
    /// How sessions prove that their gateway lives.
    public var heartbeat: HeartbeatPolicy
    /// When they come back.
    public var reconnect: ReconnectPolicy
    /// Which gateways a session that balances by itself considers after a failure.
    public var onFailure: FailureChoice
    /// Limits of one attempt.
    public var connect: ConnectLimits
    /// How long connections live of themselves; nil is for ever.
    public var churn: Churn?
    /// What goes over the connections beside heartbeats.
    public var workload: WorkloadPolicy
    /// How the sessions are brought up; never scaled.
    public var establish: Establish
    /// Length of the run from t0.
    public var duration: Span
    /// Divides every policy and fault duration.
    public var timeScale: Double
    /// The seed of every draw, 0 ... 2^53 - 1.
    public var seed: UInt64
    /// Worker processes; nil lets the coordinator compute it.
    public var workers: Int?
    /// Source ports that no session may use (a wildcard listener has them), ascending.
    public var excludedPorts: [UInt16]
    /// What counts as balanced again.
    public var rebalance: Rebalance
    /// Expectations that hold without being written down.
    public var defaults: [DefaultExpectation]
    /// Timeline events in resolved order: by `at`, then as written. A fault's index is its position here.
    public var timeline: [TimelineEvent]
    /// What must hold at the end.
    public var expect: [Expectation]
    /// Sessions that log in with one account: devices of one user.
    public var sessionsPerAccount = 1
    /// Sessions that differ from the others; all of them are in one of these, unless there are none.
    public var groups: [SessionGroup]

    /// A plan from its parts; nothing is checked.
    public init(
        name: String,
        sessions: Int,
        target: Target,
        heartbeat: HeartbeatPolicy,
        reconnect: ReconnectPolicy,
        onFailure: FailureChoice,
        connect: ConnectLimits,
        churn: Churn? = nil,
        workload: WorkloadPolicy = WorkloadPolicy(),
        establish: Establish,
        duration: Span,
        timeScale: Double,
        seed: UInt64,
        workers: Int?,
        excludedPorts: [UInt16],
        rebalance: Rebalance,
        defaults: [DefaultExpectation],
        timeline: [TimelineEvent],
        expect: [Expectation],
        groups: [SessionGroup] = []
    ) {
        self.name = name
        self.sessions = sessions
        self.target = target
        self.heartbeat = heartbeat
        self.reconnect = reconnect
        self.onFailure = onFailure
        self.connect = connect
        self.churn = churn
        self.workload = workload
        self.establish = establish
        self.duration = duration
        self.timeScale = timeScale
        self.seed = seed
        self.workers = workers
        self.excludedPorts = excludedPorts
        self.rebalance = rebalance
        self.defaults = defaults
        self.timeline = timeline
        self.expect = expect
        self.groups = groups
    }
}

/// What the sessions connect to.
public struct Target: Equatable, Sendable {
    /// Number of logical gateways.
    public var gateways: Int
    /// What stands between sessions and gateways.
    public var via: Via
    /// The balancer's algorithm, or the session's own when `via: client`.
    public var algorithm: BalancingAlgorithm
    /// The balancer's other settings.
    public var balancer: BalancerSettings
    /// The gateways' settings.
    public var gateway: GatewaySettings
    /// Sessions that share one source address.
    public var crowd: Int
    /// Whether both draws of `power-of-two` may be of one gateway, as HAProxy's are.
    public var replacement: Bool
    /// The multiple of the mean load above which `headroom-weighted` picks nobody; at least 1.
    public var headroom: Double
    /// The registry that tells sessions where to go; nil leaves it to their own algorithm.
    public var registry: RegistrySettings?
    /// How many times its even share of all connections a gateway may have under `bounded-load`.
    public var boundedLoad: Double
    /// Gateways in the subset of a session, nil without `algorithm: subset`.
    public var subset: Int?
    /// What stands between the sessions and everything else, and forgets connections; nil is nothing.
    public var middlebox: MiddleboxPolicy?
    /// How far sessions, balancer and gateways are from each other; nil is next to nothing, for all.
    public var regions: Regions?

    /// A target from its parts.
    public init(
        gateways: Int,
        via: Via,
        algorithm: BalancingAlgorithm,
        balancer: BalancerSettings,
        gateway: GatewaySettings,
        crowd: Int,
        replacement: Bool = false,
        headroom: Double = Target.usualHeadroom,
        registry: RegistrySettings? = nil,
        boundedLoad: Double = 1.25,
        subset: Int? = nil,
        middlebox: MiddleboxPolicy? = nil
    ) {
        self.gateways = gateways
        self.via = via
        self.algorithm = algorithm
        self.balancer = balancer
        self.gateway = gateway
        self.crowd = crowd
        self.replacement = replacement
        self.headroom = headroom
        self.registry = registry
        self.boundedLoad = boundedLoad
        self.subset = subset
        self.middlebox = middlebox
    }

    /// The multiple of the mean that `headroom-weighted` takes when nobody says otherwise.
    public static let usualHeadroom = 1.25
}

/// What stands between sessions and gateways.
public enum Via: String, CaseIterable, Sendable {
    /// Nothing: every session picks a gateway itself.
    case client
    /// Holdfast's own layer-4 proxy.
    case embedded
    /// HAProxy in TCP mode.
    case haproxy
    /// A balancer that is there already, and that nobody configures or starts.
    case external
    /// nginx with its stream module.
    case nginx

    /// Whether it is somebody else's program, which a run starts.
    public var isForeign: Bool { self == .haproxy || self == .nginx }
}

/// Limits of one connection attempt.
public struct ConnectLimits: Equatable, Sendable {
    /// From `connect()` to the connection.
    public var timeout: Span
    /// From the connection to the login's answer.
    public var loginTimeout: Span
    /// Attempts of all sessions a second, at most; the others wait for their turn. Nil is as many as there are.
    public var ratePerSecond: Double?
    /// What is agreed on before the login.
    public var tls: TLSVersion

    /// Limits from their parts.
    public init(timeout: Span, loginTimeout: Span, ratePerSecond: Double? = nil, tls: TLSVersion = .none) {
        self.timeout = timeout
        self.loginTimeout = loginTimeout
        self.ratePerSecond = ratePerSecond
        self.tls = tls
    }
}

/// What protects a connection, by how many round trips it adds to each attempt.
public enum TLSVersion: String, CaseIterable, Sendable {
    /// Nothing.
    case none
    /// TLS 1.2 (RFC 5246, figure 1).
    case tls12 = "1.2"
    /// TLS 1.3 without early data (RFC 8446, figure 1).
    case tls13 = "1.3"

    /// Round trips of a full handshake before the session may write.
    public var roundTrips: UInt32 {
        switch self {
        case .none: 0
        case .tls12: 2
        case .tls13: 1
        }
    }
}

/// The language of sessions and gateways.
enum ProtocolKind: String, CaseIterable, Sendable {
    /// Holdfast's own frames.
    case framed
}

/// How the sessions are brought up, before t0.
public struct Establish: Equatable, Sendable {
    /// First attempts a second, open loop, over all workers.
    public var ratePerSecond: Double
    /// How long after the start t0 is announced even if some sessions were never admitted.
    public var timeout: Span

    /// A pace from its parts.
    public init(ratePerSecond: Double, timeout: Span) {
        self.ratePerSecond = ratePerSecond
        self.timeout = timeout
    }
}

/// What counts as balanced again.
public struct Rebalance: Equatable, Sendable {
    /// maxOverMean may exceed 1 by this much.
    public var band: Double

    /// A band.
    public init(band: Double) {
        self.band = band
    }
}

/// Expectations that hold without being written down.
public enum DefaultExpectation: String, CaseIterable, Sendable {
    /// Every session was admitted once before t0.
    case admitted
    /// No disconnect is unexplained.
    case unexplained
    /// The sessions and every gateway have the same connections at the end: nobody is on the way in or out.
    case census
    /// No process of a live run of at least ``flatAfter`` holds 5 % more memory late in it than early.
    case flat

    /// Shorter runs are warming up, or just have; real time.
    public static let flatAfter = Span.seconds(20 * 60)
}
