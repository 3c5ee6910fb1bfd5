import HoldfastCore

extension Balancer {
    /// The balancer of `plan`, in real time, live and simulated. One that only takes what a registry cannot place deals
    /// it out in turn: the plan's algorithm is the registry's.
    public init(plan: Plan) {
        let settings = plan.realTime.target.balancer
        self.init(
            algorithm: plan.target.registry == nil ? plan.target.algorithm : .roundRobin,
            gateways: plan.mostGateways,
            healthCheck: settings.healthCheck,
            failTimeout: settings.failTimeout,
            failureRule: settings.connectFailure,
            replacement: plan.target.replacement,
            weights: plan.target.gateway.weights,
            capacity: plan.target.gateway.capacity.map { UInt64($0) } ?? .max,
            loadFactor: plan.target.boundedLoad,
            eligibility: Eligibility(
                limit: settings.maxConnections.map { UInt64($0) } ?? .max,
                slowStart: settings.slowStart
            ),
            seed: Seed(plan.seed)
        )
        for gateway in plan.target.gateways..<plan.mostGateways { retire(GatewayID(gateway)) }
    }
}

extension BalancerInstances {
    /// The balancers of `plan`, in real time.
    public init(plan: Plan) { self.init(Balancer(plan: plan), count: plan.target.balancer.instances) }
}
