import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// From t0 to the end: what is counted, and the ends of lifetimes.
extension World {
    /// Announces t0: everybody was admitted once, or establishing has taken too long.
    mutating func announce() {
        guard t0 == nil else { return }
        let start = now + World.announcement
        t0 = start
        pushDisturbance(SimulatedEvent(at: start, kind: .cut, session: 0))
        planTimeline(from: start)
        startBusiness(at: start)
        planReport()
        if plan.target.balancer.healthCheck.isActive { schedule(.fleet(.check), at: start) }
        if let shed = real.target.gateway.shed { schedule(.fleet(.compare), at: start + shed.interval) }
        if let interval = proberInterval { schedule(.probe, at: start + interval) }
        if groups.contains(where: { $0.churn != nil }) {
            for id in 0..<UInt32(sessionCount) {
                guard let churn = churn(of: id) else { continue }
                let first = churn.lifetime(of: id, renewal: 0, seed: policy.seed)
                queue.push(SimulatedEvent(at: start + first, kind: .lifetime, session: id))
            }
        }
    }

    mutating func cut(_ second: Int32) {
        guard let t0 else { return }
        let isLast = second == plan.lastCutSecond
        if !isStarted || isLast { catchUpAll() }
        if !isStarted { startCounting(t0) }
        for index in segments.indices { segments[index].cut(second) }
        for index in gateways.indices { gateways[index].cut(second, gateway: GatewayID(index)) }
        if let balancer, routing == nil {
            var cut = Cut(second: second)
            cut.populations = balancer.connections.enumerated().map { index, open in
                let all = open + fleet.inherited(on: index)
                return GatewayPopulation(gateway: GatewayID(index), opened: all, closed: 0, digest: Digest())
            }
            balancerCuts.append(cut)
        }
        if isLast {
            isEnded = true
            return
        }
        let next = cutPlan.next(after: second)
        let clock = RunClock(t0: t0, timeScale: plan.timeScale)
        let at = next == plan.lastCutSecond ? t0 + real.duration : clock.instant(ofPlanSecond: next)
        pushDisturbance(SimulatedEvent(at: at, kind: .cut, session: UInt32(next)))
    }

    private mutating func startCounting(_ t0: Instant) {
        isStarted = true
        var pending = [UInt64](repeating: 0, count: segments.count)
        for id in 0..<sessionCount where seats[id].session.phase == .connecting || seats[id].session.phase == .loggingIn
        {
            pending[Int(seats[id].segment)] += 1
        }
        for index in segments.indices {
            segments[index].startCounting(pending: pending[index])
            segments[index].log.clock = RunClock(t0: t0, timeScale: plan.timeScale)
        }
        startCountingGroups()
        for index in gateways.indices { gateways[index].counters.startCountingPings() }
        tellExecuted()
    }

    mutating func endLifetime(_ event: SimulatedEvent) {
        guard let churn = churn(of: event.session) else { return }
        let id = Int(event.session)
        // A login that did not wait in the queue may have been carried out already.
        if seats[id].session.phase == .admitted, seats[id].session.admittedAt <= now {
            // Answers and beats of the same instant come first.
            if seats[id].isSkipping { catchUp(id, throughNow: true) }
            isEndPlanned = true
            drive(id, .commanded(.drop(.policy, by: .fin)))
            isEndPlanned = false
        } else {
            segments[Int(seats[id].segment)].counters.lifetimesSkipped += 1
        }
        let renewal = event.ordinal &+ 1
        let next = now + churn.lifetime(of: event.session, renewal: renewal, seed: policy.seed)
        queue.push(SimulatedEvent(at: next, kind: .lifetime, session: event.session, ordinal: renewal))
    }
}
