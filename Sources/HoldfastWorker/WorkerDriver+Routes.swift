import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// Sessions that ask a registry where to go.
extension WorkerDriver {
    /// Asks for the attempt of `slot` that has just begun.
    func ask(_ routes: RouteClient, _ slot: Int, _ now: Instant) {
        let session = sessions[slot]
        routes.ask(
            RouteClient.Attempt(
                slot: slot,
                number: session.attempts,
                draw: segment.policy.seed.draw(.clientPick, actor: session.id, UInt64(session.ordinal)),
                avoidance: session.avoidance(now: now)
            )
        )
    }

    /// Where the attempt of `slot` that has just begun goes without asking; nil when it has to.
    mutating func rememberedRoute(_ slot: Int, _ now: Instant) -> GatewayID? {
        guard let known = routeCache?.gateway(of: slot, avoiding: sessions[slot].avoidance(now: now), now: now)
        else { return nil }
        tell(slot, .routed(to: known), now)
        return known
    }

    /// Sends attempts where the registry says, or does without it.
    mutating func takeRoutes(_ reactor: inout Reactor) {
        guard let answers = routes?.takeAnswers() else { return }
        for answer in answers {
            let slot = answer.slot
            // The attempt may be over by now.
            guard sessions[slot].phase == .connecting, sessions[slot].attempts == answer.number,
                reactor.descriptor(of: slot) < 0
            else { continue }
            if answer.gateway != noGateway { routeCache?.remember(answer.gateway, of: slot, now: reactor.now) }
            if answer.gateway != noGateway || !segment.plan.hasBalancer {
                drive(slot, .routed(to: answer.gateway), &reactor)
                guard answer.gateway != noGateway else { continue }
            }
            if let failure = connect(slot, answer.gateway, &reactor) { drive(slot, failure, &reactor) }
        }
    }

    /// What this worker knows of the registry's answers; nil without one.
    var routing: RoutingTally? {
        guard let routes else { return nil }
        var tally = RoutingTally()
        tally.unreached = routes.unreached
        return tally
    }
}
