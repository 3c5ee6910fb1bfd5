import HoldfastCore

/// A registry to which gateways report and which sessions ask for a gateway, through one of its routers.
public struct RegistrySettings: Equatable, Sendable {
    /// Who keeps the registrations; never `static`.
    public var source: RegistrySource
    /// How long a registration counts after its last report.
    public var ttl: Span
    /// How often each gateway reports its connections.
    public var reportInterval: Span
    /// Routers that hear the same reports, but not of each other's answers.
    public var routers: Int
    /// How many gateways an answer offers: a session that keeps off the first takes the second.
    public var candidates: Int
    /// Whether a router adds its own answers to what was reported, until the next report.
    public var localIncrement: Bool
    /// What an attempt does when the registry has no gateway to offer.
    public var fallback: RegistryFallback
    /// Whether a list that shrinks below half is refused.
    public var selfProtection: Bool
    /// For how long a session goes where it was told last, without asking; nil is not at all.
    public var cache: Span?

    /// Settings from their parts.
    public init(
        source: RegistrySource = .registry,
        ttl: Span,
        reportInterval: Span,
        routers: Int,
        candidates: Int,
        localIncrement: Bool,
        fallback: RegistryFallback,
        selfProtection: Bool
    ) {
        self.source = source
        self.ttl = ttl
        self.reportInterval = reportInterval
        self.routers = routers
        self.candidates = candidates
        self.localIncrement = localIncrement
        self.fallback = fallback
        self.selfProtection = selfProtection
    }
}

/// Where sessions that balance by themselves have their list of gateways from.
public enum RegistrySource: String, CaseIterable, Sendable {
    /// From the routing service, to which etcd tells the registrations.
    case etcd
    /// From the routing service, to which gateways report.
    case registry
    /// From a file: every gateway, for ever.
    case `static`
}

extension Plan {
    /// Whether connections go through a balancer, some or all.
    public var hasBalancer: Bool { target.via != .client || target.registry?.fallback == .slb }

    /// Whether a live balancer can be reloaded. Whoever carries connections for our own does not say whether one that
    /// is over was made before, so that one that forgets its counts has to have its connections itself.
    public func canReload(keepsCounts: Bool) -> Bool {
        // Whoever has a balancer of his own reloads it himself.
        if target.via == .external { return false }
        return target.via.isForeign || keepsCounts || !handsOff && balancerCarriers == 0
    }

    /// Whether Holdfast's own balancer is there, for all connections or for those that a registry cannot place.
    public var hasEmbeddedBalancer: Bool { target.via == .embedded || target.via == .client && hasBalancer }
}

extension RoutingService {
    /// The routing service of `plan`, in real time; nil for a plan without a registry.
    public init?(plan: Plan) {
        guard let settings = plan.realTime.target.registry else { return nil }
        let registry = Registry(
            gateways: plan.mostGateways,
            ttl: settings.ttl,
            protection: settings.selfProtection ? .half : .off,
            timekeeping: settings.source == .etcd ? .lastReport : .clock
        )
        let policy: RegistryPolicy =
            switch plan.target.algorithm {
            case .headroomWeighted: .headroomWeighted(cap: plan.target.headroom)
            case .leastConnections, .leastReported: .leastReported
            case .powerOfTwo: .powerOfTwo
            case .roundRobin: .roundRobin
            // The others are refused beside a registry when the plan is read.
            default: .random
            }
        let router = RegistryRouter(
            policy: policy,
            gateways: plan.mostGateways,
            countsOwnPicks: settings.localIncrement
        )
        self.init(registry: registry, router: router, routers: settings.routers, candidates: settings.candidates)
    }
}
