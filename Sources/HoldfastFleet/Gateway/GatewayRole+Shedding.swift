import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// Shedding to the mean, which the coordinator tells with every answer.
extension GatewayRole {
    /// All gateways look at the same instants: t0 and so many intervals.
    mutating func planComparing(from t0: Instant, now: Instant, _ life: inout AgentLife) {
        guard let interval = comparingInterval else { return }
        let past = max(0, (now - t0).nanoseconds / interval.nanoseconds)
        life.plan(step: steps.count, at: t0 + interval * (past + 1))
        steps.append(.compare)
        steps.append(.shed)
    }

    mutating func compare(_ step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        guard let t0, let interval = comparingInterval else { return }
        let past = max(0, (reactor.now - t0).nanoseconds / interval.nanoseconds)
        life.plan(step: step, at: t0 + interval * (past + 1))
        guard !server.isDrained, !server.isLeaving else { return }
        server.compare(fleet, &reactor) { plan.rankForShedding($0) }
        planTurn(step + 1, &life)
    }

    mutating func shed(_ step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        isTurnAhead = false
        guard !server.isDrained, !server.isLeaving else { return }
        server.shed(&reactor)
        planTurn(step, &life)
    }

    private mutating func planTurn(_ step: Int, _ life: inout AgentLife) {
        guard !isTurnAhead, let next = server.nextTurn else { return }
        isTurnAhead = true
        life.plan(step: step, at: next)
    }

    private var comparingInterval: Span? { plan.realTime.target.gateway.shed?.interval }
}
