import HoldfastCore

/// `target`: what the sessions connect to.
extension SectionReader {
    mutating func target(_ node: PlanNode?, parent: Place) -> Target {
        let fields = reader.fields(
            node,
            parent: parent,
            known: [
                "gateways", "via", "algorithm", "crowd", "balancer", "gateway", "replacement", "boundedLoad",
                "headroom", "registry", "subset", "middlebox", "regions",
            ],
            unavailable: UnavailableNames.target
        )
        if case .mapping = node?.content { reader.require("gateways", in: fields, expected: "the number of gateways") }
        let algorithm = reader.choice(fields["algorithm"], or: PlanDefaults.algorithm)
        for (key, owner) in [
            ("replacement", BalancingAlgorithm.powerOfTwo), ("boundedLoad", .boundedLoad),
            ("headroom", .headroomWeighted), ("subset", .subset),
        ] where algorithm != owner {
            let beside = "`algorithm: \(algorithm.rawValue)`"
            reader.refuse([key], in: fields, beside: beside, expected: "`algorithm: \(owner.rawValue)`")
        }
        if algorithm == .subset {
            reader.require("subset", in: fields, expected: "the number of gateways in the subset of a session")
        }
        // 127.1.(g/250).(1 + g%250) ends at 64,000 gateways, the ports of one address at 31,744 sessions.
        let gateways = reader.value(fields["gateways"], .whole(1...64_000))
        var target = Target(
            gateways: gateways ?? 0,
            via: reader.choice(fields["via"], or: PlanDefaults.via, unavailable: UnavailableNames.via),
            algorithm: algorithm,
            balancer: balancer(fields["balancer"], parent: fields.place),
            gateway: gateway(fields["gateway"], parent: fields.place, count: gateways),
            crowd: reader.value(fields["crowd"], .whole(1...31_744), or: PlanDefaults.crowd),
            replacement: reader.value(fields["replacement"], .bool(), or: false),
            headroom: reader.value(fields["headroom"], .number(1...1000), or: Target.usualHeadroom),
            registry: registry(fields["registry"]),
            boundedLoad: reader.value(fields["boundedLoad"], .number(1.01...100), or: PlanDefaults.boundedLoad),
            subset: reader.value(fields["subset"], .whole(1...UInt64(gateways ?? 64_000))),
            middlebox: middlebox(fields["middlebox"], parent: fields.place)
        )
        target.regions = regions(fields["regions"])
        if target.via.isForeign, !isSaid("onIdle", in: fields["balancer"]) { target.balancer.onIdle = .fin }
        return target
    }

    private func isSaid(_ key: String, in node: PlanNode?) -> Bool {
        guard case .mapping(let entries) = node?.content else { return false }
        return entries.contains { $0.key == key }
    }

    mutating func middlebox(_ node: PlanNode?, parent: Place) -> MiddleboxPolicy? {
        guard let node else { return nil }
        let parts = ["aging", "onExpire", "refresh", "ports", "resetLoss"]
        let fields = reader.fields(node, parent: parent, known: ["preset"] + parts)
        if let preset = fields["preset"] {
            reader.refuse(parts, in: fields, beside: "`preset`", expected: "a preset alone")
            return reader.preset(preset, MiddleboxPolicy.presets, [])
        }
        return MiddleboxPolicy(
            aging: reader.value(fields["aging"], .span(atLeast: .milliseconds(1))),
            expiry: reader.choice(fields["onExpire"], or: .drop),
            refresh: reader.choice(fields["refresh"], or: .both),
            ports: reader.value(fields["ports"], .whole(1...(1 << 31))),
            resetLoss: reader.value(fields["resetLoss"], .share(), or: 0)
        )
    }

