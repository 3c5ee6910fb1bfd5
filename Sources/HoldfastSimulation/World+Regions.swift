import HoldfastCore
import HoldfastPlan

/// How long it takes from one place to another in a plan with regions: one way, nil where no way leads.
struct Distances {
    /// By group: to the balancer.
    private let toBalancer: [Span?]
    /// By group, then by gateway.
    private let toGateway: [[Span?]]
    /// By gateway: from the balancer on.
    private let behindBalancer: [Span?]

    /// The distances of `plan`; nil without regions.
    init?(_ plan: Plan) {
        guard plan.target.regions != nil else { return nil }
        let regions = plan.groups.map { $0.region ?? "" }
        toBalancer = regions.map { plan.target.roundTripToBalancer(from: $0)?.scaled(by: 0.5) }
        toGateway = regions.map { region in
            plan.target.roundTrips(from: region, toGateways: plan.mostGateways).map { $0?.scaled(by: 0.5) }
        }
        let behind = plan.target.roundTripsBehindBalancer(toGateways: plan.mostGateways)
        behindBalancer = behind.map { $0?.scaled(by: 0.5) }
    }

    /// From a group's sessions to a gateway, or to the balancer.
    func way(from group: UInt16, to gateway: GatewayID) -> Span? {
        guard gateway != noGateway else { return toBalancer[Int(group)] }
        let row = toGateway[Int(group)]
        return Int(gateway) < row.count ? row[Int(gateway)] : nil
    }

    /// From the balancer to a gateway.
    func way(behindBalancerTo gateway: GatewayID) -> Span? { behindBalancer[Int(gateway)] }
}

extension World {
    /// Lays the way of a connection that begins.
    func layWay(_ path: inout Path, _ key: LinkKey) {
        guard let distances else { return }
        guard let way = distances.way(from: seats[Int(key.session)].group, to: path.wanted) else {
            path.isOutOfReach = true
            return
        }
        path.way = way
    }

    /// Whether a first segment has further to go: the balancer has chosen a gateway that is somewhere else.
    mutating func travelsOn(_ event: SimulatedEvent, _ key: LinkKey, to gateway: GatewayID) -> Bool {
        guard let distances, var path = paths[key], path.wanted == noGateway, !path.isForwarded else { return false }
        path.isForwarded = true
        path.gateway = gateway
        let further = distances.way(behindBalancerTo: gateway)
        path.isOutOfReach = further == nil
        path.way = path.way + (further ?? .zero)
        paths[key] = path
        guard let further, further > .zero else { return further == nil }
        var onward = event
        onward.at = now + further
        queue.push(onward, .transit)
        return true
    }

    // MARK: How long connects take

    /// An attempt begins.
    mutating func startClock(_ id: Int) {
        if measuresConnects { attemptedAt[id] = now }
    }

    /// The connection is there.
    mutating func noteHandshake(_ id: Int) {
        guard measuresConnects, seats[id].session.phase == .connecting else { return }
        let wait = now - attemptedAt[id]
        segments[Int(seats[id].segment)].counters.handshake.record(wait)
        count(id) { $0.handshake.record(wait) }
    }

    /// The login is answered.
    mutating func noteConnect(_ id: Int) {
        guard measuresConnects else { return }
        let wait = now - attemptedAt[id]
        segments[Int(seats[id].segment)].counters.connect.record(wait)
        count(id) { $0.connect.record(wait) }
    }
}
