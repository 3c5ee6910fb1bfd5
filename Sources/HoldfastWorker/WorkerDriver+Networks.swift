import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// Clients that come by another address, or move to another network.
extension WorkerDriver {
    /// Takes some of the fault's connections their way; false while there are more.
    mutating func reroute(_ fault: Int, _ reactor: inout Reactor) -> Bool {
        guard let rerouting = drops.rerouting(fault)?.rerouting else { return true }
        var underWay = dropsUnderWay.removeValue(forKey: fault) ?? move(fault, rerouting)
        var absent: UInt64 = 0
        injecting = fault
        for (slot, ordinal) in underWay.victims.suffix(WorkerDriver.dropsAtOnce).reversed() {
            guard sessions[slot].phase == .admitted, sessions[slot].ordinal == ordinal else {
                absent += 1
                continue
            }
            if rerouting.isKnown {
                drive(slot, .commanded(.drop(.after(.zero), by: .vanish)), &reactor)
            } else {
                // It believes in its connection until its heartbeat tells.
                silence(slot, &reactor)
            }
        }
        injecting = nil
        underWay.victims.removeLast(min(WorkerDriver.dropsAtOnce, underWay.victims.count))
        log.skipped(absent, fault: fault)
        guard underWay.victims.isEmpty else {
            dropsUnderWay[fault] = underWay
            return false
        }
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: underWay.start, end: Clock.now))
        life.raiseUrgency()
        return true
    }

    /// The victims move, and with them whoever the event is about and has no connection to lose.
    private mutating func move(_ fault: Int, _ rerouting: Rerouting) -> DropUnderWay {
        let underWay = begin(fault)
        guard let network = rerouting.network else { return underWay }
        for (slot, _) in underWay.victims { networks.move(sessions[slot].id, to: network) }
        guard drops.rerouting(fault)?.gateways == nil else { return underWay }
        for slot in 0..<sessionCount where segment.plan.isVictim(sessions[slot].id, fault: fault) {
            networks.move(sessions[slot].id, to: network)
        }
        return underWay
    }
}
