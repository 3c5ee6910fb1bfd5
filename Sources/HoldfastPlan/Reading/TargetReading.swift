import HoldfastCore

/// `target`: what the sessions connect to.
extension SectionReader {
    mutating func target(_ node: PlanNode?, parent: Place) -> Target {
        let fields = reader.fields(
            node,
            parent: parent,
            known: [
                "gateways", "via", "algorithm", "crowd", "balancer", "gateway", "replacement", "headroom", "registry",
            ],
            unavailable: UnavailableNames.target
        )
        if case .mapping = node?.content { reader.require("gateways", in: fields, expected: "the number of gateways") }
        let algorithm = reader.choice(
            fields["algorithm"],
            or: PlanDefaults.algorithm,
            unavailable: UnavailableNames.algorithm
        )
        if algorithm != .powerOfTwo {
            let beside = "`algorithm: \(algorithm.rawValue)`"
            reader.refuse(["replacement"], in: fields, beside: beside, expected: "`algorithm: power-of-two`")
        }
        if algorithm != .headroomWeighted {
            let beside = "`algorithm: \(algorithm.rawValue)`"
            reader.refuse(["headroom"], in: fields, beside: beside, expected: "`algorithm: headroom-weighted`")
        }
        // 127.1.(g/250).(1 + g%250) ends at 64,000 gateways, the ports of one address at 31,744 sessions.
        let gateways = reader.value(fields["gateways"], .whole(1...64_000))
        return Target(
            gateways: gateways ?? 0,
            via: reader.choice(fields["via"], or: PlanDefaults.via, unavailable: UnavailableNames.via),
            algorithm: algorithm,
            balancer: balancer(fields["balancer"], parent: fields.place),
            gateway: gateway(fields["gateway"], parent: fields.place),
            crowd: reader.value(fields["crowd"], .whole(1...31_744), or: PlanDefaults.crowd),
            replacement: reader.value(fields["replacement"], .bool(), or: false),
            headroom: reader.value(fields["headroom"], .number(1...1000), or: Target.usualHeadroom),
            registry: registry(fields["registry"])
        )
    }

    private mutating func balancer(_ node: PlanNode?, parent: Place) -> BalancerSettings {
        let fields = reader.fields(
            node,
            parent: parent,
            known: ["healthCheck", "failTimeout", "connectFailure"],
            unavailable: UnavailableNames.balancer
        )
        let healthCheck = reader.choice(
            fields["healthCheck"],
            or: PlanDefaults.healthCheck,
            unavailable: UnavailableNames.healthCheck
        )
        return BalancerSettings(
            healthCheck: healthCheck,
            failTimeout: reader.value(
                fields["failTimeout"],
                .span(atLeast: .milliseconds(1)),
                or: PlanDefaults.failTimeout
            ),
            connectFailure: reader.choice(
                fields["connectFailure"],
                or: PlanDefaults.connectFailure(healthCheck)
            )
        )
    }

    private mutating func gateway(_ node: PlanNode?, parent: Place) -> GatewaySettings {
        let fields = reader.fields(
            node,
            parent: parent,
            known: ["drain", "idleTimeout"],
            unavailable: UnavailableNames.gateway
        )
        return GatewaySettings(
            drain: reader.value(fields["drain"], .span(atLeast: .zero), or: PlanDefaults.drain),
            idleTimeout: reader.value(fields["idleTimeout"], .span(atLeast: .milliseconds(1)))
        )
    }
}
