import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// What the timeline does to connections and gateways.
extension World {
    mutating func schedule(_ step: TimelineStep, at instant: Instant) {
        steps.append(step)
        pushDisturbance(SimulatedEvent(at: instant, kind: .fault, session: UInt32(steps.count - 1)))
    }

    mutating func planTimeline(from t0: Instant) {
        for (fault, event) in real.timeline.enumerated() {
            switch event.action {
            case .drop, .kick: schedule(.drop(fault: fault), at: t0 + event.at)
            case .resume: schedule(.resume(fault: fault), at: t0 + event.at)
            case .foreground(let length):
                schedule(.foreground(fault: fault), at: t0 + event.at)
                if let length { schedule(.settle(fault: fault), at: t0 + event.at + length) }
            case .scale(let count): schedule(.fleet(.scale(fault: fault, to: count)), at: t0 + event.at)
            case .reloadBalancer(let keeps):
                schedule(.fleet(.reload(fault: fault, keepsCounts: keeps)), at: t0 + event.at)
            case .registry(_, let length):
                schedule(.registry(fault: fault, isOver: false), at: t0 + event.at)
                if let length { schedule(.registry(fault: fault, isOver: true), at: t0 + event.at + length) }
            case .disturb(let disturbance):
                schedule(.disturb(fault: fault), at: t0 + event.at)
                if let length = disturbance.length { schedule(.settle(fault: fault), at: t0 + event.at + length) }
            case .reroute: schedule(.reroute(fault: fault), at: t0 + event.at)
            case .freeze, .kill, .restart, .rollingRestart, .crash, .stall, .overload, .drain:
                planOutages(fault, event, t0)
            }
        }
    }

    private mutating func planOutages(_ fault: Int, _ event: TimelineEvent, _ t0: Instant) {
        for outage in event.outages {
            let begin = t0 + outage.begin
            let gateway = outage.gateway
            switch event.action {
            case .drop, .kick, .resume, .registry, .disturb, .reroute, .foreground, .scale, .reloadBalancer: break
            case .drain(let drain, let length):
                schedule(.fleet(.drain(fault: fault, gateway, drain, for: length)), at: begin)
                if let length { schedule(.fleet(.reopen(fault: fault, gateway)), at: begin + length) }
            case .crash(let length):
                schedule(.crash(fault: fault, gateway), at: begin)
                if let length { schedule(.powerUp(fault: fault, gateway), at: begin + length) }
            case .stall(let length):
                schedule(.stall(fault: fault, gateway), at: begin)
                if let length { schedule(.thaw(fault: fault, gateway), at: begin + length) }
            case .overload(let delay, let length):
                schedule(.slow(fault: fault, gateway, delay), at: begin)
                if let length { schedule(.slow(fault: fault, gateway, .zero), at: begin + length) }
            case .freeze(let length):
                schedule(.freeze(fault: fault, gateway), at: begin)
                if let length { schedule(.thaw(fault: fault, gateway), at: begin + length) }
            case .kill(let length):
                schedule(.kill(fault: fault, gateway), at: begin)
                if let length { schedule(.listen(fault: fault, gateway), at: begin + length) }
            case .restart(let restart), .rollingRestart(let restart, _):
                guard restart.manner == .kill else {
                    schedule(.leave(fault: fault, gateway, down: restart.down), at: begin)
                    continue
                }
                schedule(.kill(fault: fault, gateway), at: begin)
                schedule(.listen(fault: fault, gateway), at: begin + restart.down)
            }
        }
    }

