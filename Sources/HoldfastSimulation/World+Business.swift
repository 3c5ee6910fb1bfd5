import HoldfastCore

/// Messages and requests over the connections. The fleet's directory of who is where is as good as its gateways'
/// knowledge: a message to a ghost is sent, and nobody receives it.
extension World {
    mutating func startBusiness(at t0: Instant) {
        requests.onStaleConnection = 0
        for id in business.indices {
            if let push = real.workload.push {
                business[id].mailbox.start(at: t0, session: UInt32(id), policy: push, seed: policy.seed)
            }
            if let request = real.workload.request {
                business[id].requester.start(at: t0, session: UInt32(id), policy: request, seed: policy.seed)
            }
            armBusiness(id)
        }
    }

    /// Something of a session's may be due.
    mutating func doBusiness(_ id: Int) {
        if business[id].armed == now { business[id].armed = .never }
        if let push = real.workload.push { pushDue(id, push) }
        if let request = real.workload.request {
            while let action = business[id].requester.nextAction(now, request, &requests) {
                switch action {
                case .send(let number): ask(number, id)
                case .rest(let instant):
                    isEndPlanned = true
                    drive(id, .commanded(.drop(.after(instant - now), by: .fin)))
                    isEndPlanned = false
                }
            }
        }
        armBusiness(id)
    }

    /// What was pushed until now; nil in plans without messages.
    var messagesAtEnd: MessageTally? {
        guard real.workload.push != nil else { return nil }
        var tally = messages
        for part in business {
            tally.pending += part.mailbox.unacknowledged.reduce(0) { $0 + (part.receipts.contains($1) ? 0 : 1) }
        }
        return tally
    }

    private mutating func armBusiness(_ id: Int) {
        let deadline = business[id].deadline
        guard deadline < business[id].armed else { return }
        business[id].armed = max(now, deadline)
        queue.push(SimulatedEvent(at: business[id].armed, kind: .business, session: UInt32(id)))
    }

    // MARK: The fleet's side

    private mutating func pushDue(_ id: Int, _ policy: PushPolicy) {
        let seed = self.policy.seed
        while let number = business[id].mailbox
            .nextSending(now, session: UInt32(id), policy: policy, seed: seed, &messages)
        {
            guard let ordinal = business[id].believed else { continue }
            let key = LinkKey(session: UInt32(id), ordinal: ordinal)
            messages.bytes += UInt64(WireFormat.dataBytes + policy.payloadBytes)
            let frame = Frame.data(kind: .push, message: number)
            deliverToGateway(SimulatedEvent(.toGateway, key, .push, at: now, frame: frame))
        }
    }

    /// A gateway admitted a session: from now on its messages go there.
    mutating func fleetAdmits(_ key: LinkKey) {
        let id = Int(key.session)
        guard let push = real.workload.push, business[id].believed.map({ $0 < key.ordinal }) ?? true else { return }
        business[id].believed = key.ordinal
        business[id].mailbox.connect(now, push, &messages)
        armBusiness(id)
    }

    /// A gateway knows that a connection is over.
    mutating func fleetForgets(_ key: LinkKey) {
        let id = Int(key.session)
        guard let push = real.workload.push, business[id].believed == key.ordinal else { return }
        business[id].believed = nil
        business[id].mailbox.disconnect(push, &messages)
        armBusiness(id)
    }

    /// A gateway read something that the fleet wants to know.
    mutating func fleetHears(_ frame: Frame, _ key: LinkKey) {
        guard case .data(.ack, let number) = frame else { return }
        business[Int(key.session)].mailbox.acknowledge(number)
    }

    // MARK: The session's side

    /// A session received something beside heartbeats.
    mutating func receive(_ kind: DataKind, _ number: UInt32, _ id: Int) {
        switch kind {
        case .push:
            let letter = business[id].mailbox.letter(number)
            if business[id].receipts.receive(number) {
                hash(UInt64(id), .delivery, UInt64(number))
                messages.delivered += 1
                if letter?.hasWaited == true { messages.delayed += 1 }
                if let letter { messages.latency.record(now - letter.intended) }
            } else {
                messages.duplicated += 1
            }
            if real.workload.push?.isAcknowledged == true { write(.data(kind: .ack, message: number), id) }
        case .response:
            guard let request = real.workload.request else { return }
            hash(UInt64(id), .answer, UInt64(number))
            business[id].requester.answer(number, now, request, &requests)
            armBusiness(id)
        case .ack, .request: break
        }
    }

    /// A session's connection carries requests from its admission on.
    mutating func ask(_ id: Int) {
        guard let request = real.workload.request else { return }
        business[id].requester.admit(now, request)
        armBusiness(id)
    }

    /// A connection for one request carries it right behind the login, if nobody lets the login wait.
    mutating func askEarly(_ id: Int) {
        guard let request = real.workload.request, request.isShort, !hasFrontDoor else { return }
        business[id].requester.connect(now, request)
        armBusiness(id)
    }

    mutating func stopAsking(_ id: Int) {
        guard let request = real.workload.request else { return }
        business[id].requester.disconnect(request, &requests)
        armBusiness(id)
    }

    private mutating func ask(_ number: UInt32, _ id: Int) {
        write(.data(kind: .request, message: number), id)
        let key = key(of: id)
        if gateway(of: key) == nil || paths[key].map({ $0.isAged || $0.isSevered }) == true {
            requests.onStaleConnection? += 1
        }
    }

    /// Something that the session's heartbeat did not want itself.
    private mutating func write(_ frame: Frame, _ id: Int) {
        send(id, .frame, frame)
        let policy = policy(of: UInt32(id))
        guard policy.heartbeat.strategy.traits.contains(.writesRearm) else { return }
        seats[id].session.noteWrite(now, policy)
        arm(id)
    }
}
