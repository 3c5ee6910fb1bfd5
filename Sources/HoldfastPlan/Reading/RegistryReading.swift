import HoldfastCore

/// `target.registry`: where sessions that balance by themselves are told to go.
extension SectionReader {
    private static let registryKeys = [
        "ttl", "reportInterval", "routers", "candidates", "localIncrement", "fallback", "selfProtection",
        "cache",
    ]

    /// Nil without a registry, and for a static list, which is what sessions have without one.
    mutating func registry(_ node: PlanNode?) -> RegistrySettings? {
        guard let node else { return nil }
        let fields = reader.fields(node, parent: node.place, known: ["source"] + SectionReader.registryKeys)
        guard case .mapping = node.content else { return nil }
        let source = reader.choice(fields["source"], or: RegistrySource.registry)
        guard source != .static else {
            let expected = "`source: registry` or `source: etcd`"
            reader.refuse(SectionReader.registryKeys, in: fields, beside: "`source: static`", expected: expected)
            return nil
        }
        var settings = PlanDefaults.registry
        settings.source = source
        settings.ttl = reader.value(fields["ttl"], .span(atLeast: .milliseconds(1)), or: settings.ttl)
        let interval = ValueKind<Span>.span(atLeast: .milliseconds(1))
        settings.reportInterval = reader.value(fields["reportInterval"], interval, or: settings.reportInterval)
        settings.routers = reader.value(fields["routers"], .whole(1...1000), or: settings.routers)
        settings.candidates = reader.value(fields["candidates"], .whole(1...1000), or: settings.candidates)
        settings.localIncrement = reader.value(fields["localIncrement"], .bool(), or: settings.localIncrement)
        settings.fallback = reader.choice(fields["fallback"], or: settings.fallback)
        settings.selfProtection = reader.value(fields["selfProtection"], .bool(), or: settings.selfProtection)
        settings.cache = reader.value(fields["cache"], .span(atLeast: .milliseconds(1)))
        if settings.ttl <= settings.reportInterval {
            let report = "a report every \(ScalarText.text(settings.reportInterval))"
            let found = "a `ttl` of \(ScalarText.text(settings.ttl)) with \(report)"
            reader.refuse(at: fields.place(of: "ttl"), found: found, expected: "more than the time between reports")
        }
        return settings
    }

    /// What an event does to the registry.
    mutating func registryDisturbance(_ node: PlanNode, _ plan: Plan?) -> RegistryDisturbance? {
        let fields = reader.fields(node, parent: node.place, known: ["kill", "pause", "shrinkTo"])
        guard case .mapping = node.content else { return nil }
        if let plan, plan.target.registry == nil {
            let found = "`registry` without `target.registry`"
            reader.refuse(at: fields.place, found: found, expected: "a registry to disturb")
        }
        let kind = ValueKind<Bool>(expected: "true", allowsQuotes: false, parse: { $0 == "true" ? true : nil })
        if let pause = fields["pause"] {
            reader.refuse(["kill", "shrinkTo"], in: fields, beside: "`pause`", expected: "one of them")
            return reader.value(pause, kind).map { _ in .pause }
        }
        if let kill = fields["kill"] {
            reader.refuse(["shrinkTo"], in: fields, beside: "`kill`", expected: "one of them")
            if let source = plan?.target.registry?.source, source != .etcd {
                let found = "`kill` with `source: \(source.rawValue)`"
                reader.refuse(at: fields.place(of: "kill"), found: found, expected: "`source: etcd`, or `pause: true`")
            }
            return reader.value(kill, kind).map { _ in .kill }
        }
        guard let share = fields["shrinkTo"] else {
            let expected = "`pause`, `kill` or `shrinkTo`"
            reader.refuse(at: fields.place, found: "nothing to do to the registry", expected: expected)
            return nil
        }
        return reader.value(share, .fraction()).map { .shrink(to: $0) }
    }

    /// What a registry must agree on with the rest of the plan.
    mutating func agreeOnRegistry(_ plan: Plan, _ root: PlanNode) {
        let algorithm = plan.target.algorithm
        let place = root.place(of: "target", "algorithm")
        let via = plan.target.via
        guard let registry = plan.target.registry else { return }
        let registryPlace = root.place(of: "target", "registry")
        guard via == .client else {
            let found = "`registry` with `via: \(via.rawValue)`, where no session asks for a gateway"
            return reader.refuse(at: registryPlace, found: found, expected: "`via: client`")
        }
        if !algorithm.isRouted {
            let routed = BalancingAlgorithm.allCases.filter(\.isRouted).map(\.rawValue)
            let found = "`\(algorithm.rawValue)` with `registry`, whose routers do not know who asks"
            reader.refuse(at: place, found: found, expected: listed(routed))
        }
        if plan.target.replacement {
            let found = "`replacement` with `registry`, whose routers draw two distinct ones"
            reader.refuse(at: root.place(of: "target", "replacement"), found: found, expected: "`replacement: false`")
        }
        if registry.reportInterval.scaled(by: 1 / plan.timeScale) < .milliseconds(1) {
            let found = "a report every \(ScalarText.text(registry.reportInterval)) with this time scale"
            reader.refuse(at: root.place(of: "timeScale"), found: found, expected: "at least 1ms between reports")
        }
        let lease = registry.ttl.scaled(by: 1 / plan.timeScale)
        if registry.source == .etcd, lease < .seconds(2) || lease.nanoseconds % 1_000_000_000 != 0 {
            let found = "a `ttl` of \(ScalarText.text(lease)) of real time with `source: etcd`"
            let expected = "whole seconds, at least 2, which is what etcd grants"
            reader.refuse(at: root.place(of: "target", "registry", "ttl"), found: found, expected: expected)
        }
    }
}

extension BalancingAlgorithm {
    /// Whether a registry's routers can answer by it.
    var isRouted: Bool {
        switch self {
        case .headroomWeighted, .leastConnections, .leastReported, .powerOfTwo, .random, .roundRobin: true
        default: false
        }
    }
}
