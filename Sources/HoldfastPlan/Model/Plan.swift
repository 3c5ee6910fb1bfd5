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
}

/// What stands between sessions and gateways.
public enum Via: String, CaseIterable, Sendable {
    /// Nothing: every session picks a gateway itself.
    case client
    /// Holdfast's own layer-4 proxy.
    case embedded
    /// HAProxy in TCP mode.
    case haproxy
}

/// Settings of a balancer beside its algorithm.
public struct BalancerSettings: Equatable, Sendable {
    /// How it learns that a gateway is out of service.
    public var healthCheck: HealthCheck
    /// How long a gateway stays out of service after a failed connect.
    public var failTimeout: Span
    /// What happens to the client of a failed connect.
    public var connectFailure: ConnectFailureRule
}

/// Settings of every gateway.
public struct GatewaySettings: Equatable, Sendable {
    /// How long a graceful stop waits for its sessions to leave.
    public var drain: Span
    /// Silence after which the gateway closes a connection; nil is never.
    public var idleTimeout: Span?
}

/// Limits of one connection attempt.
public struct ConnectLimits: Equatable, Sendable {
    /// From `connect()` to the connection.
    public var timeout: Span
    /// From the connection to the login's answer.
    public var loginTimeout: Span
}

/// How the sessions are brought up, before t0.
public struct Establish: Equatable, Sendable {
    /// First attempts a second, open loop, over all workers.
    public var ratePerSecond: Double
    /// How long after the start t0 is announced even if some sessions were never admitted.
    public var timeout: Span
}

/// What counts as balanced again.
public struct Rebalance: Equatable, Sendable {
    /// maxOverMean may exceed 1 by this much.
    public var band: Double
}

/// Expectations that hold without being written down.
public enum DefaultExpectation: String, CaseIterable, Sendable {
    /// Every session was admitted once before t0.
    case admitted
    /// No disconnect is unexplained.
    case unexplained
}
