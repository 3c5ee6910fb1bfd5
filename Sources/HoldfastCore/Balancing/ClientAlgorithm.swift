/// The algorithms that a session can use which knows only its own history.
public enum ClientAlgorithm: Equatable, Sendable {
    case consistentHash(ConsistentRing)
    /// The first gateway in id order.
    case first
    case maglev(MaglevTable)
    case nearest(Nearness)
    case random
    case rendezvous
    case roundRobin
    case sourceHash
    case sticky
    /// At random among the `size` gateways of the session's own subset.
    case subset(size: UInt32)
    case weightedRandom(GatewayWeights)

    /// What `algorithm` is for sessions that pick one of `gateways` gateways themselves; nil when only a balancer has
    /// it. `weights` as in ``GatewayWeights``; `subset` is the size of one, and
    /// `roundTrips` says how far each gateway is, all alike where it says nothing.
    public init?(
        _ algorithm: BalancingAlgorithm,
        gateways: Int,
        weights: [Int] = [],
        subset: Int = 1,
        roundTrips: [Span?] = []
    ) {
        let weights = GatewayWeights(weights, gateways: gateways)
        switch algorithm {
        case .consistentHash: self = .consistentHash(ConsistentRing(weights))
        case .first: self = .first
        case .maglev: self = .maglev(MaglevTable(weights))
        case .nearest:
            let alike = [Span?](repeating: .zero, count: gateways)
            self = .nearest(Nearness(roundTrips.isEmpty ? alike : roundTrips))
        case .random: self = weights.areEqual ? .random : .weightedRandom(weights)
        case .rendezvous: self = .rendezvous
        case .roundRobin: self = .roundRobin
        case .sourceHash: self = .sourceHash
        case .sticky: self = .sticky
        case .subset: self = .subset(size: UInt32(min(max(1, subset), gateways)))
        case .boundedLoad, .headroomWeighted, .leastConnections, .leastReported, .powerOfTwo: return nil
        case .smoothWeightedRoundRobin: return nil
        }
    }
}
