import HoldfastCore

/// Who can use which algorithm, and what it needs to know.
extension SectionReader {
    mutating func agreeOnAlgorithm(_ plan: Plan, _ root: PlanNode) {
        let target = plan.target
        let name = target.algorithm.rawValue
        let place = root.place(of: "target", "algorithm")
        switch target.via {
        // Then the routers pick, and must know how.
        case .client where target.registry != nil || target.algorithm.isForClients: break
        case .client:
            let knowsLoad = target.algorithm.needsLoad
            let why = knowsLoad ? "a session knows only its own history" : "sessions take no turns with each other"
            let others = listed(BalancingAlgorithm.allCases.filter(\.isForClients).map(\.rawValue))
            reader.refuse(
                at: place,
                found: "`\(name)` with `via: client`, where \(why)",
                expected: target.algorithm.isRouted ? "`target.registry`, \(others)" : others
            )
        case _ where target.algorithm.needsReports:
            let found = "`\(name)` of a balancer, which counts for itself"
            reader.refuse(at: place, found: found, expected: "`via: client` with `target.registry`")
        case _ where target.algorithm.needsHistory:
            let found = "`\(name)` of a balancer, which does not know where a session was"
            reader.refuse(at: place, found: found, expected: "`via: client`")
        case _ where !target.algorithm.isForBalancers:
            let found = "`\(name)` of a balancer, which has connections to all gateways"
            reader.refuse(at: place, found: found, expected: "`via: client`")
        case .embedded, .external: break
        case .haproxy: agreeOnHAProxy(target, place)
        case .nginx: agreeOnNginx(plan, root)
        }
        agreeOnGateways(target, root)
        agreeOnCarriage(target, root)
        agreeOnExternal(target, root)
        agreeOnInstances(target, root.place(of: "target", "balancer", "instances"))
        agreeOnWhoIsTaken(target, root)
        agreeOnIdleness(target, root)
    }

    /// A process of ours is one balancer, and so is a worker of nginx. HAProxy has one thread here.
    private mutating func agreeOnInstances(_ target: Target, _ place: Place) {
        guard target.balancer.instances > 1 else { return }
        if target.via == .client, target.registry?.fallback != .slb {
            reader.refuse(at: place, found: "`instances` with `via: client`", expected: "a balancer")
        }
        if target.via == .haproxy || target.balancer.mode == .handoff {
            reader.onlySimulated("instances", at: place)
        } else if target.balancer.shards != nil {
            let found = "`instances`, which share nothing, beside `shards`, which share their counts"
            reader.refuse(at: place, found: found, expected: "one of them")
        }
    }

    /// What is done with connections is our own balancer's to choose.
    private mutating func agreeOnCarriage(_ target: Target, _ root: PlanNode) {
        guard target.via != .embedded else { return }
        // nginx's workers that share their counts.
        let hasShards = target.balancer.shards != nil && target.via != .nginx
        let isAsked = [("mode: handoff", target.balancer.mode == .handoff), ("shards", hasShards)]
        for (words, isAsked) in isAsked where isAsked {
            let key = words.prefix { $0 != ":" }
            let place = root.place(of: "target", "balancer", String(key))
            let found = "`\(words)` with `via: \(target.via.rawValue)`"
            reader.refuse(at: place, found: found, expected: "`via: embedded`")
        }
    }

    private mutating func agreeOnHAProxy(_ target: Target, _ place: Place) {
        let expected: String
        switch target.algorithm {
        case .maglev, .rendezvous, .smoothWeightedRoundRobin: expected = "`via: embedded`"
        case .powerOfTwo where !target.replacement: expected = "`replacement: true`, as HAProxy draws"
        default: return
        }
        let found = "`\(target.algorithm.rawValue)` with `via: haproxy`, which has no such algorithm"
        reader.refuse(at: place, found: found, expected: expected)
    }

    private mutating func agreeOnNginx(_ plan: Plan, _ root: PlanNode) {
        let target = plan.target
        let expected: String?
        switch target.algorithm {
        case .boundedLoad, .first: expected = "`via: haproxy` or `via: embedded`"
        case .maglev, .rendezvous: expected = "`via: embedded`"
        case .powerOfTwo where target.replacement: expected = "`replacement: false`, as nginx draws"
        default: expected = nil
        }
        if let expected {
            let found = "`\(target.algorithm.rawValue)` with `via: nginx`, which has no such algorithm"
            reader.refuse(at: root.place(of: "target", "algorithm"), found: found, expected: expected)
        }
        if target.balancer.healthCheck.isActive {
            let check = target.balancer.healthCheck.rawValue
            let found = "`healthCheck: \(check)` with `via: nginx`, whose stream module looks at nobody by itself"
            let place = root.place(of: "target", "balancer", "healthCheck")
            reader.refuse(at: place, found: found, expected: "`passive` or `none`")
        }
        let failTimeout = target.balancer.failTimeout.scaled(by: 1 / plan.timeScale)
        if target.balancer.healthCheck == .passive, failTimeout.nanoseconds % 1_000_000_000 != 0 {
            let scaled = plan.timeScale == 1 ? "" : ", \(ScalarText.text(failTimeout)) of real time,"
            let given = ScalarText.text(target.balancer.failTimeout)
            let found = "a `failTimeout` of \(given)\(scaled) with `via: nginx`"
            let place = root.place(of: "target", "balancer", "failTimeout")
            reader.refuse(at: place, found: found, expected: "whole seconds, as nginx has them")
        }
        if target.balancer.connectFailure == .next {
            let found = "`connectFailure: next` with `via: nginx`, which picks again"
            let place = root.place(of: "target", "balancer", "connectFailure")
            reader.refuse(at: place, found: found, expected: "`repick` or `reset`")
        }
    }

    /// Weights and capacity are what an algorithm makes of them.
    private mutating func agreeOnGateways(_ target: Target, _ root: PlanNode) {
        let name = target.algorithm.rawValue
        if !target.gateway.weights.isEmpty, !target.algorithm.knowsWeights {
            let knowing = BalancingAlgorithm.allCases.filter(\.knowsWeights).map(\.rawValue)
            let found = "weights with `algorithm: \(name)`, which knows none"
            reader.refuse(at: root.place(of: "target", "gateway", "weight"), found: found, expected: listed(knowing))
        }
        if !target.gateway.weights.isEmpty, target.registry != nil {
            let found = "weights with `registry`, whose routers know none"
            reader.refuse(at: root.place(of: "target", "gateway", "weight"), found: found, expected: "no weights")
        }
        let isFirst = target.algorithm == .first && target.via != .client
        let place = root.place(of: "target", "gateway", "capacity")
        if isFirst, target.gateway.capacity == nil {
            let expected = "the connections that one gateway takes, for `algorithm: first`"
            reader.refuse(at: place, found: "no key `capacity`", expected: expected)
        }
    }
}
