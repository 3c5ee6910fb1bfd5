import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// What happens to the fleet and its balancer on purpose.
extension World {
    mutating func perform(_ step: FleetStep) {
        switch step {
        case .drain(let fault, let gateway, let settings, let length): drain(fault, gateway, settings, length)
        case .ask(let drain): askThoseDue(drain)
        case .endDrained(let drain): endDrained(drain)
        case .reopen(let fault, let gateway):
            gateways[Int(gateway)].isListening = true
            withdraw(gateway, .byPlan, false)
            end(fault, gateway)
        case .scale(let fault, let count): scale(fault, to: count)
        case .reload(let fault, let keepsCounts): reload(fault, keepsCounts)
        case .check: check()
        case .compare: compare()
        case .shed(let gateway):
            gateways[Int(gateway)].isTurnAhead = false
            shed(gateway)
        }
    }

    /// Tells the balancer, if there is one, whether a gateway may be given connections.
    private mutating func withdraw(_ gateway: GatewayID, _ why: Fleet.Withdrawal, _ isOut: Bool) {
        let before = fleet.withdrawals[Int(gateway)]
        let after = isOut ? before.union(why) : before.subtracting(why)
        fleet.withdrawals[Int(gateway)] = after
        if before.isEmpty, !after.isEmpty { balancer?.retire(gateway) }
        if !before.isEmpty, after.isEmpty { balancer?.enlist(gateway, now: now) }
    }

    // MARK: Draining

    private mutating func drain(_ fault: Int, _ gateway: GatewayID, _ settings: Drain, _ length: Span?) {
        begin(fault, gateway)
        gateways[Int(gateway)].isListening = false
        withdraw(gateway, .byPlan, true)
        routing?.remove(gateway)
        let ranked = links(of: gateway).map { (rank: plan.rank(of: $0.session, fault: fault), key: $0) }
        let keys = ranked.sorted { ($0.rank, $0.key) < ($1.rank, $1.key) }.map(\.key)
        let departures = Departures(keys, from: now, over: settings.over)
        fleet.drains.append(Fleet.Drain(gateway: gateway, departures: departures, command: settings.command))
        let patience = settings.over + real.target.gateway.drain
        schedule(.fleet(.endDrained(drain: fleet.drains.count - 1)), at: now + min(patience, length ?? patience))
        askThoseDue(fleet.drains.count - 1)
    }

    /// Asks everybody whose turn it is.
    private mutating func askThoseDue(_ drain: Int) {
        while let key = fleet.drains[drain].departures.takeDue(now) {
            guard gateway(of: key) == fleet.drains[drain].gateway else { continue }
            driveGateway(key, .commanded(fleet.drains[drain].command))
        }
        if let next = fleet.drains[drain].departures.next { schedule(.fleet(.ask(drain: drain)), at: next) }
    }

    private mutating func endDrained(_ drain: Int) {
        for key in fleet.drains[drain].departures.keys where gateway(of: key) == fleet.drains[drain].gateway {
            driveGateway(key, .commanded(.end))
        }
        fleet.drains[drain].departures = Departures([], from: now, over: .zero)
    }

    // MARK: Scaling

    private mutating func scale(_ fault: Int, to count: Int) {
        for id in min(fleet.size, count)..<max(fleet.size, count) {
            let gateway = GatewayID(id)
            if count > fleet.size { add(fault, gateway) } else { remove(fault, gateway) }
        }
        fleet.size = count
        // nginx learns of it by being reloaded.
        if plan.target.via == .nginx { forgetCounts() }
    }

    private mutating func add(_ fault: Int, _ gateway: GatewayID) {
        // It was removed before, and may not even be done with that.
        gateways[Int(gateway)].leaving = nil
        let removal = executed.last { $0.gateway == gateway && $0.end == nil }
        if let removal { end(removal.fault, gateway) }
        gateways[Int(gateway)].isRunning = true
        gateways[Int(gateway)].isListening = true
        withdraw(gateway, .byPlan, false)
        begin(fault, gateway)
        end(fault, gateway)
    }

    private mutating func remove(_ fault: Int, _ gateway: GatewayID) {
        withdraw(gateway, .byPlan, true)
        leave(fault, gateway, nil)
    }

    // MARK: The balancer

    private mutating func reload(_ fault: Int, _ keepsCounts: Bool) {
        hash(UInt64(fault), .reload, keepsCounts ? 1 : 0)
        if keepsCounts { balancer?.reload(keepsCounts: true) } else { forgetCounts() }
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: now))
        tellExecuted()
    }

    /// What there was does not count for the balancer any more.
    private mutating func forgetCounts() {
        balancer?.reload(keepsCounts: false)
        for id in 0..<sessionCount where isInherited(seats[id].link) {
            seats[id].link.isInherited = true
            fleet.inherit(seats[id].link.gateway)
        }
        for (key, link) in ghosts where isInherited(link) {
            ghosts[key]?.isInherited = true
            fleet.inherit(link.gateway)
        }
        // What was sent on and has not arrived is counted when it is sent on again.
        for key in paths.keys where gateway(of: key) == nil { paths[key]?.isCounted = false }
    }

    private func isInherited(_ link: Link) -> Bool { link.isOpen && link.isBalanced && !link.isInherited }

    /// Whether a connection that is over was one that only an earlier process of the balancer knew.
    mutating func leaveInherited(_ key: LinkKey, _ gateway: GatewayID) -> Bool {
        let id = Int(key.session)
        let isPresent = seats[id].link.ordinal == key.ordinal
        guard isPresent ? seats[id].link.isInherited : ghosts[key]?.isInherited ?? false else { return false }
        // Only once: a first segment that is repeated after its gateway forgot the connection is the new process's.
        if isPresent { seats[id].link.isInherited = false } else { ghosts[key]?.isInherited = false }
        fleet.disinherit(gateway)
        return true
    }

    /// A kernel that accepts is all that `tcp` asks for; `application` wants an answer before the next check.
    private mutating func check() {
        let settings = real.target.balancer
        for index in gateways.indices where !fleet.withdrawals[index].contains(.byPlan) {
            let gateway = gateways[index]
            var isGood = gateway.isListening && !gateway.isHostDown
            if settings.healthCheck == .application {
                isGood = isGood && !gateway.isIdle && gateway.answerDelay < settings.check.interval
            }
            guard fleet.health[index].note(isGood: isGood, settings.check) else { continue }
            withdraw(GatewayID(index), .byCheck, !fleet.health[index].isUp)
        }
        schedule(.fleet(.check), at: now + settings.check.interval)
    }
}
