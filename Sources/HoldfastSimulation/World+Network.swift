import HoldfastCore

/// The network with one constant delay, the balancer in it, and the gateways' connections.
extension World {
    /// Sends something of a session's present connection to its gateway.
    mutating func send(_ id: Int, _ message: SimulatedEvent.Message, _ frame: Frame = .bye(.teardown)) {
        transmit(
            SimulatedEvent(
                at: now + delay,
                kind: .toGateway,
                message: message,
                session: UInt32(id),
                ordinal: sessions[id].ordinal,
                frame: frame
            )
        )
    }

    mutating func sendToClient(_ key: LinkKey, _ message: SimulatedEvent.Message, _ frame: Frame = .bye(.teardown)) {
        transmit(
            SimulatedEvent(
                at: now + delay,
                kind: .toClient,
                message: message,
                session: key.session,
                ordinal: key.ordinal,
                frame: frame
            )
        )
    }

    /// While beats are caught up with, `now` lies in the past, and so may the arrival: then it happens at once.
    private mutating func transmit(_ event: SimulatedEvent) {
        if hasPaths { return travel(event) }
        guard let present, event.at < present else { return queue.push(event, .transit) }
        let sentAt = now
        now = event.at
        perform(event)
        now = sentAt
    }

    // MARK: To sessions

    mutating func deliverToClient(_ event: SimulatedEvent) {
        deliver(event)
        if hasPaths { keepPath(LinkKey(session: event.session, ordinal: event.ordinal)) }
    }

    private mutating func deliver(_ event: SimulatedEvent) {
        let id = Int(event.session)
        guard sessions[id].attempts > 0, sessions[id].ordinal == event.ordinal, sessions[id].hasSocket || !hasPaths
        else {
            return answerForGone(event)
        }
        switch event.message {
        case .accepted:
            watchPath(LinkKey(session: event.session, ordinal: event.ordinal))
            drive(id, .connected)
        case .unreachable: drive(id, .connectFailed(.unreachable))
        case .refused: drive(id, .connectFailed(.refused))
        case .unrouted: drive(id, .routed(to: noGateway))
        case .fin: drive(id, .closedByPeer(.fin))
        case .reset:
            if hasPaths { paths[LinkKey(session: event.session, ordinal: event.ordinal)]?.isForgotten = true }
            drive(id, .closedByPeer(.reset))
        case .frame:
            if planted != .answersProveNothing { sessions[id].noteProofOfLife(now) }
            if case .pong = event.frame {
                segments[Int(seats[id].segment)].counters.heartbeatBytes += UInt64(WireFormat.pongBytes)
            }
            drive(id, SessionEvent(event.frame, isAdmitted: sessions[id].phase == .admitted))
        case .none, .connect, .hello, .answeredHello: break
        }
    }

    /// What arrives for a connection that the session has given up is answered by its kernel: a program that left has
    /// read nothing of it. Where nothing can happen on the way, the farewell is ahead of any answer.
    private mutating func answerForGone(_ event: SimulatedEvent) {
        let key = LinkKey(session: event.session, ordinal: event.ordinal)
        guard hasPaths, let path = paths[key] else { return }
        switch event.message {
        case .frame where !path.isVanished && !path.isSevered:
            paths[key]?.isForgotten = false
            send(key, .reset)
        case .reset:
            paths[key]?.up = Flight()
            paths[key]?.isForgotten = true
            keepPath(key)
        default: keepPath(key)
        }
    }

    private mutating func send(_ key: LinkKey, _ message: SimulatedEvent.Message) {
        transmit(
            SimulatedEvent(
                at: now + delay,
                kind: .toGateway,
                message: message,
                session: key.session,
                ordinal: key.ordinal
            )
        )
    }

    // MARK: To gateways

