import HoldfastCore

extension Plan {
    /// The whole plan as YAML with every default filled in; it reads back as an equal plan.
    public func resolvedYAML() -> String { ResolvedValue.mapping(resolved).yaml }

    /// The plan as canonical JSON without `variants`, `expect` and `name`: what its hash is of.
    public var canonicalJSON: String {
        ResolvedValue.mapping(resolved.filter { $0.key != "name" && $0.key != "expect" }).canonicalJSON
    }

    /// The identity of what the plan does, 16 hex digits: names and expectations do not count.
    public var hash: String { hex16(hash64(canonicalJSON.utf8)) }

    private var resolved: [(key: String, value: ResolvedValue)] {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("name", .text(name)),
            ("sessions", .integer(UInt64(sessions))),
            ("target", target.resolved),
            ("connect", connect.resolved),
            ("heartbeat", heartbeat.resolved),
            ("reconnect", reconnect.resolved(onFailure)),
            ("establish", establish.resolved),
            ("duration", duration.resolved),
            ("timeScale", .number(timeScale)),
            ("seed", .integer(seed)),
        ]
        if let churn { entries.append(("churn", churn.resolved)) }
        if connect.tls != .none { entries.append(("protocol", .mapping([("tls", .text(connect.tls.rawValue))]))) }
        if !workload.isEmpty { entries.append(("workload", workload.resolved)) }
        if let workers { entries.append(("workers", .integer(UInt64(workers)))) }
        entries += [
            ("excludedPorts", .list(excludedPorts.map { .integer(UInt64($0)) })),
            ("rebalance", .mapping([("band", .number(rebalance.band))])),
            ("defaults", .list(defaults.map { .text($0.rawValue) })),
            ("timeline", .list(timeline.map(\.resolved))),
            ("expect", .list(expect.map { .text($0.text) })),
        ]
        if sessionsPerAccount != 1 {
            entries.append(("accounts", .mapping([("sessionsPerAccount", .integer(UInt64(sessionsPerAccount)))])))
        }
        if !groups.isEmpty { entries.append(("groups", .list(groups.map(\.resolved)))) }
        return entries
    }
}

extension Span {
    var resolved: ResolvedValue { .text(ScalarText.text(self)) }
}

extension Churn {
    var resolved: ResolvedValue {
        .mapping([
            ("lifetime", .mapping([("distribution", .text(distribution.rawValue)), ("mean", mean.resolved)]))
        ])
    }
}

extension ConnectLimits {
    fileprivate var resolved: ResolvedValue {
        var entries = [("timeout", timeout.resolved), ("loginTimeout", loginTimeout.resolved)]
        if let ratePerSecond { entries.append(("rateLimit", .text(ScalarText.text(ratePerSecond) + "/s"))) }
        return .mapping(entries)
    }
}

extension Establish {
    fileprivate var resolved: ResolvedValue {
        .mapping([("rate", .text(ScalarText.text(ratePerSecond) + "/s")), ("timeout", timeout.resolved)])
    }
}

extension Target {
    fileprivate var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("gateways", .integer(UInt64(gateways))),
            ("via", .text(via.rawValue)),
            ("algorithm", .text(algorithm.rawValue)),
            ("crowd", .integer(UInt64(crowd))),
            ("balancer", balancer.resolved),
            ("gateway", gateway.resolved),
        ]
        if algorithm == .boundedLoad { entries.append(("boundedLoad", .number(boundedLoad))) }
        if let subset { entries.append(("subset", .integer(UInt64(subset)))) }
        if replacement { entries.append(("replacement", .text("true"))) }
        if algorithm == .headroomWeighted { entries.append(("headroom", .number(headroom))) }
        if let registry { entries.append(("registry", registry.resolved)) }
        if let middlebox { entries.append(("middlebox", middlebox.resolved)) }
        if let regions { entries.append(("regions", regions.resolved)) }
        return .mapping(entries)
    }
}

extension RegistrySettings {
    fileprivate var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("source", .text(source.rawValue)),
            ("ttl", ttl.resolved),
            ("reportInterval", reportInterval.resolved),
            ("routers", .integer(UInt64(routers))),
            ("candidates", .integer(UInt64(candidates))),
            ("localIncrement", .text(String(localIncrement))),
            ("fallback", .text(fallback.rawValue)),
            ("selfProtection", .text(String(selfProtection))),
        ]
        if let cache { entries.append(("cache", cache.resolved)) }
        return .mapping(entries)
    }
}

extension BalancerSettings {
    fileprivate var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("healthCheck", .text(healthCheck.rawValue)),
            ("failTimeout", failTimeout.resolved),
            ("connectFailure", .text(connectFailure.rawValue)),
        ]
        if healthCheck.isActive {
            entries += [("interval", check.interval.resolved), ("fall", .integer(UInt64(check.fall)))]
            entries.append(("rise", .integer(UInt64(check.rise))))
        }
        if instances > 1 { entries.append(("instances", .integer(UInt64(instances)))) }
        if let idleTimeout {
            entries += [("idleTimeout", idleTimeout.resolved), ("onIdle", .text(onIdle.rawValue))]
        }
        if connectTimeout != BalancerSettings.usualConnectTimeout {
            entries.append(("connectTimeout", connectTimeout.resolved))
        }
        if mode != .proxy { entries.append(("mode", .text(mode.rawValue))) }
        if let shards { entries.append(("shards", .integer(UInt64(shards)))) }
        if let external { entries += external.resolved }
        if let slowStart { entries.append(("slowStart", slowStart.resolved)) }
        if let maxConnections { entries.append(("maxConnections", .integer(UInt64(maxConnections)))) }
        if let region { entries.append(("region", .text(region))) }
        return .mapping(entries)
    }
}

