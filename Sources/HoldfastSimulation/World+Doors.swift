import HoldfastCore

/// What reaches gateways, and how connections to them begin: the balancer's choice, the queue, the login.
extension World {
    mutating func deliverToGateway(_ event: SimulatedEvent) {
        let key = event.key
        if event.message == .connect {
            connect(event, key)
            return endConnect(Int(key.session))
        }
        if event.message == .unanswered { return giveUpConnect(event, key) }
        guard let gateway = gateway(of: key) else {
            // A kernel answers with a reset to what it does not know.
            if event.message.isAnswered { sendToClient(key, .reset) }
            return
        }
        guard !gateways[Int(gateway)].isIdle else {
            gateways[Int(gateway)].unread.append(event)
            return
        }
        switch event.message {
        case .hello where isLate(event, key, gateway): break
        case .hello, .answeredHello: logIn(key, gateway)
        case .frame:
            driveGateway(key, .received(event.frame))
            if !business.isEmpty { fleetHears(event.frame, key) }
        case .push: sendToClient(key, .frame, event.frame)
        case .handshake: sendToClient(key, .handshake, event.frame)
        case .fin where planted == .finIsLost: break
        case .fin, .reset: driveGateway(key, .closedByPeer)
        case .duplicate: endDuplicate(key)
        case .none, .connect, .unanswered, .accepted, .refused, .unreachable, .unrouted: break
        }
    }

    private mutating func logIn(_ key: LinkKey, _ gateway: GatewayID) {
        driveGateway(key, refusal(gateway) ?? .loggedIn(session: key.session, ordinal: key.ordinal))
    }

    /// Why a gateway turns a login down; nil where it does not.
    private func refusal(_ gateway: GatewayID) -> GatewayEvent? {
        if gateways[Int(gateway)].shedding?.isRefusing == true { return .commanded(.refuse(.shed)) }
        return isFull(gateway) ? .commanded(.refuse(.overload)) : nil
    }

    /// Whether a login has to wait, and then it is put on for later.
    private mutating func isLate(_ event: SimulatedEvent, _ key: LinkKey, _ gateway: GatewayID) -> Bool {
        guard hasFrontDoor else { return false }
        let link = seats[Int(key.session)].link
        let accepted = link.ordinal == key.ordinal ? link.acceptedAt : now
        let answered = gateways[Int(gateway)].door.answerLogin(acceptedAt: accepted, now: now)
        guard answered > now else { return false }
        var event = event
        event.at = answered
        event.message = .answeredHello
        queue.push(event)
        return true
    }

    /// Whether a gateway has as many sessions as it takes; those that it does not know to be gone count.
    private func isFull(_ gateway: GatewayID) -> Bool {
        guard let capacity = real.target.gateway.capacity else { return false }
        return gateways[Int(gateway)].held >= UInt64(capacity)
    }

    mutating func connect(_ event: SimulatedEvent, _ key: LinkKey) {
        guard case .welcome(let wanted, _, _) = event.frame else { return }
        // A first segment that was repeated, because the answer was lost.
        if hasPaths, gateway(of: key) != nil { return sendToClient(key, .accepted) }
        // Its client gave up while it was on its way.
        if hasPaths, paths[key] == nil { return }
        var target: GatewayID? = wanted
        if wanted == noGateway { target = balance(key) }
        guard let gateway = target, Int(gateway) < gateways.count else { return sendToClient(key, .reset) }
        if distances != nil, travelsOn(event, key, to: gateway) { return }
        guard reach(gateway, key) else { return awaitAnswer(of: gateway, key, isBalanced: wanted == noGateway) }
        guard gateways[Int(gateway)].isListening else {
            if wanted == noGateway { leaveBalancer(key, gateway) }
            return sendToClient(key, .refused)
        }
        guard let accepted = accept(gateway) else {
            return awaitAnswer(of: gateway, key, isBalanced: wanted == noGateway)
        }
        if !unanswered.isEmpty { unanswered[key] = nil }
        let id = Int(key.session)
        let seat = seats[id].link
        if seat.isOpen { ghosts[LinkKey(session: key.session, ordinal: seat.ordinal)] = seat }
        var link = Link(
            connection: GatewayConnection(acceptedAt: now, policy: gatewayPolicy),
            gateway: gateway,
            ordinal: key.ordinal,
            isOpen: true,
            isBalanced: wanted == noGateway,
            acceptedAt: accepted
        )
        arm(&link, key)
        seats[id].link = link
        gateways[Int(gateway)].accept(accepted)
        if canLogInAtOnce(key, gateway) { logInAtOnce(key, gateway) } else { sendToClient(key, .accepted) }
    }

    /// When the gateway's program accepts a connection that arrives now; nil when there is no room to wait for it.
    private mutating func accept(_ gateway: GatewayID) -> Instant? {
        guard hasPaths else { return now }
        // One that is stalled accepts and reads.
        guard gateways[Int(gateway)].isFrozen else { return gateways[Int(gateway)].door.arrive(now) }
        return gateways[Int(gateway)].door.holdBack() ? now : nil
    }

    /// Where the balancer sends a connection: a first segment that is repeated goes where the one before it went.
    private mutating func balance(_ key: LinkKey) -> GatewayID? {
        if hasPaths, let path = paths[key], path.isCounted { return path.gateway }
        return goOn(with: balancer?.pick(session: key.session, ordinal: key.ordinal, now: now), key, tries: 0)
    }

    /// From `picked` past every gateway that refuses, after so many `tries`; nil when the balancer gives up.
    mutating func goOn(with picked: GatewayID?, _ key: LinkKey, tries: UInt32) -> GatewayID? {
        var target = picked
        var attempt = tries
        while let gateway = target, !gateways[Int(gateway)].isListening, !gateways[Int(gateway)].isHostDown {
            target = balancer?
                .pickAgain(after: gateway, session: key.session, ordinal: key.ordinal, attempt: attempt, now: now)
            attempt += 1
        }
        if hasPaths {
            paths[key]?.isCounted = target != nil
            paths[key]?.tries = attempt
        }
        return target
    }

    /// The balancer notices that a connection which it sent to `gateway` is over.
    mutating func leaveBalancer(_ key: LinkKey, _ gateway: GatewayID) {
        if hasPaths {
            guard paths[key]?.isCounted ?? true else { return }
            paths[key]?.isCounted = false
        }
        if fleet.hasInheritance, leaveInherited(key, gateway) { return }
        balancer?.closed(gateway, session: key.session)
    }
}
