import HoldfastCore
import HoldfastResult

/// Sessions: events in, the brain's actions out, and their notes into the accounts.
extension World {
    mutating func drive(_ id: Int, _ event: SessionEvent) {
        if seats[id].isSkipping { catchUp(id) }
        seats[id].isSkipping = false
        handle(id, event)
        rest(id)
    }

    private mutating func handle(_ id: Int, _ event: SessionEvent) {
        tell(id, event)
        while let action = seats[id].session.nextAction() { perform(action, id) }
        if seats[id].session.deadline <= now, !mustWait(id) {
            tell(id, .deadlineReached)
            while let action = seats[id].session.nextAction() { perform(action, id) }
        }
    }

    /// Leaves the session until something happens: its beats in closed form, or its deadline in the queue.
    private mutating func rest(_ id: Int) {
        // A login that was carried out at once has left it to itself already.
        guard !seats[id].isSkipping else { return }
        if isFast, seats[id].session.phase == .admitted, seats[id].link.isOpen,
            seats[id].link.ordinal == seats[id].session.ordinal, !gateways[Int(seats[id].link.gateway)].isIdle,
            canSkipBeats(id)
        {
            seats[id].isSkipping = true
            disarm(id)
        } else {
            arm(id)
        }
    }

    /// Leaves a waiting deadline event without effect. Most are timeouts of attempts that have succeeded, and to
    /// look at a seat that is long out of the cache when one comes takes longer than all the rest of it.
    private mutating func disarm(_ id: Int) {
        guard seats[id].armed != .never else { return }
        seats[id].armed = .never
        armed.remove(id)
    }

    mutating func sessionDeadline(_ id: Int) {
        guard armed.contains(id) else { return }
        if seats[id].armed == now {
            seats[id].armed = .never
            armed.remove(id)
        }
        guard !seats[id].isSkipping else { return }
        guard seats[id].session.deadline <= now else { return arm(id) }
        if !mustWait(id) { drive(id, .deadlineReached) }
    }

    private func canSkipBeats(_ id: Int) -> Bool {
        guard hasGroups else { return seats[id].session.canSkipBeats(roundTrip: roundTrip, policy: policy) }
        return seats[id].session.canSkipBeats(roundTrip: roundTrip, policy: policy(of: UInt32(id)))
    }

    func willFire(_ id: Int) -> Bool {
        seats[id].session.deadline != .never && seats[id].armed > seats[id].session.deadline
    }

    /// Keeps one deadline event waiting, never later than the deadline; an earlier one is moved when it comes.
    mutating func arm(_ id: Int) {
        guard willFire(id) else { return }
        if planted == .deadlineIsForgotten, seats[id].session.phase == .waiting, seats[id].session.attempts % 4 == 1 {
            return
        }
        // After catching up with beats the deadline may lie in the past.
        seats[id].armed = max(now, seats[id].session.deadline)
        guard !seats[id].isConnectUnderWay else { return }
        pushDeadline(id)
    }

    private mutating func pushDeadline(_ id: Int) {
        armed.insert(id)
        let isAttempt = seats[id].session.phase == .connecting || seats[id].session.phase == .loggingIn
        let event = SimulatedEvent(at: seats[id].armed, kind: .sessionDeadline, session: UInt32(id))
        queue.push(event, isAttempt ? .timeout : .other)
    }

    /// A connect that was bound to arrive has arrived, and what comes of it at once is done: only now does the session
    /// need the event of its deadline, which most do not any more.
    mutating func endConnect(_ id: Int) {
        guard seats[id].isConnectUnderWay else { return }
        seats[id].isConnectUnderWay = false
        if seats[id].armed != .never { pushDeadline(id) }
    }

    // MARK: Beats in closed form

