import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// A gateway that answers late, or not at all, or is not reached.
extension GatewayRole {
    mutating func stall(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        begin(fault, &life, reactor)
        server.stall()
    }

    mutating func slowDown(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        guard case .overload(let delay, _) = plan.realTime.timeline[fault].action else { return }
        begin(fault, &life, reactor)
        let isWatching = server.late.isActive
        server.slowDown(by: delay)
        // An overload before this one may still have something to say: its own step goes on.
        if !isWatching { plan(.sendLate, at: reactor.now + delay, &life) }
    }

    mutating func cut(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        guard case .disturb(let disturbance) = plan.timeline[fault].action else { return }
        begin(fault, &life, reactor)
        server.cut(disturbance.direction, reactor)
    }

    mutating func sendLate(_ step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        if let next = server.sendLate(&reactor) { life.plan(step: step, at: next) }
    }

    mutating func recover(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        switch plan.timeline[fault].action {
        case .overload: server.slowDown(by: .zero)
        case .disturb(let disturbance):
            server.mend(disturbance.direction, reactor)
            plan(.sendLate, at: reactor.now, &life)
        default: server.recover(&reactor)
        }
        if let index = executed.lastIndex(where: { $0.fault == fault }) { executed[index].end = reactor.now }
        life.raiseUrgency()
    }

    private mutating func begin(_ fault: Int, _ life: inout AgentLife, _ reactor: borrowing Reactor) {
        let gateway = server.identity.gateway
        executed.append(ExecutedInterval(fault: fault, gateway: gateway, start: reactor.now, end: nil))
        plan(.recover(fault: fault), at: plan.realTime.timeline[fault].action.length.map { reactor.now + $0 }, &life)
        life.raiseUrgency()
    }
}
