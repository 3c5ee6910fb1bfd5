/// The brain of a layer-4 balancer: which gateway takes the next connection, and which are out of service.
///
/// It decides once per connection; nothing moves afterwards. Its state is shared by everything that passes through it.
public struct Balancer: Sendable {
    /// Connections per gateway that it believes are open, picks in progress included.
    public private(set) var connections: [UInt64]

    let algorithm: BalancingAlgorithm
    let weights: GatewayWeights
    let replacement: Bool
    let capacity: UInt64
    let bound: BoundedLoad
    let seed: Seed
    var service: ServiceList
    /// One after the last pick.
    var cursor = 0
    /// All of `connections` together.
    private(set) var open: UInt64 = 0
    /// The counts again, for `least-connections` of equal weights: a scan of 1,000 gateways at every pick would be most
    /// of a run.
    private(set) var least: LeastTree?
    var smooth: SmoothRoundRobin?
    let ring: ConsistentRing?
    var maglev: Maglev?
    var eligibility: Eligibility

    private let healthCheck: HealthCheck
    private let failTimeout: Span
    private let failureRule: ConnectFailureRule

    /// A balancer over `gateways` gateways, all in service.
    ///
    /// - Parameters:
    ///   - replacement: Both draws of `power-of-two` may be of one gateway.
    ///   - weights: One for each gateway, above 0; none when all are alike. What ``BalancingAlgorithm/knowsWeights``
    ///     says.
    ///   - capacity: The connections that `first` gives to one gateway.
    ///   - loadFactor: How much more than the even share `bounded-load` gives to one gateway, 1.01 or more.
    ///   - eligibility: What else a gateway must satisfy beside being in service.
    public init(
        algorithm: BalancingAlgorithm,
        gateways: Int,
        healthCheck: HealthCheck = .passive,
        failTimeout: Span = .seconds(1),
        failureRule: ConnectFailureRule = .repick,
        replacement: Bool = false,
        weights: [Int] = [],
        capacity: UInt64 = .max,
        loadFactor: Double = 1.25,
        eligibility: Eligibility = Eligibility(),
        seed: Seed
    ) {
        self.algorithm = algorithm
        self.healthCheck = healthCheck
        self.failTimeout = failTimeout
        self.failureRule = failureRule
        self.replacement = replacement
        self.capacity = capacity
        self.seed = seed
        self.eligibility = eligibility
        let weights = GatewayWeights(weights, gateways: gateways)
        self.weights = weights
        bound = BoundedLoad(factor: loadFactor)
        connections = [UInt64](repeating: 0, count: gateways)
        service = ServiceList(count: gateways)
        let usesTree = algorithm == .leastConnections && weights.areEqual && gateways > 0
        least = usesTree ? LeastTree(count: gateways) : nil
        smooth = algorithm == .smoothWeightedRoundRobin ? SmoothRoundRobin(weights) : nil
        ring = algorithm == .consistentHash || algorithm == .boundedLoad ? ConsistentRing(weights) : nil
        maglev = algorithm == .maglev ? Maglev(weights) : nil
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
        switch healthCheck {
        case .passive: unreachable(failed, now: now)
        // Its checks decide on the gateway; this connection alone goes elsewhere.
        case .tcp, .application: service.takeOut(Int(failed), until: now + .tick)
        case .none: break
        }
        guard Int(attempt) + 1 < connections.count else { return nil }
        switch failureRule {
        case .reset: return nil
        case .repick: return choose(session, ordinal, attempt: attempt + 1, now)
        case .next:
            guard let next = nextInOrder(after: Int(failed), now) else { return nil }
            opened(next)
            return GatewayID(next)
        }
    }

    /// `gateway` could not be reached for a client that has not waited for it: its connection is over already.
    public mutating func unreachable(_ gateway: GatewayID, now: Instant) {
        guard healthCheck == .passive else { return }
        service.takeOut(Int(gateway), until: now + failTimeout)
        eligibility.warm(gateway, from: now + failTimeout)
    }

    /// A connection to `gateway` is over.
    public mutating func closed(_ gateway: GatewayID) {
        forget(Int(gateway))
    }

    /// Gives `gateway` no new connections until it is enlisted: it left the fleet, or a check says so.
    public mutating func retire(_ gateway: GatewayID) { service.retire(Int(gateway)) }

    /// Gives `gateway` new connections again, from `now` on.
    public mutating func enlist(_ gateway: GatewayID, now: Instant) {
        service.enlist(Int(gateway))
        eligibility.warm(gateway, from: now)
    }

    /// Another process takes over with the same settings: it knows of no failure, and of cursor and counts only if it
    /// was handed them. Connections that are open and not counted must not be reported to it as closed.
    public mutating func reload(keepsCounts: Bool) {
        service.forgive()
        eligibility.forget()
        guard !keepsCounts else { return }
        cursor = 0
        open = 0
        connections = [UInt64](repeating: 0, count: connections.count)
        if least != nil { least = LeastTree(count: connections.count) }
        if smooth != nil { smooth = SmoothRoundRobin(weights) }
    }

    /// A connection to `gateway` that an earlier process began to make is this one's from now on.
    public mutating func adopt(_ gateway: GatewayID) { opened(Int(gateway)) }

    /// Whether `gateway` takes new connections.
    public func isInService(_ gateway: GatewayID, now: Instant) -> Bool { service.contains(Int(gateway), at: now) }

    private mutating func choose(
        _ session: SessionID,
        _ ordinal: Ordinal,
        attempt: UInt32,
        _ now: Instant
    ) -> GatewayID? {
        let counter = UInt64(ordinal) << 8 | UInt64(attempt)
        let pick = eligibility.isOpen ? nextGateway(session, counter, now) : eligible(session, counter, now)
        guard let pick else { return nil }
        cursor = pick + 1 == connections.count ? 0 : pick + 1
        opened(pick)
        return GatewayID(pick)
    }

    private mutating func opened(_ gateway: Int) {
        open += 1
        connections[gateway] += 1
        least?.set(gateway, to: connections[gateway])
    }

    private mutating func forget(_ gateway: Int) {
        open -= 1
        connections[gateway] -= 1
        least?.set(gateway, to: connections[gateway])
    }
}
