import HoldfastCore
import HoldfastPlan

/// The way between sessions and gateways where it is more than a constant delay: boxes that forget, networks that lose,
/// and TCP, which sends again.
extension World {
    /// What becomes of one transmission.
    enum Crossing {
        /// It arrives this much later than usual.
        case through(Span)
        case lost
        /// A box answers in place of the other end.
        case answered
    }

    /// Puts something on its way along its connection's path.
    mutating func travel(_ event: SimulatedEvent) {
        let key = event.key
        let sender: Mapping.Sender = event.kind == .toGateway ? .client : .gateway
        if event.message == .connect { return openPath(event, key) }
        guard var path = paths[key] else { return }
        if sender == .client, path.isForgotten { return }
        if sender == .client, path.nextSyn != .never {
            // What was never connected is given up without a word.
            path.isForgotten = true
            path.nextSyn = .never
            paths[key] = path
            return keepPath(key)
        }
        switch event.message {
        case .handshake, .hello, .answeredHello, .frame, .fin:
            path[sender].held.append(event)
            transmit(&path, key, sender)
        case .accepted, .refused, .reset, .unreachable, .unanswered, .unrouted, .none, .connect, .push, .duplicate:
            // Neither is sent again by itself: the client repeats its first segment, and a reset is only an answer.
            if case .through(let wait) = cross(&path, key, sender, isReset: event.message == .reset) {
                arrive(event, after: wait, &path, sender)
            }
            if sender == .client, event.message == .reset { path.isForgotten = true }
        }
        paths[key] = path
        keepPath(key)
    }

    // MARK: Beginning

    private mutating func openPath(_ event: SimulatedEvent, _ key: LinkKey) {
        var path = Path()
        if case .welcome(let wanted, _, _) = event.frame { path.wanted = wanted }
        path.gateway = path.wanted
        path.network = networks[key.session]
        layWay(&path, key)
        paths[key] = path
        sendSyn(key)
    }

    mutating func sendSyn(_ key: LinkKey) {
        guard var path = paths[key] else { return }
        if let middlebox = middlebox(of: path, key), path.box == nil {
            let box = box(of: key.session)
            if let ports = middlebox.ports, openMappings[box] >= ports {
                path.isForgotten = true
                paths[key] = path
                return queue.push(SimulatedEvent(.toClient, key, .unreachable, at: now + roundTrip))
            }
            path.box = Mapping(now: now)
            // The tables of other networks hold as many as come.
            path.holdsPort = path.network == 0
            if path.holdsPort { openMappings[box] += 1 }
        }
        path.nextSyn = SynRetries().timeout(after: path.syns).map { now + $0 } ?? .never
        path.syns += 1
        if case .through(let wait) = cross(&path, key, .client) {
            let frame = Frame.welcome(gateway: path.wanted, incarnation: 0, intervalMilliseconds: 0)
            let syn = SimulatedEvent(.toGateway, key, .connect, at: now, frame: frame)
            arrive(syn, after: wait, &path, .client)
        }
        paths[key] = path
        keepPath(key)
    }

    /// A first segment reached `gateway`, or what stands before it; false when the way on is closed.
    mutating func reach(_ gateway: GatewayID, _ key: LinkKey) -> Bool {
        guard hasPaths, var path = paths[key] else { return true }
        path.gateway = gateway
        if balancerTable != nil, path.flow == nil { path.flow = Mapping(now: now) }
        paths[key] = path
        guard !gateways[Int(gateway)].isHostDown else { return false }
        return !disturbances.contains { $0.isCut(key.session, gateway, .client) }
    }

    /// The client is connected: its kernel begins to watch over the connection.
    mutating func watchPath(_ key: LinkKey) {
        guard hasPaths, paths[key] != nil else { return }
        paths[key]?.nextSyn = .never
        let heartbeat = policy(of: key.session).heartbeat
        if heartbeat.strategy == .tcpKeepalive {
            paths[key]?.keepalive = Keepalive(heartbeat.keepalive, now: now)
        }
        keepPath(key)
    }

    // MARK: Crossing

    /// Sends what one end holds; what is not acknowledged will be sent again.
    mutating func transmit(_ path: inout Path, _ key: LinkKey, _ sender: Mapping.Sender) {
        switch cross(&path, key, sender) {
        case .answered:
            path[sender].held = []
            path[sender].timer.acknowledge()
            if sender == .client { resetClient(key) }
        case .lost: path[sender].timer.send(now, limits(of: sender, key))
        case .through(var wait):
            if sender == .gateway { wait = wait + gateways[Int(path.gateway)].answerDelay }
            let held = path[sender].held
            path[sender].held = []
            for event in held { arrive(event, after: wait, &path, sender) }
            // Its kernel does not know the connection any more, and said so already; that may have been lost.
            if held.isEmpty, sender == .client, gateway(of: key) == nil {
                resetClient(key)
            }
            acknowledge(&path, key, sender)
        }
    }

