import HoldfastCore

/// Every default of a plan, in one place. `name`, `sessions` and `target.gateways` have none.
enum PlanDefaults {
    /// `target.via`.
    static let via = Via.embedded
    /// `target.algorithm`: what most balancers do when nobody says otherwise.
    static let algorithm = BalancingAlgorithm.roundRobin
    /// `target.crowd`: every session has its own source address.
    static let crowd = 1
    /// `target.boundedLoad`: the factor that HAProxy's manual names first.
    static let boundedLoad = 1.25
    /// `target.balancer.healthCheck`.
    static let healthCheck = HealthCheck.passive
    /// `target.balancer.failTimeout`.
    static let failTimeout = Span.seconds(1)
    /// `target.balancer.connectFailure`: a balancer that learns from failures tries another gateway.
    static func connectFailure(_ healthCheck: HealthCheck) -> ConnectFailureRule {
        switch healthCheck {
        case .passive, .tcp, .application: .repick
        case .none: .reset
        }
    }
    /// `target.gateway.drain`.
    static let drain = Span.seconds(10)
    /// `target.gateway.shed`: EMQX's rebalancing leaves 10 % above the mean, and NATS looks at most once a second.
    static let shed = ShedPolicy(above: 1.1, ratePerSecond: 50, interval: .seconds(1))
    /// `over` of `drain`.
    static let drainOver = Span.seconds(10)
    /// `target.registry`.
    static let registry = RegistrySettings(
        ttl: .seconds(10),
        reportInterval: .seconds(1),
        routers: 1,
        candidates: 5,
        localIncrement: true,
        fallback: .slb,
        selfProtection: true
    )
    /// `connect.timeout` and `connect.loginTimeout`.
    static let connect = ConnectLimits(timeout: .seconds(5), loginTimeout: .seconds(5))
    /// `heartbeat.interval`.
    static let heartbeatInterval = Span.seconds(30)
    /// `heartbeat.first`: spread, so that sessions admitted together do not beat together.
    static let firstBeat = HeartbeatPolicy.FirstBeat.random
    /// `heartbeat.silence`, in intervals: three beats lost in a row.
    static let silenceIntervals: Int64 = 3
    /// `congest.queue`: about what a home router holds.
    static let congestQueue = 64
    /// `workload.push.timeout`.
    static let receiptTimeout = Span.seconds(5)
    /// `workload.push.size`.
    static let messageBytes = 200
    /// `workload.request.timeout`.
    static let requestTimeout = Span.seconds(3)
    /// `maxAgeJitter`: as gRPC spreads connection ages (proposal A9).
    static let maxAgeJitter = 0.1
    /// `heartbeat` when the plan says nothing.
    static let heartbeat = HeartbeatPolicy(
        strategy: .fixed,
        interval: heartbeatInterval,
        first: firstBeat,
        detection: .silence(heartbeatInterval * silenceIntervals)
    )
    /// What `heartbeat.strategy: none` means for the fields that then mean nothing.
    static let noHeartbeat = HeartbeatPolicy(strategy: .none, interval: .zero, detection: .silence(.zero))
    /// `reconnect.base`, and `reconnect.delay` of `fixed`.
    static let backoffBase = Span.seconds(1)
    /// `reconnect.cap`.
    static let backoffCap = Span.seconds(60)
    /// `reconnect.jitter`.
    static let jitter = Jitter.full
    /// `reconnect` when the plan says nothing.
    static let reconnect = ReconnectPolicy(
        delay: .exponential(base: backoffBase, cap: backoffCap, jitter: jitter)
    )
    /// `reconnect.onFailure`.
    static let onFailure = FailureChoice.switchGateway
    /// `churn.lifetime.distribution`.
    static let lifetimeDistribution = Churn.Distribution.exponential
    /// `establish`.
    static let establish = Establish(ratePerSecond: 1000, timeout: .seconds(60))
    /// `duration`.
    static let duration = Span.seconds(60)
    /// `timeScale`.
    static let timeScale = 1.0
    /// `seed`.
    static let seed: UInt64 = 42
    /// `rebalance.band`.
    static let band = 0.1
    /// `defaults`.
    static let expectations: [DefaultExpectation] = [.unexplained, .admitted, .flat]
    /// `down` of `restart` and `rollingRestart`.
    static let down = Span.seconds(3)
    /// `every` of `rollingRestart`.
    static let every = Span.seconds(8)
    /// `how` of `restart` and `rollingRestart`.
    static let restartManner = Restart.Manner.graceful
    /// `notice` of `kick`.
    static let notice = true
    /// `by`, `side` and `return` of `drop`.
    static let drop = Drop(manner: .fin, side: .client, comeback: .policy)
}
