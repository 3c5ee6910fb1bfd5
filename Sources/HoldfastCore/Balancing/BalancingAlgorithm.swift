/// The rule by which a balancer, or a session of its own, picks a gateway; the names are the same for every balancer.
public enum BalancingAlgorithm: String, CaseIterable, Sendable {
    /// As `consistent-hash`, but on to the next point while a gateway has more than its bound.
    case boundedLoad = "bounded-load"
    /// The next point on a ring of hashes: a gateway that goes moves only its own sessions, which spread.
    case consistentHash = "consistent-hash"
    /// The first in id order with room for another.
    case first
    /// At random by what is left below a multiple of the mean of the connections last reported.
    case headroomWeighted = "headroom-weighted"
    /// Fewest connections at decision time, ties by the cursor of `round-robin`.
    case leastConnections = "least-connections"
    /// Fewest connections last reported, ties to the first behind the last pick.
    case leastReported = "least-reported"
    /// Maglev's table: as even as can be, and nearly the same without one gateway.
    case maglev
    /// The one that is fewest milliseconds away from the session, ties by the cursor of the session's `round-robin`.
    case nearest
    /// Two drawn among those in service, the one with fewer connections, ties to the first drawn.
    case powerOfTwo = "power-of-two"
    /// Evenly among those in service.
    case random
    /// The highest hash of (session, gateway) among those in service: sessions come home when their gateway does.
    case rendezvous
    /// One cursor over all ids; those out of service are skipped.
    case roundRobin = "round-robin"
    /// Turns by weight, spread as evenly as they can be.
    case smoothWeightedRoundRobin = "smooth-weighted-round-robin"
    /// The hash of the session, dealt over those in service: most sessions move when any gateway comes or goes.
    case sourceHash = "source-hash"
    /// A session's last gateway again, at first one at random.
    case sticky
    /// At random among a few gateways of the session's own.
    case subset

    /// Whether it needs to know what gateways carry, which a session that knows only its own history does not.
    public var needsLoad: Bool {
        self == .leastConnections || self == .powerOfTwo || self == .boundedLoad || needsReports
    }
    /// Whether it goes by what gateways report, which a balancer that counts for itself does not need.
    public var needsReports: Bool { self == .headroomWeighted || self == .leastReported }
    /// Whether it needs to know where a session was, which a balancer that only sees connections does not.
    public var needsHistory: Bool { self == .sticky }
    /// Whether a session that picks its gateway itself can use it.
    public var isForClients: Bool { !needsLoad && self != .smoothWeightedRoundRobin }
    /// Whether a balancer can use it.
    public var isForBalancers: Bool { !needsHistory && !needsReports && self != .subset && self != .nearest }
    /// Whether some gateways can be given more than others.
    public var knowsWeights: Bool {
        switch self {
        case .boundedLoad, .consistentHash, .leastConnections, .maglev, .powerOfTwo, .random: true
        case .smoothWeightedRoundRobin: true
        case .first, .headroomWeighted, .leastReported, .nearest, .rendezvous, .roundRobin: false
        case .sourceHash, .sticky, .subset: false
        }
    }
}

/// What a balancer does with a client whose gateway refused the connection.
public enum ConnectFailureRule: String, CaseIterable, Sendable {
    /// The next id in order, whatever the algorithm (shows the neighbour bias).
    case next
    /// Choose again among those in service.
    case repick
    /// Reset the client.
    case reset
}

/// How a balancer learns that a gateway is out of service.
public enum HealthCheck: String, CaseIterable, Sendable {
    /// Not at all.
    case none
    /// From its own failed connects.
    case passive
    /// It connects from time to time: what accepts is in service.
    case tcp
    /// It connects and asks from time to time: what answers is in service.
    case application

    /// Whether it looks by itself.
    public var isActive: Bool { self == .tcp || self == .application }
}

/// Which gateways a session that balances by itself considers after a failure.
public enum FailureChoice: String, CaseIterable, Sendable {
    /// The gateway that just failed is left out of the next pick while another exists.
    case switchGateway = "switch"
    /// All of them.
    case stay
}