    mutating func deliverToGateway(_ event: SimulatedEvent) {
        let key = LinkKey(session: event.session, ordinal: event.ordinal)
        if event.message == .connect { return connect(event, key) }
        guard let gateway = gateway(of: key) else {
            // A kernel answers with a reset to what it does not know.
            if event.message != .fin, event.message != .reset { sendToClient(key, .reset) }
            return
        }
        guard !gateways[Int(gateway)].isIdle else {
            gateways[Int(gateway)].unread.append(event)
            return
        }
        switch event.message {
        case .hello where isLate(event, key, gateway): break
        case .hello, .answeredHello: logIn(key, gateway)
        case .frame: driveGateway(key, .received(event.frame))
        case .fin where planted == .finIsLost: break
        case .fin, .reset: driveGateway(key, .closedByPeer)
        case .none, .connect, .accepted, .refused, .unreachable, .unrouted: break
        }
    }

    private mutating func logIn(_ key: LinkKey, _ gateway: GatewayID) {
        let event: GatewayEvent =
            isFull(gateway) ? .commanded(.refuse(.overload)) : .loggedIn(session: key.session, ordinal: key.ordinal)
        driveGateway(key, event)
    }

    /// Whether a login has to wait, and then it is put on for later.
    private mutating func isLate(_ event: SimulatedEvent, _ key: LinkKey, _ gateway: GatewayID) -> Bool {
        guard real.target.gateway.hasFrontDoor else { return false }
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

    private mutating func connect(_ event: SimulatedEvent, _ key: LinkKey) {
        guard case .welcome(let wanted, _, _) = event.frame else { return }
        // A first segment that was repeated, because the answer was lost.
        if hasPaths, gateway(of: key) != nil { return sendToClient(key, .accepted) }
        // Its client gave up while it was on its way.
        if hasPaths, paths[key] == nil { return }
        var target: GatewayID? = wanted
        if wanted == noGateway { target = balance(key) }
        guard let gateway = target, Int(gateway) < gateways.count else { return sendToClient(key, .reset) }
        guard reach(gateway, key) else { return }
        guard gateways[Int(gateway)].isListening else {
            if wanted == noGateway { leaveBalancer(key, gateway) }
            return sendToClient(key, .refused)
        }
        guard let accepted = accept(gateway) else { return }
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
        gateways[Int(gateway)].accept(now)
        guard isFast, present == nil, !gateways[Int(gateway)].isFrozen, now + delay * 4 < nextDisturbance,
            real.target.gateway.capacity == nil
        else {
            return sendToClient(key, .accepted)
        }
        // Nothing can come between the four messages of this login, unless a session that leaves makes room: they need
        // not wait in the queue.
        let arrival = now
        present = now + delay * 4
        sendToClient(key, .accepted)
        present = nil
        now = arrival
    }

    /// When the gateway's program accepts a connection that arrives now; nil when there is no room to wait for it.
    private mutating func accept(_ gateway: GatewayID) -> Instant? {
        guard hasPaths else { return now }
        guard gateways[Int(gateway)].isIdle else { return gateways[Int(gateway)].door.arrive(now) }
        return gateways[Int(gateway)].door.holdBack() ? now : nil
    }

    /// Where the balancer sends a connection: a first segment that is repeated goes where the one before it went.
    private mutating func balance(_ key: LinkKey) -> GatewayID? {
        if hasPaths, let path = paths[key], path.isCounted { return path.gateway }
        var target = balancer?.pick(session: key.session, ordinal: key.ordinal, now: now)
        var attempt: UInt32 = 0
        while let gateway = target, !gateways[Int(gateway)].isListening, !gateways[Int(gateway)].isHostDown {
            target = balancer?
                .pickAgain(after: gateway, session: key.session, ordinal: key.ordinal, attempt: attempt, now: now)
            attempt += 1
        }
        if hasPaths { paths[key]?.isCounted = target != nil }
        return target
    }

    /// The balancer notices that a connection which it sent to `gateway` is over.
    mutating func leaveBalancer(_ key: LinkKey, _ gateway: GatewayID) {
        if hasPaths {
            guard paths[key]?.isCounted ?? true else { return }
            paths[key]?.isCounted = false
        }
        balancer?.closed(gateway, session: key.session)
    }

    func gateway(of key: LinkKey) -> GatewayID? {
        let link = seats[Int(key.session)].link
        if link.isOpen, link.ordinal == key.ordinal { return link.gateway }
        return ghosts.isEmpty ? nil : ghosts[key]?.gateway
    }

    mutating func driveGateway(_ key: LinkKey, _ event: GatewayEvent) {
        let id = Int(key.session)
        if seats[id].link.isOpen, seats[id].link.ordinal == key.ordinal {
            if seats[id].isSkipping { catchUp(id) }
            var link = seats[id].link
            drive(&link, key, event)
            seats[id].link = link
            if !link.isOpen { finish(key, link.gateway) }
        } else if var link = ghosts[key] {
            drive(&link, key, event)
            ghosts[key] = link.isOpen ? link : nil
            if !link.isOpen { finish(key, link.gateway) }
        }
    }

    /// A gateway's end of a connection is over.
    private mutating func finish(_ key: LinkKey, _ gateway: GatewayID) {
        if hasPaths { keepPath(key) }
        leaveIfEmpty(gateway)
    }

    private mutating func drive(_ link: inout Link, _ key: LinkKey, _ event: GatewayEvent) {
        let gateway = link.gateway
        let index = Int(gateway)
        link.connection.handle(event, now: now, policy: gatewayPolicy)
        while let action = link.connection.nextAction() {
            switch action {
            case .sendWelcome:
                let dictated = gatewayPolicy.dictatedMilliseconds
                let welcome = Frame.welcome(gateway: gateway, incarnation: 0, intervalMilliseconds: dictated)
                sendToClient(key, .frame, welcome)
            case .sendPong(let sequence):
                sendToClient(key, .frame, .pong(sequence: sequence, intervalMilliseconds: 0))
            case .sendPing(let sequence):
                gateways[index].counters.pingsSent += 1
                sendToClient(key, .frame, .ping(sequence: sequence))
            case .notedAnswer: gateways[index].counters.pingsAnswered += 1
            case .notedMiss: gateways[index].counters.pingsMissed += 1
            case .sendGoaway(let reason):
                sendToClient(key, .frame, .goaway(reason, target: noGateway, delayMilliseconds: 0))
            case .sendBye(let reason): sendToClient(key, .frame, .bye(reason))
            case .sendKick(let reason): sendToClient(key, .frame, .kick(reason))
            case .notedAdmission: gateways[index].admit(key)
            case .notedEnd: gateways[index].end(key)
            case .close(let manner):
                if manner != .vanish, event != .closedByPeer { sendToClient(key, manner == .fin ? .fin : .reset) }
                link.isOpen = false
                gateways[index].counters.open -= 1
                if planted != .balancerForgetsClose, link.isBalanced { leaveBalancer(key, gateway) }
                return
            }
        }
        arm(&link, key)
    }

    /// Keeps one deadline event waiting. Before the login the client's own limits are shorter or as long, and what it
    /// gives up it ends, unless that is lost on the way.
    private mutating func arm(_ link: inout Link, _ key: LinkKey) {
        let deadline = link.connection.deadline
        guard hasPaths || link.connection.phase != .accepted, deadline != .never, link.armed > deadline else { return }
        link.armed = deadline
        queue.push(
            SimulatedEvent(at: deadline, kind: .gatewayDeadline, session: key.session, ordinal: key.ordinal)
        )
    }

    mutating func gatewayDeadline(_ key: LinkKey) {
        guard let gateway = gateway(of: key), !gateways[Int(gateway)].isIdle else { return }
        let id = Int(key.session)
        let isPresent = seats[id].link.isOpen && seats[id].link.ordinal == key.ordinal
        if isPresent, seats[id].isSkipping { catchUp(id) }
        guard var link = isPresent ? seats[id].link : ghosts[key] else { return }
        if link.armed == now { link.armed = .never }
        let deadline = link.connection.deadline
        if deadline > now { arm(&link, key) }
        if isPresent { seats[id].link = link } else { ghosts[key] = link }
        if deadline <= now { driveGateway(key, .deadlineReached) }
    }

    /// Every connection that a gateway holds, in the order of sessions and ordinals.
    func links(of gateway: GatewayID) -> [LinkKey] {
        var keys: [LinkKey] = []
        for id in 0..<sessionCount where seats[id].link.isOpen && seats[id].link.gateway == gateway {
            keys.append(LinkKey(session: UInt32(id), ordinal: seats[id].link.ordinal))
        }
        for (key, link) in ghosts where link.gateway == gateway { keys.append(key) }
        return keys.sorted()
    }
}
