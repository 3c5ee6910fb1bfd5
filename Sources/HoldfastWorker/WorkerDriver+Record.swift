import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// What the sessions' notes become: counters, populations, disconnects.
extension WorkerDriver {
    mutating func note(_ action: SessionAction, _ slot: Int, _ now: Instant) {
        guard !isEnded else { return }
        switch action {
        case .notedAdmission(let gateway): noteAdmission(slot, gateway, now)
        case .notedDisconnect(let mechanism): noteDisconnect(slot, mechanism, now)
        case .notedConnectFailure(let failure):
            if failure == .noGateway, segment.policy.selection.isOwn { noteAttempt(now) }
            if isStarted {
                counters.connectsFailed[position(failure)] += 1
            } else {
                counters.establishFailed[position(failure)] += 1
            }
        case .notedAnswer(let roundTrip):
            counters.heartbeatsAnswered += 1
            counters.heartbeatRTT.record(roundTrip)
        case .notedResumption: counters.stopped[position(sessions[slot].stopReason)] -= 1
        case .notedMiss: counters.heartbeatsMissed += 1
        case .stop(let reason):
            counters.stopped[position(reason)] += 1
            log.stopped(&outages[slot], reason)
        case .connect, .sendHello, .sendPing, .sendPong, .sendBye, .close: break
        }
    }

    mutating func noteAttempt(_ now: Instant) {
        counters.connectsAttempted += 1
        pace.note(now)
    }

    private mutating func noteAdmission(_ slot: Int, _ gateway: GatewayID, _ now: Instant) {
        let id = sessions[slot].id
        counters.connectsSucceeded += 1
        counters.admitted += 1
        if !hasBeenAdmitted[slot] {
            hasBeenAdmitted[slot] = true
            counters.admittedOnce += 1
            if counters.admittedOnce == counters.sessions { life.raiseUrgency() }
        }
        populations.open(gateway, session: id, ordinal: sessions[slot].ordinal)
        log.readmitted(&outages[slot], at: now)
    }

    private mutating func noteDisconnect(_ slot: Int, _ mechanism: Mechanism, _ now: Instant) {
        let session = sessions[slot]
        counters.admitted -= 1
        populations.close(session.gateway, session: session.id, ordinal: session.ordinal)
        var disconnect = Disconnect(
            session: session.id,
            gateway: session.gateway,
            lastProofOfLife: session.lastProofOfLife,
            at: now,
            mechanism: mechanism,
            injectedBy: mechanism == .local ? injecting : nil
        )
        disconnect.age = now - sessions[slot].admittedAt
        if mechanism == .goaway { disconnect.goaway = sessions[slot].goaway }
        disconnect.isScheduled = mechanism == .local && isLifetimeOver
        outages[slot] = log.add(disconnect, of: session)
    }

    /// t0: counting begins.
    mutating func startCounting() {
        isStarted = true
        succeededBefore = counters.connectsSucceeded
        counters = counters.startingAnew(pending: pendingConnects)
        pace = PeakRate()
        memory.measure(sessions: sessionCount)
    }

    private var pendingConnects: UInt64 {
        var pending: UInt64 = 0
        for slot in 0..<sessionCount {
            let phase = sessions[slot].phase
            if phase == .connecting || phase == .loggingIn { pending += 1 }
        }
        return pending
    }

    /// Populations at `second`.
    func cut(_ second: Int32, _ reactor: borrowing Reactor) -> Cut {
        var cut = Cut(second: second)
        cut.populations = populations.cut
        cut.stopped = counters.stopped.reduce(0, +)
        cut.waiting = counters.sessions - counters.admitted - cut.stopped
        cut.attempts = counters.connectsAttempted
        cut.attemptsDue = UInt64(reactor.attemptsDue)
        return cut
    }
}
