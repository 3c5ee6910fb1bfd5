import HoldfastCore

/// Gateways that hold more than their share, in virtual time: all look at the same mean at the same instant.
extension World {
    mutating func compare() {
        guard let policy = real.target.gateway.shed else { return }
        var load = FleetLoad(connections: 0, gateways: 0)
        for gateway in gateways where World.shares(gateway) {
            load.connections += gateway.counters.open
            load.gateways += 1
        }
        for index in gateways.indices where World.shares(gateways[index]) {
            let wasShedding = gateways[index].shedding?.isRefusing == true
            gateways[index].shedding?.look(gateways[index].staying, load, now: now)
            let isShedding = gateways[index].shedding?.isRefusing == true
            if isShedding, !wasShedding { gateways[index].excess = candidates(on: GatewayID(index)) }
            shed(GatewayID(index))
        }
        schedule(.fleet(.compare), at: now + policy.interval)
    }

    /// Asks everybody to go whose turn it is.
    mutating func shed(_ gateway: GatewayID) {
        let index = Int(gateway)
        guard World.shares(gateways[index]) else { return }
        while let key = gateways[index].excess.first {
            guard isStaying(key, on: gateway) else {
                gateways[index].excess.removeFirst()
                continue
            }
            guard gateways[index].shedding?.takeTurn(gateways[index].staying, now: now) == true else { break }
            gateways[index].excess.removeFirst()
            driveGateway(key, .commanded(.leave(.shed)))
        }
        guard !gateways[index].excess.isEmpty, !gateways[index].isTurnAhead,
            let next = gateways[index].shedding?.nextTurn(gateways[index].staying)
        else { return }
        gateways[index].isTurnAhead = true
        schedule(.fleet(.shed(gateway)), at: next)
    }

    /// Whether a gateway is one of those that share the load, and can do anything about it.
    private static func shares(_ gateway: SimulatedGateway) -> Bool {
        gateway.isRunning && gateway.isListening && !gateway.isIdle && !gateway.isHostDown
    }

    private func candidates(on gateway: GatewayID) -> ArraySlice<LinkKey> {
        let ranked = links(of: gateway).map { (rank: plan.rankForShedding($0.session), key: $0) }
        return ranked.sorted { ($0.rank, $0.key) < ($1.rank, $1.key) }.map(\.key)[...]
    }

    private func isStaying(_ key: LinkKey, on gateway: GatewayID) -> Bool {
        let link = seats[Int(key.session)].link
        let isPresent = link.isOpen && link.ordinal == key.ordinal
        guard let found = isPresent ? link : ghosts[key] else { return false }
        return found.gateway == gateway && found.connection.phase == .admitted
    }
}