    /// The other end's kernel acknowledges, if that finds its way.
    private mutating func acknowledge(_ path: inout Path, _ key: LinkKey, _ sender: Mapping.Sender) {
        guard case .through = cross(&path, key, sender.other, isAcknowledgement: true) else {
            return path[sender].timer.send(now, limits(of: sender, key))
        }
        path[sender].timer.acknowledge()
        if sender == .client { path.keepalive?.hear(now, policy(of: key.session).heartbeat.keepalive) }
    }

    /// A kernel or a box on the way answers what the client sent with a reset.
    mutating func resetClient(_ key: LinkKey) {
        let way = paths[key]?.way ?? delay
        queue.push(SimulatedEvent(.toClient, key, .reset, at: now + way * 2))
    }

    private mutating func arrive(
        _ event: SimulatedEvent,
        after wait: Span,
        _ path: inout Path,
        _ sender: Mapping.Sender
    ) {
        var event = event
        event.at = max(now + path.way + wait, path[sender].lastArrival)
        path[sender].lastArrival = event.at
        queue.push(event, .transit)
    }

    mutating func cross(
        _ path: inout Path,
        _ key: LinkKey,
        _ sender: Mapping.Sender,
        isReset: Bool = false,
        isAcknowledgement: Bool = false,
        isProbe: Bool = false
    ) -> Crossing {
        if path.isOutOfReach || (path.isSevered && path.box?.isExpired != true)
            || (path.gateway != noGateway && gateways[Int(path.gateway)].isHostDown)
        {
            return .lost
        }
        let isBare = isAcknowledgement && !isProbe
        if let middlebox = middlebox(of: path, key),
            let passage = path.box?.pass(sender, now, middlebox, isBare: isBare), passage != .pass
        {
            noteAging(&path, key)
            return passage == .reset ? .answered : .lost
        }
        // A proxy's clock runs for data alone.
        if !isAcknowledgement, let table = balancerTable, let passage = path.flow?.pass(sender, now, table),
            passage != .pass
        {
            path.isAged = true
            if path.isCounted {
                leaveBalancer(key, path.gateway)
                path.isCounted = false
            }
            return passage == .reset ? .answered : .lost
        }
        guard !disturbances.isEmpty else { return .through(.zero) }
        return meetDisturbances(&path, key, sender, isReset, isAcknowledgement)
    }

    private mutating func meetDisturbances(
        _ path: inout Path,
        _ key: LinkKey,
        _ sender: Mapping.Sender,
        _ isReset: Bool,
        _ isAcknowledgement: Bool
    ) -> Crossing {
        var conditions = PathConditions()
        var wait = Span.zero
        for index in disturbances.indices where disturbances[index].hits(key.session, path.gateway, sender) {
            switch disturbances[index].kind {
            case .loseResets: if isReset { return .lost }
            case .congest:
                // An acknowledgement alone takes next to no room.
                guard !isAcknowledgement else { continue }
                guard let queued = disturbances[index].queue?.pass(now) else { return .lost }
                wait = wait + queued
            case .partition, .loss, .delay: conditions.add(disturbances[index].conditions)
            }
        }
        let counter = UInt64(key.ordinal) << 32 | UInt64(path.crossings) << 1
        path.crossings &+= 1
        let stream = policy.seed.stream(.network, actor: key.session)
        guard let extra = conditions.meet((stream.draw(counter), stream.draw(counter | 1))) else { return .lost }
        return .through(wait + extra)
    }

    // MARK: Keeping

    /// Keeps one event waiting for the path's next timer, and forgets a path that nobody needs any more.
    mutating func keepPath(_ key: LinkKey) {
        guard var path = paths[key] else { return }
        let id = Int(key.session)
        let isCurrent = seats[id].session.ordinal == key.ordinal && seats[id].session.hasSocket
        if !isCurrent, gateway(of: key) == nil, !path.up.timer.isOutstanding,
            !path.down.timer.isOutstanding
        {
            if path.holdsPort { openMappings[box(of: key.session)] -= 1 }
            // It was sent on and never arrived.
            if path.isCounted { leaveBalancer(key, path.gateway) }
            paths[key] = nil
            return
        }
        var next = min(path.nextSyn, path.up.timer.deadline, path.down.timer.deadline)
        if let keepalive = path.keepalive { next = min(next, keepalive.deadline) }
        if let middlebox = middlebox(of: path, key), middlebox.isActive {
            next = min(next, path.box?.deadline(middlebox) ?? .never)
        }
        if let balancerTable { next = min(next, path.flow?.deadline(balancerTable) ?? .never) }
        guard next < path.armed else { return }
        path.armed = max(now, next)
        paths[key] = path
        queue.push(SimulatedEvent(.path, key, at: path.armed))
    }
}

extension MiddleboxPolicy {
    /// Whether somebody waits for an entry to go: those that are told, or a table that is full.
    fileprivate var isActive: Bool { ports != nil || expiry == .reset || expiry == .fin }
}