    mutating func perform(_ step: TimelineStep) {
        switch step {
        case .announce: announce()
        case .drop(let fault): drop(fault)
        case .resume(let fault): resume(fault)
        case .foreground(let fault): openApps(fault)
        case .fleet(let step): perform(step)
        case .registry(let fault, let isOver): disturbRegistry(fault, isOver: isOver)
        case .probe: probe()
        case .disturb(let fault): disturb(fault)
        case .settle(let fault): settle(fault)
        case .reroute(let fault): reroute(fault)
        case .crash(let fault, let gateway): crash(fault, gateway)
        case .powerUp(let fault, let gateway):
            gateways[Int(gateway)].isHostDown = false
            listenAgain(fault, gateway)
        case .stall(let fault, let gateway):
            wakeSessions(of: gateway)
            gateways[Int(gateway)].isStalled = true
            begin(fault, gateway)
        case .slow(let fault, let gateway, let delay):
            gateways[Int(gateway)].answerDelay = delay
            if delay > .zero { begin(fault, gateway) } else { end(fault, gateway) }
        case .freeze(let fault, let gateway):
            wakeSessions(of: gateway)
            gateways[Int(gateway)].isFrozen = true
            begin(fault, gateway)
        case .thaw(let fault, let gateway): thaw(fault, gateway)
        case .kill(let fault, let gateway):
            begin(fault, gateway)
            exit(gateway)
        case .leave(let fault, let gateway, let down): leave(fault, gateway, down)
        case .drainOver(let fault, let gateway):
            guard gateways[Int(gateway)].leaving?.fault == fault else { return }
            for key in links(of: gateway) { driveGateway(key, .commanded(.end)) }
            leaveIfEmpty(gateway)
        case .listen(let fault, let gateway): listenAgain(fault, gateway)
        }
    }

    private mutating func listenAgain(_ fault: Int, _ gateway: GatewayID) {
        gateways[Int(gateway)].isRunning = true
        gateways[Int(gateway)].isListening = true
        end(fault, gateway)
    }

    // MARK: Executed intervals

    mutating func begin(_ fault: Int, _ gateway: GatewayID) {
        hash(UInt64(actor(.gateway, gateway)), .begin, UInt64(fault))
        executed.append(ExecutedInterval(fault: fault, gateway: gateway, start: now, end: nil))
        tellExecuted()
    }

    mutating func end(_ fault: Int, _ gateway: GatewayID) {
        hash(UInt64(actor(.gateway, gateway)), .end, UInt64(fault))
        guard let index = executed.lastIndex(where: { $0.fault == fault && $0.gateway == gateway }) else { return }
        executed[index].end = now
        tellExecuted()
    }

    /// In virtual time everybody knows at once what was carried out.
    mutating func tellExecuted() {
        var orders = Orders()
        orders.executed = executed
        orders.executedThrough = .never
        orders.thresholds = thresholds
        for index in segments.indices { segments[index].log.update(with: orders) }
    }

    // MARK: Gateways

    private mutating func thaw(_ fault: Int, _ gateway: GatewayID) {
        gateways[Int(gateway)].isFrozen = false
        gateways[Int(gateway)].isStalled = false
        gateways[Int(gateway)].door.letIn()
        end(fault, gateway)
        let unread = gateways[Int(gateway)].unread
        gateways[Int(gateway)].unread = []
        for event in unread { deliverToGateway(event) }
        // What timed out meanwhile is looked at once everything that had arrived is read.
        for key in links(of: gateway) { gatewayDeadline(key) }
    }

    mutating func leave(_ fault: Int, _ gateway: GatewayID, _ down: Span?) {
        begin(fault, gateway)
        gateways[Int(gateway)].isListening = false
        routing?.remove(gateway)
        gateways[Int(gateway)].leaving = SimulatedGateway.Leaving(fault: fault, start: now, down: down)
        for key in links(of: gateway) { driveGateway(key, .commanded(.leave(.drain))) }
        leaveIfEmpty(gateway)
        guard gateways[Int(gateway)].leaving != nil else { return }
        schedule(.drainOver(fault: fault, gateway), at: now + real.target.gateway.drain)
    }

    /// A gateway that is leaving exits as soon as it holds nothing any more.
    mutating func leaveIfEmpty(_ gateway: GatewayID) {
        guard let leaving = gateways[Int(gateway)].leaving, gateways[Int(gateway)].counters.open == 0 else { return }
        gateways[Int(gateway)].leaving = nil
        exit(gateway)
        if let down = leaving.down { schedule(.listen(fault: leaving.fault, gateway), at: now + down) }
    }

    /// The process is gone: its kernel finishes what it held.
    private mutating func exit(_ gateway: GatewayID) {
        gateways[Int(gateway)].isRunning = false
        gateways[Int(gateway)].isListening = false
        for key in links(of: gateway) {
            if seats[Int(key.session)].link.ordinal == key.ordinal { wake(Int(key.session)) }
            sendToClient(key, .fin)
            forget(key, of: gateway)
        }
        gateways[Int(gateway)].forgetAll()
    }
}
