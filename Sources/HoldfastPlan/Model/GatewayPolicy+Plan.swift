import HoldfastCore

extension GatewayPolicy {
    /// The policy of every gateway of `plan`, in real time. With `reported` beats it is the gateway that draws
    /// conclusions from silence.
    public init(plan: Plan) {
        let real = plan.realTime
        var idleTimeout = real.target.gateway.idleTimeout
        if real.heartbeat.strategy == .reported, case .silence(let limit) = real.heartbeat.detection {
            idleTimeout = min(idleTimeout ?? limit, limit)
        }
        self.init(loginTimeout: plan.connect.loginTimeout, idleTimeout: idleTimeout)
    }
}
