/// The algorithms: a new name is one line in `nextGateway` and a file of its own.
extension Balancer {
    /// The gateway that the algorithm names, nil when nobody is in service or has room. `counter` keys the draw of
    /// `session`.
    mutating func nextGateway(_ session: SessionID, _ counter: UInt64, _ now: Instant) -> Int? {
        let key = pairHash(session, 0)
        switch algorithm {
        case .boundedLoad: return belowBound(key, now)
        case .consistentHash: return onRing(key, now)
        case .first: return firstWithRoom(now)
        case .leastConnections: return leastLoaded(now)
        case .maglev: return maglev?.pick(key, service, at: now)
        case .powerOfTwo: return lessLoadedOfTwo(seed.draw(.balancerPick, actor: session, counter), now)
        // Those that only clients have are refused for balancers when a plan is read.
        case .random, .headroomWeighted, .leastReported, .nearest, .sticky, .subset:
            return random(seed.draw(.balancerPick, actor: session, counter), now)
        case .rendezvous:
            return RendezvousHash.pick(session: session, gateways: connections.count) { service.contains($0, at: now) }
        case .roundRobin: return service.first(from: cursor, at: now)
        case .smoothWeightedRoundRobin: return smooth?.pick(service, at: now)
        case .sourceHash: return nth(key, now)
        }
    }

    // MARK: Draws

    private func random(_ draw: UInt64, _ now: Instant) -> Int? {
        guard weights.areEqual else { return weights.pick(draw) { service.contains($0, at: now) } }
        let count = service.count(at: now)
        return count > 0 ? service.nth(Int(below(UInt64(count), draw)), at: now) : nil
    }

    private func lessLoadedOfTwo(_ draw: UInt64, _ now: Instant) -> Int? {
        guard weights.areEqual else { return lessLoadedByWeight(draw, now) }
        let count = service.count(at: now)
        guard count > 1 else { return random(draw, now) }
        let (first, second) = TwoChoices.pair(of: count, draw: draw, replacement: replacement)
        guard let left = service.nth(first, at: now), let right = service.nth(second, at: now) else { return nil }
        return connections[right] < connections[left] ? right : left
    }

    /// Heavy gateways are drawn more often, and may carry more before the other is taken instead.
    private func lessLoadedByWeight(_ draw: UInt64, _ now: Instant) -> Int? {
        guard let first = random(draw, now) else { return nil }
        let other = weights.pick(mix64(draw)) { (replacement || $0 != first) && service.contains($0, at: now) }
        guard let second = other else { return first }
        return weights.isLess(connections[second], on: second, than: connections[first], on: first) ? second : first
    }

    // MARK: Hashes

    /// The hash modulo the number in service, as a map of that size would have it.
    private func nth(_ hash: UInt64, _ now: Instant) -> Int? {
        let count = service.count(at: now)
        return count > 0 ? service.nth(Int(hash % UInt64(count)), at: now) : nil
    }

    private func onRing(_ key: UInt64, _ now: Instant) -> Int? {
        guard let ring, service.count(at: now) > 0 else { return nil }
        return ring.pick(key) { service.contains($0, at: now) }
    }

    /// Shares are those of gateways in service, so that one of them is always below its bound.
    private func belowBound(_ key: UInt64, _ now: Instant) -> Int? {
        guard let ring, service.count(at: now) > 0 else { return nil }
        var sum = (open: open, weights: weights.total)
        if !service.isWhole(at: now) {
            sum = (0, 0)
            for gateway in connections.indices where service.contains(gateway, at: now) {
                sum.open += connections[gateway]
                sum.weights += weights.values[gateway]
            }
        }
        return ring.pick(key) { gateway in
            let slots = bound.slots(open: sum.open, weight: weights.values[gateway], weights: sum.weights)
            return connections[gateway] < slots && service.contains(gateway, at: now)
        }
    }

    // MARK: Loads

    private func firstWithRoom(_ now: Instant) -> Int? {
        for gateway in connections.indices where connections[gateway] < capacity {
            if service.contains(gateway, at: now) { return gateway }
        }
        return nil
    }

    /// Ties go to the first at or after the cursor.
    private func leastLoaded(_ now: Instant) -> Int? {
        if let least, service.isWhole(at: now) { return least.first(from: cursor) }
        var best: Int?
        for step in connections.indices {
            let gateway = (cursor + step) % connections.count
            guard service.contains(gateway, at: now) else { continue }
            if let best, !weights.isLess(connections[gateway], on: gateway, than: connections[best], on: best) {
                continue
            }
            best = gateway
        }
        return best
    }
}
