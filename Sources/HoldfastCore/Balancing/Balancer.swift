/// The brain of a layer-4 balancer: which gateway takes the next connection, and which are out of service.
///
/// It decides once per connection; nothing moves afterwards. Its state is shared by everything that passes through it.
public struct Balancer: Sendable {
    /// Connections per gateway that it believes are open, picks in progress included.
    public private(set) var connections: [UInt64]

    private let algorithm: BalancingAlgorithm
    private let healthCheck: HealthCheck
    private let failTimeout: Span
    private let failureRule: ConnectFailureRule
    private let replacement: Bool
    private let seed: Seed
    private var cursor = 0
    /// The counts again, for `least-connections` only: a scan of 1,000 gateways at every pick would be most of a run.
    private var least: LeastTree?
    private var outUntil: [Instant]
    /// From when on everybody is in service.
    private var allInServiceFrom = Instant(nanoseconds: .min)

    /// A balancer over `gateways` gateways, all in service; with `replacement` both draws of `power-of-two` may be of
    /// one gateway.
    public init(
        algorithm: BalancingAlgorithm,
        gateways: Int,
        healthCheck: HealthCheck = .passive,
        failTimeout: Span = .seconds(1),
        failureRule: ConnectFailureRule = .repick,
        replacement: Bool = false,
        seed: Seed
    ) {
        self.algorithm = algorithm
        self.healthCheck = healthCheck
        self.failTimeout = failTimeout
        self.failureRule = failureRule
        self.replacement = replacement
        self.seed = seed
        connections = [UInt64](repeating: 0, count: gateways)
        outUntil = [Instant](repeating: Instant(nanoseconds: .min), count: gateways)
        least = algorithm == .leastConnections && gateways > 0 ? LeastTree(count: gateways) : nil
    }

    /// The gateway for a new client, counted as open from now on; nil when none is in service.
    ///
    /// `session` and `ordinal` come from the client's address and port; they key the draw, so populations under
    /// `random` do not depend on arrival order.
    public mutating func pick(session: SessionID, ordinal: Ordinal, now: Instant) -> GatewayID? {
        choose(session, ordinal, attempt: 0, now)
    }

    /// The gateway to try after `failed` could not be reached in try `attempt` (0-based); nil resets the client.
    public mutating func pickAgain(
        after failed: GatewayID,
        session: SessionID,
        ordinal: Ordinal,
        attempt: UInt32,
        now: Instant
    ) -> GatewayID? {
        forget(Int(failed))
        if healthCheck == .passive {
            outUntil[Int(failed)] = now + failTimeout
            allInServiceFrom = max(allInServiceFrom, now + failTimeout)
        }
        guard Int(attempt) + 1 < connections.count else { return nil }
        switch failureRule {
        case .reset: return nil
        case .repick: return choose(session, ordinal, attempt: attempt + 1, now)
        case .next:
            guard let next = firstInService(from: Int(failed) + 1, now) else { return nil }
            opened(next)
            return GatewayID(next)
        }
    }

    /// A connection to `gateway` is over.
    public mutating func closed(_ gateway: GatewayID) {
        forget(Int(gateway))
    }

    /// Whether `gateway` takes new connections.
    public func isInService(_ gateway: GatewayID, now: Instant) -> Bool { now >= outUntil[Int(gateway)] }

    private mutating func choose(
        _ session: SessionID,
        _ ordinal: Ordinal,
        attempt: UInt32,
        _ now: Instant
    ) -> GatewayID? {
        let counter = UInt64(ordinal) << 8 | UInt64(attempt)
        let pick: Int?
        switch algorithm {
        // Those that only clients have are refused for balancers when a plan is read.
        case .random, .sticky, .headroomWeighted, .leastReported:
            pick = random(seed.draw(.balancerPick, actor: session, counter), now)
        case .powerOfTwo: pick = lessLoadedOfTwo(seed.draw(.balancerPick, actor: session, counter), now)
        case .sourceHash: pick = nth(pairHash(session, 0), now)
        case .rendezvous:
            pick = RendezvousHash.pick(session: session, gateways: connections.count) { now >= outUntil[$0] }
        case .roundRobin: pick = firstInService(from: cursor, now)
        case .leastConnections: pick = leastLoaded(now)
        }
        guard let pick else { return nil }
        cursor = pick + 1 == connections.count ? 0 : pick + 1
        opened(pick)
        return GatewayID(pick)
    }

    private mutating func opened(_ gateway: Int) {
        connections[gateway] += 1
        least?.set(gateway, to: connections[gateway])
    }

    private mutating func forget(_ gateway: Int) {
        connections[gateway] -= 1
        least?.set(gateway, to: connections[gateway])
    }

    private func random(_ draw: UInt64, _ now: Instant) -> Int? {
        let count = inServiceCount(now)
        return count > 0 ? inService(Int(below(UInt64(count), draw)), now) : nil
    }

    /// The hash modulo the number in service, as a map of that size would have it.
    private func nth(_ hash: UInt64, _ now: Instant) -> Int? {
        let count = inServiceCount(now)
        return count > 0 ? inService(Int(hash % UInt64(count)), now) : nil
    }

    private func lessLoadedOfTwo(_ draw: UInt64, _ now: Instant) -> Int? {
        let count = inServiceCount(now)
        guard count > 1 else { return random(draw, now) }
        let (first, second) = TwoChoices.pair(of: count, draw: draw, replacement: replacement)
        guard let left = inService(first, now), let right = inService(second, now) else { return nil }
        return connections[right] < connections[left] ? right : left
    }

    private func inServiceCount(_ now: Instant) -> Int {
        guard now < allInServiceFrom else { return connections.count }
        return outUntil.reduce(0) { $1 <= now ? $0 + 1 : $0 }
    }

    /// The gateway in service with this number among them.
    private func inService(_ number: Int, _ now: Instant) -> Int? {
        guard now < allInServiceFrom else { return number }
        var remaining = number
        for gateway in connections.indices where now >= outUntil[gateway] {
            if remaining == 0 { return gateway }
            remaining -= 1
        }
        return nil
    }

    private func firstInService(from start: Int, _ now: Instant) -> Int? {
        guard !connections.isEmpty else { return nil }
        let start = start == connections.count ? 0 : start
        if now >= allInServiceFrom { return start }
        for step in connections.indices {
            let gateway = (start + step) % connections.count
            if now >= outUntil[gateway] { return gateway }
        }
        return nil
    }

    /// Ties go to the first at or after the cursor.
    private func leastLoaded(_ now: Instant) -> Int? {
        if now >= allInServiceFrom, let least { return least.first(from: cursor) }
        var best: Int?
        for step in connections.indices {
            let gateway = (cursor + step) % connections.count
            guard now >= outUntil[gateway] else { continue }
            if let current = best, connections[gateway] >= connections[current] { continue }
            best = gateway
        }
        return best
    }
}