    /// Counts the beats since the session was left to itself, and puts the one under way, if any, on its way: what came
    /// before this instant, and, `throughNow`, what comes at it.
    mutating func catchUp(_ id: Int, throughNow: Bool = false) {
        let end = throughNow ? now + Span(nanoseconds: 1) : now
        let count =
            hasGroups
            ? seats[id].session.skipBeats(before: end, roundTrip: roundTrip, policy: policy(of: UInt32(id)))
            : seats[id].session.skipBeats(before: end, roundTrip: roundTrip, policy: policy)
        if count > 0 {
            let segment = Int(seats[id].segment)
            segments[segment].counters.heartbeatsSent += count
            segments[segment].counters.heartbeatsAnswered += count
            segments[segment].counters.heartbeatBytes += count * UInt64(pingBytes(id) + WireFormat.pongBytes)
            segments[segment].counters.heartbeatRTT.record(roundTrip.seconds, times: count)
            if hasIdleTimeouts {
                let gatewayPolicy = hasGroups ? groups[Int(seats[id].group)].gatewayPolicy : gatewayPolicy
                let heard = seats[id].session.lastProofOfLife - delay
                seats[id].link.connection.handle(.received(.ping(sequence: 0)), now: heard, policy: gatewayPolicy)
                while seats[id].link.connection.nextAction() != nil {}
            }
        }
        guard seats[id].session.nextBeatDue < end else { return }
        let reached = now
        present = reached
        now = seats[id].session.nextBeatDue
        seats[id].isSkipping = false
        handle(id, .deadlineReached)
        now = reached
        present = nil
        arm(id)
    }

    mutating func catchUpAll() {
        for id in 0..<sessionCount where seats[id].isSkipping { catchUp(id) }
    }

    /// The sessions of a gateway beat one by one from now on.
    mutating func wakeSessions(of gateway: GatewayID) {
        for id in 0..<sessionCount where seats[id].link.gateway == gateway { wake(id) }
    }

    /// The session beats one by one from now on.
    mutating func wake(_ id: Int) {
        guard seats[id].isSkipping else { return }
        catchUp(id)
        seats[id].isSkipping = false
        arm(id)
    }

    private func pingBytes(_ id: Int) -> Int {
        guard hasGroups else { return WireFormat.pingBytes + Int(policy.heartbeat.payloadBytes) }
        return WireFormat.pingBytes + Int(policy(of: UInt32(id)).heartbeat.payloadBytes)
    }

    // MARK: Actions

    mutating func perform(_ action: SessionAction, _ id: Int) {
        let segment = Int(seats[id].segment)
        switch action {
        case .connect(let gateway):
            noteAttempt(id)
            startClock(id)
            guard let gateway = route(id, gateway) else { return }
            seats[id].isConnectUnderWay = !hasPaths
            send(id, .connect, .welcome(gateway: gateway, incarnation: 0, intervalMilliseconds: 0))
        case .sendHello:
            send(id, .hello)
            if !business.isEmpty { askEarly(id) }
        case .sendPing(let sequence):
            segments[segment].counters.heartbeatsSent += 1
            segments[segment].counters.heartbeatBytes += UInt64(pingBytes(id))
            send(id, .frame, .ping(sequence: sequence))
        case .sendPong(let sequence): send(id, .frame, .pong(sequence: sequence, intervalMilliseconds: 0))
        case .sendBye(let reason): send(id, .frame, .bye(reason))
        case .close(let manner):
            guard manner != .vanish else {
                let key = key(of: id)
                if hasPaths {
                    paths[key]?.isVanished = true
                    keepPath(key)
                }
                return
            }
            send(id, manner == .fin ? .fin : .reset)
        case .notedAdmission(let gateway): noteAdmission(id, gateway)
        case .notedDisconnect(let mechanism): noteDisconnect(id, mechanism)
        case .notedConnectFailure(let failure):
            if !business.isEmpty { stopAsking(id) }
            hash(UInt64(id), .connectFailure, UInt64(position(failure)))
            if failure == .noGateway, policy.selection.isOwn { noteAttempt(id) }
            if isStarted {
                segments[segment].counters.connectsFailed[position(failure)] += 1
                count(id) { $0.connectsFailed[position(failure)] += 1 }
            } else {
                segments[segment].counters.establishFailed[position(failure)] += 1
            }
        case .notedAnswer(let time):
            segments[segment].counters.heartbeatsAnswered += 1
            segments[segment].counters.heartbeatRTT.record(time)
            learn(id)
        case .notedResumption:
            hash(UInt64(id), .resumption, 0)
            segments[segment].counters.stopped[position(seats[id].session.stopReason)] -= 1
            let reason = seats[id].session.stopReason
            count(id) { $0.stopped[position(reason)] -= 1 }
        case .notedMiss:
            segments[segment].counters.heartbeatsMissed += 1
            if adapts(id) { adaptive[id].noteMiss() }
        case .stop(let reason):
            hash(UInt64(id), .stop, UInt64(position(reason)))
            segments[segment].counters.stopped[position(reason)] += 1
            count(id) { $0.stopped[position(reason)] += 1 }
            segments[segment].log.stopped(&seats[id].outage, reason)
        }
    }

