import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// The registry in virtual time: gateways report, sessions ask.
extension World {
    /// Every gateway that takes connections reports how many it has.
    ///
    /// One that stands still, or does not exist, says nothing; one that is about to leave has said so (`remove`).
    mutating func report() {
        guard now == nextReport else { return }
        for (index, gateway) in gateways.enumerated() where gateway.isListening && !gateway.isFrozen {
            routing?.report(gateway.counters.open, of: GatewayID(index), at: now)
        }
        planReport()
    }

    /// What was planned before does not count any more.
    mutating func planReport() {
        guard let reportTimes else { return }
        nextReport = reportTimes.next(after: now, t0: t0)
        queue.push(SimulatedEvent(at: nextReport, kind: .report))
    }

    /// Where the attempt that just began goes: to `asked`, or where the registry says; nil when there is nothing.
    ///
    /// That there is nothing takes a message there and back to know, or nobody would wait before asking again.
    mutating func route(_ id: Int, _ asked: GatewayID) -> GatewayID? {
        guard asked == noGateway, routing != nil else { return asked }
        let draw = policy.seed.draw(.clientPick, actor: UInt32(id), UInt64(seats[id].session.ordinal))
        let avoidance = seats[id].session.avoidance(now: now)
        let known = routeCache?.gateway(of: id, avoiding: avoidance, now: now)
        if let gateway = known ?? routing?.route(draw, avoiding: avoidance, now: now) {
            if known == nil { routeCache?.remember(gateway, of: id, now: now) }
            tell(id, .routed(to: gateway))
            return gateway
        }
        if balancer != nil { return noGateway }
        queue.push(SimulatedEvent(.toClient, key(of: id), .unrouted, at: now + roundTrip))
        return nil
    }

    /// Does to the registry what the timeline says, or undoes it.
    mutating func disturbRegistry(_ fault: Int, isOver: Bool) {
        guard case .registry(let disturbance, _) = real.timeline[fault].action else { return }
        hash(UInt64(fault), .registry, isOver ? 1 : 0)
        switch disturbance {
        case .kill, .pause: routing?.pause(!isOver)
        case .shrink(let share): routing?.show(isOver ? 1 : share)
        }
        if let index = executed.lastIndex(where: { $0.fault == fault }), isOver {
            executed[index].end = now
        } else {
            executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: nil))
        }
        tellExecuted()
    }

    /// Whether a connection came through the balancer, and not straight from its session.
    func isBalanced(_ key: LinkKey) -> Bool {
        let link = seats[Int(key.session)].link
        return link.ordinal == key.ordinal ? link.isBalanced : ghosts[key]?.isBalanced ?? false
    }
}
