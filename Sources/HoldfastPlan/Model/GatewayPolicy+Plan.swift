import HoldfastCore

extension GatewayPolicy {
    /// The policy of every gateway of `plan`, in real time. Where the strategy lets the gateway draw conclusions
    /// from silence, its idle timeout is the limit of silence.
    public init(plan: Plan) {
        let real = plan.realTime
        var idleTimeout = real.target.gateway.idleTimeout
        let traits = real.heartbeat.strategy.traits
        if traits.contains(.gatewayDetects), case .silence(let limit) = real.heartbeat.detection {
            idleTimeout = min(idleTimeout ?? limit, limit)
        }
        let settings = real.target.gateway
        self.init(
            seed: Seed(plan.seed),
            loginTimeout: plan.connect.loginTimeout,
            idleTimeout: idleTimeout,
            pingInterval: traits.contains(.gatewaySends) ? real.heartbeat.interval : nil,
            dictatedMilliseconds: settings.heartbeatInterval.map { UInt32($0.nanoseconds / 1_000_000) } ?? 0,
            maxAge: settings.maxAge,
            maxAgeJitter: settings.maxAgeJitter,
            drain: settings.drain,
            goawayChance: settings.goawayChance
        )
    }
}
