import HoldfastCore

/// The connections of gateways: events in, the brain's actions out.
extension World {
    func gateway(of key: LinkKey) -> GatewayID? {
        let link = seats[Int(key.session)].link
        if link.isOpen, link.ordinal == key.ordinal { return link.gateway }
        return ghosts.isEmpty ? nil : ghosts[key]?.gateway
    }

    mutating func driveGateway(_ key: LinkKey, _ event: GatewayEvent) {
        let id = Int(key.session)
        if seats[id].link.isOpen, seats[id].link.ordinal == key.ordinal {
            if seats[id].isSkipping { catchUp(id) }
            let link = seats.link(of: id)
            drive(link, key, event)
            if !link.pointee.isOpen { finish(key, link.pointee.gateway) }
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

    /// The link stays in its place: what is carried out at once comes back to it.
    private mutating func drive(_ link: UnsafeMutablePointer<Link>, _ key: LinkKey, _ event: GatewayEvent) {
        let gateway = link.pointee.gateway
        let index = Int(gateway)
        let wasAsked = link.pointee.connection.phase == .leaving
        tell(link, of: key.session, event)
        while let action = link.pointee.connection.nextAction() {
            switch action {
            case .sendWelcome:
                let dictated = gatewayPolicy.dictatedMilliseconds
                let welcome = Frame.welcome(gateway: gateway, incarnation: 0, intervalMilliseconds: dictated)
                sendToClient(key, .frame, welcome)
            case .sendPong(let sequence):
                sendToClient(key, .frame, .pong(sequence: sequence, intervalMilliseconds: 0))
            case .sendResponse(let message): sendToClient(key, .frame, .data(kind: .response, message: message))
            case .sendPing(let sequence):
                gateways[index].counters.pingsSent += 1
                sendToClient(key, .frame, .ping(sequence: sequence))
            case .notedAnswer: gateways[index].counters.pingsAnswered += 1
            case .notedMiss: gateways[index].counters.pingsMissed += 1
            case .sendGoaway(let reason, let target):
                if link.pointee.connection.phase == .leaving, !wasAsked { gateways[index].asked += 1 }
                sendToClient(key, .frame, .goaway(reason, target: target, delayMilliseconds: 0))
            case .sendBye(let reason): sendToClient(key, .frame, .bye(reason))
            case .sendKick(let reason): sendToClient(key, .frame, .kick(reason))
            case .notedAdmission:
                gateways[index].admit(key)
                if keepsAccounts { enterAccount(key) }
                if !business.isEmpty { fleetAdmits(key) }
            case .notedEnd:
                gateways[index].end(key)
                if wasAsked { gateways[index].asked -= 1 }
                if keepsAccounts { leaveAccount(key) }
                if !business.isEmpty { fleetForgets(key) }
            case .close(let manner):
                if manner != .vanish, event != .closedByPeer { sendToClient(key, manner == .fin ? .fin : .reset) }
                link.pointee.isOpen = false
                gateways[index].counters.open -= 1
                if planted != .balancerForgetsClose, link.pointee.isBalanced { leaveBalancer(key, gateway) }
                return
            }
        }
        arm(&link.pointee, key)
    }

    /// Keeps one deadline event waiting. Before the login the client's own limits are shorter or as long, and what it
    /// gives up it ends, unless that is lost on the way.
    mutating func arm(_ link: inout Link, _ key: LinkKey) {
        let deadline = link.connection.deadline
        guard hasPaths || link.connection.phase != .accepted, deadline != .never, link.armed > deadline else { return }
        link.armed = deadline
        queue.push(SimulatedEvent(.gatewayDeadline, key, at: deadline))
    }

    mutating func gatewayDeadline(_ key: LinkKey) {
        guard let gateway = gateway(of: key) else { return }
        let isIdle = gateways[Int(gateway)].isIdle
        let id = Int(key.session)
        let isPresent = seats[id].link.isOpen && seats[id].link.ordinal == key.ordinal
        if isPresent, seats[id].isSkipping { catchUp(id) }
        guard var link = isPresent ? seats[id].link : ghosts[key] else { return }
        // Also where nobody looks at it now: whoever does later must not wait for an event that has gone by.
        if link.armed == now { link.armed = .never }
        let deadline = link.connection.deadline
        if deadline > now, !isIdle { arm(&link, key) }
        if isPresent { seats[id].link = link } else { ghosts[key] = link }
        if deadline <= now, !isIdle { driveGateway(key, .deadlineReached) }
    }

    /// A gateway's kernel forgets a connection without asking its program.
    mutating func forget(_ key: LinkKey, of gateway: GatewayID) {
        if isBalanced(key) { leaveBalancer(key, gateway) }
        if !business.isEmpty { fleetForgets(key) }
        let id = Int(key.session)
        if seats[id].link.ordinal == key.ordinal { seats[id].link.isOpen = false } else { ghosts[key] = nil }
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
