import HoldfastCore

/// What kernels and boxes do about a connection when time passes: send again, probe, forget, give up.
extension World {
    func limits(of sender: Mapping.Sender, _ key: LinkKey) -> Retransmission.Limits {
        guard sender == .client else { return Retransmission.Limits() }
        let id = Int(key.session)
        let isHeld =
            seats[id].session.attempts > 0 && seats[id].session.ordinal == key.ordinal && seats[id].session.isConnected
        // A kernel has less patience with what no program holds any more (tcp_orphan_retries).
        guard isHeld else { return Retransmission.Limits(retries: 8) }
        return Retransmission.Limits(userTimeout: policy(of: key.session).heartbeat.userTimeout)
    }

    /// Whatever a path's timers have reached.
    mutating func pathDeadline(_ key: LinkKey) {
        guard var path = paths[key] else { return }
        if path.armed == now { path.armed = .never }
        paths[key] = path
        if now >= path.nextSyn { repeatSyn(key) }
        for sender in [Mapping.Sender.client, .gateway] { reachRetransmission(key, sender) }
        reachKeepalive(key)
        reachAging(key)
        keepPath(key)
    }

    private mutating func repeatSyn(_ key: LinkKey) {
        let id = Int(key.session)
        guard seats[id].session.ordinal == key.ordinal, seats[id].session.phase == .connecting else {
            paths[key]?.nextSyn = .never
            return
        }
        guard let path = paths[key], SynRetries().timeout(after: path.syns) != nil else {
            paths[key]?.nextSyn = .never
            return drive(id, .timedOut(.retransmission))
        }
        sendSyn(key)
    }

    private mutating func reachRetransmission(_ key: LinkKey, _ sender: Mapping.Sender) {
        guard var path = paths[key] else { return }
        let outcome = path[sender].timer.reachDeadline(now, limits(of: sender, key))
        switch outcome {
        case .nothing: return
        case .retransmit: transmit(&path, key, sender)
        case .giveUp: path[sender].held = []
        }
        paths[key] = path
        guard case .giveUp(let timer) = outcome else { return }
        if sender == .client { giveUp(key, timer) } else { driveGateway(key, .closedByPeer) }
    }

    private mutating func reachKeepalive(_ key: LinkKey) {
        guard var path = paths[key], var keepalive = path.keepalive else { return }
        let heartbeat = policy(of: key.session).heartbeat
        let settings = heartbeat.keepalive
        let outcome = keepalive.reachDeadline(
            now,
            settings,
            userTimeout: heartbeat.userTimeout,
            isOutstanding: path.up.timer.isOutstanding
        )
        path.keepalive = keepalive
        guard outcome == .probe else {
            paths[key] = path
            if outcome == .giveUp { giveUp(key, .keepalive) }
            return
        }
        // A kernel answers for a process that stands still, and not for one that is gone.
        if case .through = cross(&path, key, .client, isAcknowledgement: true, isProbe: true) {
            if gateway(of: key) == nil {
                resetClient(key)
            } else if case .through = cross(&path, key, .gateway, isAcknowledgement: true) {
                path.keepalive?.hear(now, settings)
            }
        }
        paths[key] = path
    }

    private mutating func giveUp(_ key: LinkKey, _ timer: KernelTimer) {
        paths[key]?.isForgotten = true
        paths[key]?.keepalive = nil
        let id = Int(key.session)
        guard seats[id].session.ordinal == key.ordinal, seats[id].session.isConnected else { return }
        drive(id, .timedOut(timer))
    }

    // MARK: Aging

    private mutating func reachAging(_ key: LinkKey) {
        if let path = paths[key], let middlebox = middlebox(of: path, key),
            paths[key]?.box?.expireIfDue(now, middlebox) == true
        {
            if var path = paths[key] {
                noteAging(&path, key)
                paths[key] = path
            }
            tellBothEnds(key, middlebox)
        }
        if let balancerTable, paths[key]?.flow?.expireIfDue(now, balancerTable) == true {
            paths[key]?.isAged = true
            if let gateway = paths[key]?.gateway { leaveBalancer(key, gateway) }
            tellBothEnds(key, balancerTable)
        }
    }

    mutating func noteAging(_ path: inout Path, _ key: LinkKey) {
        // What the timeline made a box forget did not age.
        path.isAged = path.isAged || !path.isSevered
        guard path.holdsPort else { return }
        path.holdsPort = false
        openMappings[box(of: key.session)] -= 1
    }

    /// An entry went: where the box says so, both ends hear of it.
    private mutating func tellBothEnds(_ key: LinkKey, _ policy: MiddleboxPolicy) {
        guard policy.expiry == .reset || policy.expiry == .fin, var path = paths[key] else { return }
        let message: SimulatedEvent.Message = policy.expiry == .reset ? .reset : .fin
        let arrival = now + delay
        let draw = self.policy.seed.resetLoss(session: key.session, ordinal: key.ordinal)
        let isLost = disturbances.contains {
            $0.isCut(key.session, path.gateway, .gateway)
                || ($0.kind == .loseResets && message == .reset && $0.hits(key.session, path.gateway, .gateway))
        }
        if !isLost, !(message == .reset && unitDouble(draw) < policy.resetLoss), !path.isSevered {
            queue.push(SimulatedEvent(.toClient, key, message, at: arrival), .transit)
        }
        queue.push(SimulatedEvent(.toGateway, key, message, at: arrival), .transit)
        // What was under way is nobody's business any more.
        path.down = Flight()
        paths[key] = path
    }
}
