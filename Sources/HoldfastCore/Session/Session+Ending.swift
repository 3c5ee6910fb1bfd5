/// How an admitted connection ends, and what comes after.
extension Session {
    mutating func endByPeer(_ end: PeerEnd, _ now: Instant, _ policy: SessionPolicy) {
        switch phase {
        case .connecting, .loggingIn:
            fail(end == .fin ? .closed : .reset, closing: true, now, policy)
        case .admitted:
            manner = .fin
            pending.insert(.close)
            disconnect(end == .fin ? .fin : .reset, now, policy)
        case .idle, .waiting, .stopped: break
        }
    }

    mutating func endByFailure(_ mechanism: Mechanism, _ now: Instant, _ policy: SessionPolicy) {
        switch phase {
        case .connecting, .loggingIn: fail(.reset, closing: true, now, policy)
        case .admitted:
            manner = .fin
            pending.insert(.close)
            disconnect(mechanism, now, policy)
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
        disconnect(.protocolViolation, now, policy)
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
        case .drop(let comeback, let manner):
            guard phase == .admitted else { return }
            self.manner = manner
            pending.insert(.close)
            plannedComeback = comeback
            disconnect(.local, now, policy)
        case .expectDrop(let comeback):
            guard phase == .admitted else { return }
            plannedComeback = comeback
        }
    }

    /// An admitted connection is over: the session waits for its next attempt, or stops.
    mutating func disconnect(
        _ mechanism: Mechanism,
        atLeast wait: Span = .zero,
        _ now: Instant,
        _ policy: SessionPolicy
    ) {
        endAdmission(mechanism)
        disconnectedAt = now
        if mechanism != .local { avoided = gateway }
        let comeback = plannedComeback
        plannedComeback = .policy
        switch comeback {
        case .never: stop(.departed)
        case .after(let span): self.wait(until: now + span)
        case .policy: scheduleAttempt(atLeast: wait, now, policy)
        }
    }

    mutating func endAdmission(_ mechanism: Mechanism) {
        self.mechanism = mechanism
        if pingIntended != .never { pending.insert(.noteMiss) }
        pingIntended = .never
        awaitsPong = false
        nextBeat = .never
        pending.insert(.noteDisconnect)
    }
}
