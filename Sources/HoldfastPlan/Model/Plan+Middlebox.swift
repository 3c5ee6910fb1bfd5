import HoldfastCore

extension Plan {
    /// Whether anybody's connections go through a middlebox.
    public var hasMiddlebox: Bool { plansOfGroups.contains { $0.target.middlebox != nil } }

    /// The number of the table that has the entries of each group, by group; a single one without groups. Those who
    /// have no middlebox of their own share the plan's, and with it table 0.
    public var middleboxTables: [Int] {
        guard !groups.isEmpty else { return [0] }
        return groups.enumerated().map { index, group in
            if case .behind = group.network { index + 1 } else { 0 }
        }
    }

    /// Where a live middlebox listens: before every gateway where sessions go to gateways, and before the balancer.
    public var middleboxEntrances: [MiddleboxEntrance] {
        guard hasMiddlebox else { return [] }
        let gateways = target.via == .client ? (0..<GatewayID(mostGateways)).map { $0 } : []
        return gateways.map { .gateway($0) } + (hasBalancer ? [.balancer] : [])
    }
}

/// What stands behind one listener of a middlebox.
public enum MiddleboxEntrance: Equatable, Sendable {
    /// One gateway.
    case gateway(GatewayID)
    /// The balancer.
    case balancer

    /// Where that listens.
    public var address: UInt32 {
        switch self {
        case .gateway(let gateway): FleetAddressing.gateway(gateway)
        case .balancer: FleetAddressing.balancer
        }
    }
}
