import HoldfastCore

extension SessionPolicy {
    /// The policy of every session of `plan`, in real time.
    public init(plan: Plan) {
        let real = plan.realTime
        self.init(
            seed: Seed(plan.seed),
            heartbeat: real.heartbeat,
            reconnect: real.reconnect,
            connectTimeout: real.connect.timeout,
            loginTimeout: real.connect.loginTimeout,
            selection: plan.selection
        )
    }
}

extension Plan {
    fileprivate var selection: GatewaySelection {
        guard target.via == .client else { return .balancer }
        guard target.registry == nil else {
            return .routed(gateways: UInt32(mostGateways), onFailure: onFailure)
        }
        let algorithm = ClientAlgorithm(
            target.algorithm,
            gateways: target.gateways,
            weights: target.gateway.weights,
            subset: target.subset ?? 1,
            roundTrips: groups.first?.region.map { target.roundTrips(from: $0, toGateways: mostGateways) } ?? []
        )
        // What only balancers and registries have is refused when the plan is read.
        return .client(algorithm ?? .random, gateways: UInt32(target.gateways), onFailure: onFailure)
    }
}

extension Drop.Return {
    /// The same for a session.
    public var comeback: Comeback {
        switch self {
        case .policy: .policy
        case .never: .never
        case .after(let span): .after(span)
        }
    }
}