extension GatewaySettings {
    fileprivate var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [("drain", drain.resolved)]
        if let idleTimeout { entries.append(("idleTimeout", idleTimeout.resolved)) }
        if !weights.isEmpty { entries.append(("weight", .list(weights.map { .integer(UInt64($0)) }))) }
        if !regions.isEmpty { entries.append(("region", .list(regions.map { .text($0) }))) }
        if let capacity { entries.append(("capacity", .integer(UInt64(capacity)))) }
        if let heartbeatInterval { entries.append(("heartbeatInterval", heartbeatInterval.resolved)) }
        if let acceptRatePerSecond {
            entries.append(("acceptRate", .text(ScalarText.text(acceptRatePerSecond) + "/s")))
        }
        if loginTime > .zero { entries.append(("loginTime", loginTime.resolved)) }
        if backlog != FrontDoor.usualBacklog { entries.append(("backlog", .integer(UInt64(backlog)))) }
        if duplicateLogin != .allow { entries.append(("duplicateLogin", .text(duplicateLogin.rawValue))) }
        if let stateBytes { entries.append(("stateBytes", .text("\(stateBytes)B"))) }
        if leakBytes > 0 { entries.append(("leak", .text("\(leakBytes)B"))) }
        if let shards { entries.append(("shards", .integer(UInt64(shards)))) }
        if let port { entries.append(("port", .integer(UInt64(port)))) }
        if goawayChance > 0 { entries.append(("goawayChance", .number(goawayChance))) }
        if let shed { entries.append(("shed", shed.resolved)) }
        if let maxAge { entries += [("maxAge", maxAge.resolved), ("maxAgeJitter", .number(maxAgeJitter))] }
        return .mapping(entries)
    }
}

extension ShedPolicy {
    fileprivate var resolved: ResolvedValue {
        .mapping([
            ("above", .number(above)), ("rate", .text(ScalarText.text(ratePerSecond) + "/s")),
            ("interval", interval.resolved),
        ])
    }
}

extension MiddleboxPolicy {
    var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = []
        if let aging { entries.append(("aging", aging.resolved)) }
        entries += [("onExpire", .text(expiry.rawValue)), ("refresh", .text(refresh.rawValue))]
        if let ports { entries.append(("ports", .integer(UInt64(ports)))) }
        entries.append(("resetLoss", .number(resetLoss)))
        return .mapping(entries)
    }
}

extension HeartbeatPolicy {
    var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [("strategy", .text(strategy.rawValue))]
        if let userTimeout { entries.append(("userTimeout", userTimeout.resolved)) }
        switch strategy {
        case .none: return .mapping(entries)
        case .tcpKeepalive:
            entries += [("idle", keepalive.idle.resolved), ("interval", keepalive.interval.resolved)]
            return .mapping(entries + [("probes", .integer(UInt64(keepalive.probes)))])
        case .thirdParty: return .mapping(entries + [("interval", interval.resolved)])
        case .adaptive: entries += adaptive.resolvedParts
        default: break
        }
        let isRange = longestInterval > interval
        let range = ScalarText.text(interval) + (isRange ? ".." + ScalarText.text(longestInterval) : "")
        if strategy != .adaptive { entries.append(("interval", .text(range))) }
        entries.append(("first", .text(first.rawValue)))
        switch detection {
        case .silence(let silence): entries.append(("silence", silence.resolved))
        case .misses(let count, let timeout):
            entries += [("misses", .integer(UInt64(count))), ("timeout", timeout.resolved)]
        }
        entries.append(("payload", .text("\(payloadBytes)B")))
        return .mapping(entries)
    }
}

extension AdaptiveInterval.Constants {
    fileprivate var resolvedParts: [(key: String, value: ResolvedValue)] {
        [
            ("minimum", minimum.resolved), ("maximum", maximum.resolved), ("step", step.resolved),
            ("margin", margin.resolved), ("successes", .integer(UInt64(successesPerStep))),
            ("failures", .integer(UInt64(failuresToFallBack))),
        ]
    }
}

extension ReconnectPolicy {
    func resolved(_ onFailure: FailureChoice) -> ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)]
        switch delay {
        case .none: entries = [("policy", .text("none"))]
        case .immediate: entries = [("policy", .text("immediate"))]
        case .fixed(let delay): entries = [("policy", .text("fixed")), ("delay", delay.resolved)]
        case .exponential(let delay): entries = [("policy", .text("exponential"))] + delay.resolvedParts
        case .table(let table):
            entries = [("policy", .text("table")), ("table", .list(table.delays.map(\.resolved)))]
            if table.spread > .zero { entries.append(("spread", table.spread.resolved)) }
        }
        if let maxAttempts { entries.append(("maxAttempts", .integer(UInt64(maxAttempts)))) }
        if let maxElapsed { entries.append(("maxElapsed", maxElapsed.resolved)) }
        if let quarantine { entries.append(("quarantine", quarantine.resolved)) }
        entries.append(("onFailure", .text(onFailure.rawValue)))
        return .mapping(entries)
    }
}

extension ExponentialDelay {
    /// The usual factor is left out, so that plans keep the hash that they had before there was another.
    fileprivate var resolvedParts: [(key: String, value: ResolvedValue)] {
        var entries: [(key: String, value: ResolvedValue)] = [("base", base.resolved), ("cap", cap.resolved)]
        if factor != ExponentialDelay.usualFactor { entries.append(("factor", .number(factor))) }
        if let first { entries.append(("first", first.resolved)) }
        return entries + [("jitter", .text(jitter.rawValue))]
    }
}
