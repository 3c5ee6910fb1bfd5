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
    private let seed: Seed
    private var cursor = 0
    private var outUntil: [Instant]

    /// A balancer over `gateways` gateways, all in service.
    public init(
        algorithm: BalancingAlgorithm,
        gateways: Int,
        healthCheck: HealthCheck = .passive,
        failTimeout: Span = .seconds(1),
        failureRule: ConnectFailureRule = .repick,
        seed: Seed
    ) {
        self.algorithm = algorithm
        self.healthCheck = healthCheck
        self.failTimeout = failTimeout
        self.failureRule = failureRule
        self.seed = seed
        connections = [UInt64](repeating: 0, count: gateways)
        outUntil = [Instant](repeating: Instant(nanoseconds: .min), count: gateways)
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
        connections[Int(failed)] -= 1
        if healthCheck == .passive { outUntil[Int(failed)] = now + failTimeout }
        guard Int(attempt) + 1 < connections.count else { return nil }
        switch failureRule {
        case .reset: return nil
        case .repick: return choose(session, ordinal, attempt: attempt + 1, now)
        case .next:
            guard let next = firstInService(from: Int(failed) + 1, now) else { return nil }
            connections[next] += 1
            return GatewayID(next)
        }
    }

    /// A connection to `gateway` is over.
    public mutating func closed(_ gateway: GatewayID) {
        connections[Int(gateway)] -= 1
    }

    /// Whether `gateway` takes new connections.
    public func isInService(_ gateway: GatewayID, now: Instant) -> Bool { now >= outUntil[Int(gateway)] }

    private mutating func choose(
        _ session: SessionID,
        _ ordinal: Ordinal,
        attempt: UInt32,
        _ now: Instant
    ) -> GatewayID? {
        let pick: Int?
        switch algorithm {
        case .random:
            let counter = UInt64(ordinal) << 8 | UInt64(attempt)
            pick = random(seed.draw(.balancerPick, actor: session, counter), now)
        case .roundRobin:
            pick = firstInService(from: cursor, now)
        case .leastConnections:
            pick = leastLoaded(now)
        }
        guard let pick else { return nil }
        if algorithm != .random { cursor = (pick + 1) % connections.count }
        connections[pick] += 1
        return GatewayID(pick)
    }

    private func random(_ draw: UInt64, _ now: Instant) -> Int? {
        var inService: UInt64 = 0
        for gateway in connections.indices where now >= outUntil[gateway] { inService += 1 }
        guard inService > 0 else { return nil }
        var remaining = below(inService, draw)
        for gateway in connections.indices where now >= outUntil[gateway] {
            if remaining == 0 { return gateway }
            remaining -= 1
        }
        return nil
    }

    private func firstInService(from start: Int, _ now: Instant) -> Int? {
        for step in connections.indices {
            let gateway = (start + step) % connections.count
            if now >= outUntil[gateway] { return gateway }
        }
        return nil
    }

    /// Ties go to the first at or after the cursor.
    private func leastLoaded(_ now: Instant) -> Int? {
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