    private mutating func noteAttempt(_ id: Int) {
        segments[Int(seats[id].segment)].counters.connectsAttempted += 1
        // All of them in one place: the peaks of parts add up to more than the peak of the whole.
        segments[0].pace.note(now)
        count(id) { $0.connectsAttempted += 1 }
    }

    private mutating func noteAdmission(_ id: Int, _ gateway: GatewayID) {
        if adapts(id) { beginLearning(id) }
        if !business.isEmpty { ask(id) }
        hash(UInt64(id), .admission, UInt64(gateway))
        let segment = Int(seats[id].segment)
        segments[segment].counters.connectsSucceeded += 1
        segments[segment].counters.admitted += 1
        noteConnect(id)
        count(id) {
            $0.connectsSucceeded += 1
            $0.admitted += 1
        }
        if !seats[id].hasBeenAdmitted {
            seats[id].hasBeenAdmitted = true
            segments[segment].counters.admittedOnce += 1
            count(id) { $0.admittedOnce += 1 }
            admittedOnce += 1
            if admittedOnce == sessionCount { announce() }
        }
        segments[segment].populations.open(gateway, session: UInt32(id), ordinal: seats[id].session.ordinal)
        segments[segment].log.readmitted(&seats[id].outage, at: now)
    }

    private mutating func noteDisconnect(_ id: Int, _ mechanism: Mechanism) {
        if adapts(id) { adaptive[id].disconnect(mechanism, at: now) }
        if !business.isEmpty { stopAsking(id) }
        hash(UInt64(id), .disconnect, UInt64(position(mechanism)))
        let segment = Int(seats[id].segment)
        let gateway = seats[id].session.gateway
        segments[segment].counters.admitted -= 1
        count(id) { $0.admitted -= 1 }
        segments[segment].populations.close(gateway, session: UInt32(id), ordinal: seats[id].session.ordinal)
        var disconnect = Disconnect(
            session: UInt32(id),
            gateway: gateway,
            lastProofOfLife: seats[id].session.lastProofOfLife,
            at: now,
            mechanism: mechanism,
            injectedBy: mechanism == .local ? injecting : nil
        )
        let key = key(of: id)
        disconnect.isAged = hasPaths && mechanism != .local && paths[key]?.isAged == true
        disconnect.age = now - seats[id].session.admittedAt
        if !business.isEmpty { disconnect.lastWrite = business[id].lastWrite }
        if mechanism == .goaway { disconnect.goaway = seats[id].session.goaway }
        let isDuplicate = keepsAccounts && takeDuplicate(key, mechanism)
        disconnect.isScheduled = isDuplicate || (mechanism == .local && isEndPlanned)
        seats[id].outage = segments[segment].log.add(disconnect, of: seats[id].session)
    }
}
