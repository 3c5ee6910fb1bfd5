import HoldfastCore

extension Balancer {
    /// The balancer of `plan`, in real time, live and simulated.
    public init(plan: Plan) {
        let settings = plan.realTime.target.balancer
        self.init(
            algorithm: plan.target.algorithm,
            gateways: plan.target.gateways,
            healthCheck: settings.healthCheck,
            failTimeout: settings.failTimeout,
            failureRule: settings.connectFailure,
            replacement: plan.target.replacement,
            seed: Seed(plan.seed)
        )
    }
}
