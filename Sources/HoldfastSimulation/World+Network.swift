import HoldfastCore

/// Messages to and fro, and what sessions make of them.
extension World {
    /// Sends something of a session's present connection to its gateway.
    mutating func send(_ id: Int, _ message: SimulatedEvent.Message, _ frame: Frame = .bye(.teardown)) {
        if !business.isEmpty { business[id].lastWrite = now }
        transmit(SimulatedEvent(.toGateway, key(of: id), message, at: now + delay, frame: frame))
    }

    mutating func sendToClient(_ key: LinkKey, _ message: SimulatedEvent.Message, _ frame: Frame = .bye(.teardown)) {
        transmit(SimulatedEvent(.toClient, key, message, at: now + delay, frame: frame))
    }

    /// A session's present connection, or its last one.
    func key(of id: Int) -> LinkKey { LinkKey(session: UInt32(id), ordinal: seats[id].session.ordinal) }

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
        if hasPaths { keepPath(event.key) }
    }

    private mutating func deliver(_ event: SimulatedEvent) {
        let id = Int(event.session)
        guard seats[id].session.attempts > 0, seats[id].session.ordinal == event.ordinal,
            seats[id].session.hasSocket || !hasPaths
        else {
            return answerForGone(event)
        }
        switch event.message {
        case .accepted:
            watchPath(event.key)
            noteHandshake(id)
            shakeHands(id, done: 0)
        case .handshake: if case .ping(let done) = event.frame { shakeHands(id, done: done) }
        case .unreachable: drive(id, .connectFailed(.unreachable))
        case .refused: drive(id, .connectFailed(.refused))
        case .unrouted: drive(id, .routed(to: noGateway))
        case .fin: drive(id, .closedByPeer(.fin))
        case .reset:
            if hasPaths { paths[event.key]?.isForgotten = true }
            drive(id, .closedByPeer(.reset))
        case .frame:
            if seats[id].isSkipping { catchUp(id) }
            if planted != .answersProveNothing { seats[id].session.noteProofOfLife(now) }
            if case .pong = event.frame {
                segments[Int(seats[id].segment)].counters.heartbeatBytes += UInt64(WireFormat.pongBytes)
            }
            let isAdmitted = seats[id].session.phase == .admitted
            drive(id, SessionEvent(event.frame, isAdmitted: isAdmitted))
            if isAdmitted, case .data(let kind, let message) = event.frame { receive(kind, message, id) }
        case .none, .connect, .unanswered, .hello, .push, .answeredHello, .duplicate: break
        }
    }

    /// The next round trip before the login, or the login.
    private mutating func shakeHands(_ id: Int, done: UInt32) {
        guard done < real.connect.tls.roundTrips else { return drive(id, .connected) }
        send(id, .handshake, .ping(sequence: done + 1))
    }

    /// What arrives for a connection that the session has given up is answered by its kernel: a program that left has
    /// read nothing of it. Where nothing can happen on the way, the farewell is ahead of any answer.
    private mutating func answerForGone(_ event: SimulatedEvent) {
        let key = event.key
        guard hasPaths, let path = paths[key] else { return }
        switch event.message {
        case .frame where !path.isVanished && !path.isSevered:
            paths[key]?.isForgotten = false
            transmit(SimulatedEvent(.toGateway, key, .reset, at: now + delay))
        case .reset:
            paths[key]?.up = Flight()
            paths[key]?.isForgotten = true
            keepPath(key)
        default: keepPath(key)
        }
    }
}
