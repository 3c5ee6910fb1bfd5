/// A registry and the routers that answer for it: who asks is told one gateway.
///
/// Reports reach the registry and all routers at once; routers do not tell each other where they sent whom.
public struct RoutingService: Sendable {
    /// The list that all routers answer from.
    public private(set) var registry: Registry
    /// What its answers rested on so far.
    public private(set) var tally = RoutingTally()

    private var routers: [RegistryRouter]
    private let candidates: Int

    /// `routers` routers with one rule before `registry`, each of which knows at most `candidates` answers (1 or more).
    ///
    /// Who keeps off the first is told the second, and the third; who keeps off all of them is told the first again.
    public init(registry: Registry, router: RegistryRouter, routers: Int, candidates: Int) {
        self.registry = registry
        self.routers = [RegistryRouter](repeating: router, count: routers)
        self.candidates = candidates
    }

    /// `gateway` says that it carries `load` connections.
    public mutating func report(_ load: UInt64, of gateway: GatewayID, at time: Instant) {
        guard registry.report(load, of: gateway, at: time) else { return }
        for router in routers.indices { routers[router].report(load, of: gateway, at: time) }
    }

    /// `gateway` says that it leaves.
    public mutating func remove(_ gateway: GatewayID) { registry.remove(gateway) }

    /// From now on no report arrives, or each does again.
    public mutating func pause(_ isPaused: Bool) { registry.pause(isPaused) }

    /// From now on the registry shows this share of its gateways; 1 shows all.
    public mutating func show(_ share: Double) { registry.show(share) }

    /// Brings the registry's list up to `now`.
    public mutating func refresh(now: Instant) { registry.refresh(now: now) }

    /// The gateway for one attempt by the random bits `draw`, which choose the router too; nil without gateways.
    public mutating func route(_ draw: UInt64, avoiding avoidance: Avoidance, now: Instant) -> GatewayID? {
        registry.refresh(now: now)
        let router = Int(below(UInt64(routers.count), mix64(draw ^ goldenGamma)))
        guard let pick = answer(of: router, draw, avoidance, now) else {
            tally.unanswered += 1
            return nil
        }
        routers[router].take(pick)
        tally.answers += 1
        if registry.isProtected || registry.isCutOff { tally.fromOldList += 1 }
        if let age = registry.age(of: pick, now: now), age > tally.oldestReport { tally.oldestReport = age }
        return pick
    }

    /// Of three distinct gateways at least one is neither avoided nor in quarantine.
    private func answer(of router: Int, _ draw: UInt64, _ avoidance: Avoidance, _ now: Instant) -> GatewayID? {
        var (first, second) = (noGateway, noGateway)
        var spare = noGateway
        var bits = draw
        for _ in 0..<min(candidates, 3) {
            let offered = OfferedGateways(registry.list, without: first, second)
            guard let pick = routers[router].choice(bits, among: offered, now: now) else { break }
            guard avoidance.concerns(pick) else { return pick }
            if spare == noGateway, pick != avoidance.quarantined { spare = pick }
            if first == noGateway { first = pick } else { second = pick }
            bits = mix64(bits &+ goldenGamma)
        }
        if spare != noGateway { return spare }
        return first == noGateway ? nil : first
    }
}
