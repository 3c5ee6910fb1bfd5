import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// A drain: out of service, and everybody asked to go.
extension GatewayRole {
    mutating func letGo(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        guard case .drain(let settings, let length) = plan.realTime.timeline[fault].action else { return }
        let start = reactor.now
        let gateway = server.identity.gateway
        executed.append(ExecutedInterval(fault: fault, gateway: gateway, start: start, end: nil))
        reporter?.leave()
        server.drain(over: settings.over, settings.command, &reactor) { session in
            session < plan.sessions ? plan.rank(of: session, fault: fault) : .max
        }
        plan(.ask, at: server.departures.next, &life)
        let patience = settings.over + drain
        plan(.endDrained, at: start + min(patience, length ?? patience), &life)
        plan(.reopen(fault: fault), at: length.map { start + $0 }, &life)
        life.raiseUrgency()
    }

    mutating func ask(_ step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        server.sayFarewell(&reactor)
        if let next = server.departures.next { life.plan(step: step, at: next) }
    }

    mutating func reopen(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        do {
            try server.reopen(&reactor)
        } catch {
            return life.fail(error.description)
        }
        if let t0 { reporter?.comeBack(t0: t0) }
        if let index = executed.firstIndex(where: { $0.fault == fault }) { executed[index].end = reactor.now }
        life.raiseUrgency()
    }

    /// Adds a step that only now is known to come.
    mutating func plan(_ step: GatewayTimeline.Step, at instant: Instant?, _ life: inout AgentLife) {
        guard let instant else { return }
        life.plan(step: steps.count, at: instant)
        steps.append(step)
    }
}