    private mutating func balancer(_ node: PlanNode?, parent: Place) -> BalancerSettings {
        let fields = reader.fields(
            node,
            parent: parent,
            known: [
                "healthCheck", "failTimeout", "connectFailure", "instances", "idleTimeout", "onIdle", "interval",
                "fall", "rise", "connectTimeout", "region", "mode", "shards", "slowStart", "maxConnections",
                "endpoints", "counts",
            ],
            unavailable: UnavailableNames.balancer
        )
        let healthCheck = reader.choice(
            fields["healthCheck"],
            or: PlanDefaults.healthCheck
        )
        let check = check(healthCheck, fields)
        var settings = BalancerSettings(
            healthCheck: healthCheck,
            failTimeout: reader.value(
                fields["failTimeout"],
                .span(atLeast: .milliseconds(1)),
                or: PlanDefaults.failTimeout
            ),
            connectFailure: reader.choice(
                fields["connectFailure"],
                or: PlanDefaults.connectFailure(healthCheck)
            ),
            instances: reader.value(fields["instances"], .whole(1...1024), or: 1),
            idleTimeout: idleTimeout(fields),
            onIdle: reader.choice(fields["onIdle"], or: .reset),
            check: check,
            connectTimeout: reader.value(
                fields["connectTimeout"],
                .span(atLeast: .milliseconds(1)),
                or: BalancerSettings.usualConnectTimeout
            )
        )
        settings.region = reader.value(fields["region"], .name("a region"))
        settings.mode = reader.choice(fields["mode"], or: .proxy)
        if settings.mode == .handoff {
            let parts = ["connectTimeout", "idleTimeout", "shards"]
            reader.refuse(parts, in: fields, beside: "`mode: handoff`", expected: "`mode: proxy`")
        }
        settings.shards = reader.value(fields["shards"], .whole(1...64))
        settings.slowStart = reader.value(fields["slowStart"], .span(atLeast: .milliseconds(1)))
        settings.external = external(fields)
        settings.maxConnections = reader.value(fields["maxConnections"], .whole(1...(1 << 31)))
        return settings
    }

    private mutating func maxAgeJitter(_ fields: Fields) -> Double {
        guard fields["maxAge"] != nil else {
            reader.refuse(["maxAgeJitter"], in: fields, beside: "no `maxAge`", expected: "both")
            return 0
        }
        return reader.value(fields["maxAgeJitter"], .share(), or: PlanDefaults.maxAgeJitter)
    }

    private mutating func idleTimeout(_ fields: Fields) -> Span? {
        guard let node = fields["idleTimeout"] else {
            reader.refuse(["onIdle"], in: fields, beside: "no `idleTimeout`", expected: "both")
            return nil
        }
        return reader.value(node, .span(atLeast: .milliseconds(1)))
    }

    private mutating func gateway(_ node: PlanNode?, parent: Place, count: Int?) -> GatewaySettings {
        let fields = reader.fields(
            node,
            parent: parent,
            known: [
                "drain", "idleTimeout", "weight", "capacity", "heartbeatInterval", "maxAge", "maxAgeJitter",
                "acceptRate", "loginTime", "backlog", "duplicateLogin", "stateBytes", "leak", "goawayChance", "region",
                "shards", "shed", "port",
            ]
        )
        var settings = GatewaySettings(
            drain: reader.value(fields["drain"], .span(atLeast: .zero), or: PlanDefaults.drain),
            idleTimeout: reader.value(fields["idleTimeout"], .span(atLeast: .milliseconds(1))),
            weights: weights(fields["weight"], count: count),
            capacity: reader.value(fields["capacity"], .whole(1...(1 << 31))),
            heartbeatInterval: reader.value(fields["heartbeatInterval"], .span(atLeast: .milliseconds(1))),
            maxAge: reader.value(fields["maxAge"], .span(atLeast: .milliseconds(1))),
            maxAgeJitter: maxAgeJitter(fields),
            acceptRatePerSecond: reader.value(fields["acceptRate"], .rate()),
            loginTime: reader.value(fields["loginTime"], .span(atLeast: .zero), or: .zero),
            backlog: reader.value(fields["backlog"], .whole(1...(1 << 20)), or: FrontDoor.usualBacklog),
            duplicateLogin: reader.choice(fields["duplicateLogin"], or: .allow),
            stateBytes: stateBytes(fields),
            goawayChance: reader.value(fields["goawayChance"], .share(), or: 0)
        )
        settings.leakBytes = reader.value(fields["leak"], .size(upTo: 1 << 20), or: 0)
        settings.shed = shed(fields["shed"])
        settings.regions = gatewayRegions(fields["region"], count: count)
        settings.shards = reader.value(fields["shards"], .whole(1...64))
        settings.port = reader.value(fields["port"], .whole(1...65_535)).map { UInt16($0) }
        return settings
    }

    /// One weight for all, which is none, or one for each gateway.
    private mutating func weights(_ node: PlanNode?, count: Int?) -> [Int] {
        // HAProxy's weights end at 256.
        let kind = ValueKind<Int>.whole(1...256, "a weight")
        guard let node, case .sequence(let items) = node.content else {
            _ = reader.value(node, kind)
            return []
        }
        if let count, items.count != count {
            let found = "\(items.count) weights for \(count) gateways"
            reader.refuse(at: node.place, found: found, expected: "one weight, or one for each gateway")
        }
        let weights = items.compactMap { reader.value($0, kind) }
        return Set(weights).count > 1 ? weights : []
    }
}
