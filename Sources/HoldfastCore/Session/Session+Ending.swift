/// How an admitted connection ends, and what comes after.
extension Session {
    mutating func endByPeer(_ end: PeerEnd, _ now: Instant, _ policy: SessionPolicy) {
        switch phase {
        case .connecting, .loggingIn:
            fail(end == .fin ? .closed : .reset, closing: true, now, policy)
        case .admitted:
            manner = .fin
            pending.insert(.close)
            disconnect(end == .fin ? .fin : .reset, .abnormal, now, policy)
        case .idle, .waiting, .stopped: break
        }
    }

    mutating func endByFailure(_ mechanism: Mechanism, _ now: Instant, _ policy: SessionPolicy) {
        switch phase {
        case .connecting, .loggingIn:
            let isTimer = [.keepalive, .retransmission, .userTimeout].contains(mechanism)
            fail(isTimer ? .timeout : .reset, closing: true, now, policy)
        case .admitted:
            manner = .fin
            pending.insert(.close)
            disconnect(mechanism, .abnormal, now, policy)
        case .idle, .waiting, .stopped: break
        }
    }

    mutating func endByViolation(_ now: Instant, _ policy: SessionPolicy) {
        guard phase == .loggingIn || phase == .admitted else { return }
        bye = .protocolViolation
        pending.insert(.sendBye)
        if phase == .loggingIn {
            return fail(.rejected, closing: true, now, policy)
        }
        manner = .fin
        pending.insert(.close)
        disconnect(.protocolViolation, .abnormal, now, policy)
    }

    mutating func obey(_ command: SessionCommand, _ now: Instant, _ policy: SessionPolicy) {
        switch command {
        case .end:
            guard phase != .stopped else { return }
            if phase == .admitted {
                bye = .teardown
                pending.insert(.sendBye)
            }
            if phase != .idle, phase != .waiting {
                manner = .fin
                pending.insert(.close)
            }
            stop(.ended)
        case .resume:
            guard canBeResumed else { return }
            tryAnew(now)
        case .foreground:
            if phase == .admitted { beatAhead(now, policy) }
            if phase == .waiting || hasGivenUp { tryAnew(now) }
        case .drop(let comeback, let manner):
            guard phase == .admitted else { return }
            self.manner = manner
            pending.insert(.close)
            plannedComeback = comeback
            disconnect(.local, .planned, now, policy)
        case .beat(let milliseconds):
            guard phase == .admitted else { return }
            adoptInterval(milliseconds, policy)
        case .expectDrop(let comeback):
            guard phase == .admitted else { return }
            plannedComeback = comeback
        }
    }

    /// Attempts at once, and counts attempts and time from here.
    private mutating func tryAnew(_ now: Instant) {
        if phase == .stopped { pending.insert(.noteResumption) }
        backoff = Backoff()
        disconnectedAt = now
        wait(until: now)
    }

    /// An admitted connection is over: the session waits for its next attempt, or stops.
    mutating func disconnect(
        _ mechanism: Mechanism,
        _ end: DisconnectClass,
        target: GatewayID = noGateway,
        atLeast wait: Span = .zero,
        _ now: Instant,
        _ policy: SessionPolicy
    ) {
        endAdmission(mechanism)
        disconnectedAt = now
        guard end != .kicked else { return stop(.kicked) }
        chooseNext(end, target, now, policy)
        let comeback = plannedComeback
        plannedComeback = .policy
        switch comeback {
        case .never: stop(.departed)
        case .after(let span): self.wait(until: now + span)
        case .policy: scheduleAttempt(after: end, atLeast: wait, now, policy)
        }
    }

    /// Which gateway the next pick leaves out, or goes to.
    private mutating func chooseNext(
        _ end: DisconnectClass,
        _ target: GatewayID,
        _ now: Instant,
        _ policy: SessionPolicy
    ) {
        switch end {
        case .planned, .kicked: break
        case .moved:
            isDirected = policy.selection.offers(target)
            avoided = isDirected ? target : gateway
        case .drain: avoided = gateway
        case .overload: avoided = policy.selection.leavesFailed ? gateway : noGateway
        case .abnormal:
            avoided = policy.selection.leavesFailed ? gateway : noGateway
            guard let quarantine = policy.reconnect.quarantine else { return }
            quarantined = gateway
            quarantinedUntil = now + quarantine
        }
    }

    private mutating func endAdmission(_ mechanism: Mechanism) {
        self.mechanism = mechanism
        if pingIntended != .never { pending.insert(.noteMiss) }
        pingIntended = .never
        awaitsPong = false
        nextBeat = .never
        pending.insert(.noteDisconnect)
    }
}
