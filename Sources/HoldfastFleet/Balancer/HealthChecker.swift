import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// A balancer's own looks at the gateways, each a connection that carries nothing.
///
/// `tcp` is content with a kernel that accepts, and resets the connection. `application` says that it is done (FIN),
/// and wants to hear the same: a kernel never says that by itself. A check that has come to nothing by the time of the
/// next one is a bad one, so who freezes is found an interval later than who refuses.
struct HealthChecker {
    /// What it looks for, and where.
    struct Policy {
        var settings: CheckSettings
        var wantsAnswer: Bool
        var gatewayPort: UInt16

        /// That of `plan`, in real time; nil for a balancer that looks at nobody.
        init?(_ plan: Plan, gatewayPort: UInt16) {
            let balancer = plan.realTime.target.balancer
            guard plan.hasEmbeddedBalancer, balancer.healthCheck.isActive else { return nil }
            settings = balancer.check
            wantsAnswer = balancer.healthCheck == .application
            self.gatewayPort = gatewayPort
        }
    }

    /// A gateway that has changed sides.
    struct Change {
        var gateway: GatewayID
        var isUp: Bool
    }

    let policy: Policy
    private let firstSlot: Int
    private var health: [CheckedHealth]

    /// The slots of one check for each gateway begin at `firstSlot`.
    init(_ policy: Policy, gateways: Int, firstSlot: Int) {
        self.policy = policy
        self.firstSlot = firstSlot
        health = [CheckedHealth](repeating: CheckedHealth(), count: gateways)
    }

    /// Slots that it needs.
    var count: Int { health.count }

    /// Looks at `gateway` again. What the last look has come to, if it only ends now, or this one at once.
    mutating func begin(_ gateway: GatewayID, _ reactor: inout Reactor) -> Change? {
        let slot = firstSlot + Int(gateway)
        var change: Change?
        if reactor.descriptor(of: slot) >= 0 { change = end(slot, isGood: false, &reactor) }
        let source = Endpoint(address: FleetAddressing.balancer, port: 0)
        let destination = Endpoint(address: FleetAddressing.gateway(gateway), port: policy.gatewayPort)
        guard reactor.connect(slot, from: source, to: destination) == 0 else {
            return note(gateway, isGood: false) ?? change
        }
        return change
    }

    /// Looks at `gateway` no more: it is not there.
    func cancel(_ gateway: GatewayID, _ reactor: inout Reactor) {
        let slot = firstSlot + Int(gateway)
        if reactor.descriptor(of: slot) >= 0 { reactor.reset(slot) }
    }

    /// The connection of `slot` has come to something.
    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) -> Change? {
        guard reactor.descriptor(of: slot) >= 0 else { return nil }
        if readiness.contains(.failed) { return end(slot, isGood: false, &reactor) }
        if readiness.contains(.readable) || readiness.isOver {
            switch reactor.read(slot) {
            case .bytes, .finished: return end(slot, isGood: true, &reactor)
            case .failed: return end(slot, isGood: false, &reactor)
            case .nothing: break
            }
        }
        guard readiness.contains(.writable) else { return nil }
        guard policy.wantsAnswer else { return end(slot, isGood: true, &reactor) }
        reactor.watch(slot, .incoming)
        reactor.finish(slot)
        return nil
    }

    private mutating func end(_ slot: Int, isGood: Bool, _ reactor: inout Reactor) -> Change? {
        reactor.reset(slot)
        return note(GatewayID(slot - firstSlot), isGood: isGood)
    }

    private mutating func note(_ gateway: GatewayID, isGood: Bool) -> Change? {
        guard health[Int(gateway)].note(isGood: isGood, policy.settings) else { return nil }
        return Change(gateway: gateway, isUp: health[Int(gateway)].isUp)
    }
}
