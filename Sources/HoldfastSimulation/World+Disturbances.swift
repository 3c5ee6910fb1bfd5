import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// One disturbance of the network while it goes on.
struct ActiveDisturbance {
    let fault: Int
    let kind: Disturbance.Kind
    let direction: PathDirection
    let conditions: PathConditions
    /// By gateway id; nil is every gateway.
    let gateways: [Bool]?
    /// By session id, where only some are hit; nil is all.
    let sessions: [Bool]?
    /// The line that all share.
    var queue: CongestedQueue?

    init(_ disturbance: Disturbance, fault: Int, plan: Plan) {
        self.fault = fault
        kind = disturbance.kind
        direction = disturbance.direction
        conditions = disturbance.conditions
        let scope = plan.timeline[fault].scope
        gateways = scope.gateways.map { ids in (0..<plan.target.gateways).map { ids.contains(GatewayID($0)) } }
        let isEverybody = scope.group == nil && (scope.gateways != nil || scope.share == .fraction(1))
        sessions = isEverybody ? nil : (0..<plan.sessions).map { plan.isVictim(SessionID($0), fault: fault) }
        if kind == .congest {
            queue = CongestedQueue(ratePerSecond: disturbance.ratePerSecond, limit: disturbance.queue)
        }
    }

    /// Whether it is in the way of what `sender` sends.
    func hits(_ session: SessionID, _ gateway: GatewayID, _ sender: Mapping.Sender) -> Bool {
        switch direction {
        case .both: break
        case .toGateway: guard sender == .client else { return false }
        case .toClient: guard sender == .gateway else { return false }
        }
        if let sessions, !sessions[Int(session)] { return false }
        guard let gateways else { return true }
        return Int(gateway) < gateways.count && gateways[Int(gateway)]
    }

    /// Whether nothing that `sender` sends gets past it.
    func isCut(_ session: SessionID, _ gateway: GatewayID, _ sender: Mapping.Sender) -> Bool {
        kind == .partition && hits(session, gateway, sender)
    }
}

/// What the timeline does to the network and to hosts.
extension World {
    mutating func disturb(_ fault: Int) {
        guard case .disturb(let disturbance) = real.timeline[fault].action else { return }
        hash(UInt64(fault), .disturb, 0)
        disturbances.append(ActiveDisturbance(disturbance, fault: fault, plan: plan))
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: nil))
        tellExecuted()
    }

    mutating func settle(_ fault: Int) {
        hash(UInt64(fault), .settle, 0)
        disturbances.removeAll { $0.fault == fault }
        if let index = executed.lastIndex(where: { $0.fault == fault }) { executed[index].end = now }
        tellExecuted()
    }

    /// The present connections of the victims lose their way.
    mutating func reroute(_ fault: Int) {
        guard case .reroute(let rerouting) = real.timeline[fault].action else { return }
        hash(UInt64(fault), .reroute, 0)
        let victims = victims(of: fault)
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: now))
        tellExecuted()
        if let network = rerouting.network { move(victims, to: network, fault) }
        for id in victims {
            let key = key(of: id)
            paths[key]?.isSevered = true
            // With a table in the plan its own rule says what becomes of packets that are too late.
            if rerouting.kind == .expireNat { paths[key]?.box?.expire() }
            guard rerouting.isKnown else { continue }
            injecting = fault
            drive(id, .commanded(.drop(.after(.zero), by: .vanish)))
            injecting = nil
        }
    }

    /// The host is gone without a word, and its kernel with everything that it knew.
    mutating func crash(_ fault: Int, _ gateway: GatewayID) {
        begin(fault, gateway)
        gateways[Int(gateway)].isRunning = false
        gateways[Int(gateway)].isListening = false
        gateways[Int(gateway)].isHostDown = true
        for key in links(of: gateway) {
            forget(key, of: gateway)
            paths[key]?.down = Flight()
            keepPath(key)
        }
        gateways[Int(gateway)].forgetAll()
    }
}
