import HoldfastCore

extension Plan {
    /// Whether connections go through a middlebox in a live run: somebody's do in the plan, or it takes one to carry
    /// out the timeline.
    public var hasMiddlebox: Bool { namesMiddlebox || needsMiddlebox }

    /// Whether the plan itself has one for anybody.
    public var namesMiddlebox: Bool { plansOfGroups.contains { $0.target.middlebox != nil } }

    /// Whether an event of the timeline is a middlebox's to carry out: then all connections go through it.
    public var needsMiddlebox: Bool { timeline.contains(where: \.isOfMiddlebox) }

    /// The number of the table that has the entries of each group, by group; a single one without groups. Those who
    /// have no middlebox of their own share the plan's, and with it table 0.
    public var middleboxTables: [Int] {
        guard !groups.isEmpty else { return [0] }
        return groups.enumerated().map { index, group in
            if case .behind = group.network { index + 1 } else { 0 }
        }
    }

    /// The networks that the timeline moves clients to, each once and without their own: network 1, 2 and so on.
    public var otherNetworks: [String] {
        var names: [String] = []
        for case .reroute(let rerouting) in timeline.map(\.action) {
            guard let name = rerouting.network, name != Rerouting.home, !names.contains(name) else { continue }
            names.append(name)
        }
        return names
    }

    /// What the middlebox of each of those remembers, for any number of entries. Real time.
    public var otherMiddleboxes: [MiddleboxPolicy?] {
        otherNetworks.map { name in
            guard var policy = MiddleboxPolicy.presets[name] else { return nil }
            policy.aging = policy.aging?.scaled(by: 1 / timeScale)
            policy.ports = nil
            return policy
        }
    }

    /// Where a live middlebox listens: before every gateway where sessions go to gateways, and before the balancer.
    public var middleboxEntrances: [MiddleboxEntrance] {
        guard hasMiddlebox else { return [] }
        let gateways = target.via == .client ? (0..<GatewayID(mostGateways)).map { $0 } : []
        return gateways.map { .gateway($0) } + (hasBalancer ? [.balancer] : [])
    }

    /// How many listeners one of its processes has: one for each entrance of each network.
    public var middleboxListeners: Int { middleboxEntrances.count * (1 + otherNetworks.count) }
}

extension TimelineEvent {
    /// Whether a live run has a middlebox carry it out. Lines of whole gateways are cut at their end.
    public var isOfMiddlebox: Bool {
        switch action {
        case .reroute(let rerouting): !rerouting.kind.isOfClient
        case .disturb(let disturbance):
            disturbance.kind == .loseResets || (disturbance.kind == .partition && scope.gateways == nil)
        default: false
        }
    }
}

/// What stands behind one listener of a middlebox.
public enum MiddleboxEntrance: Equatable, Sendable {
    /// One gateway.
    case gateway(GatewayID)
    /// The balancer.
    case balancer

    /// That gateway; nil for the balancer.
    public var gateway: GatewayID? {
        if case .gateway(let gateway) = self { gateway } else { nil }
    }

    /// Where that listens.
    public var address: UInt32 {
        switch self {
        case .gateway(let gateway): FleetAddressing.gateway(gateway)
        case .balancer: FleetAddressing.balancer
        }
    }
}
