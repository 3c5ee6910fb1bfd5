import HoldfastControl
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
            if failure == .noGateway, segment.policy.selection.isOwn { noteAttempt(slot, now) }
            if isStarted {
                counters.connectsFailed[position(failure)] += 1
                count(slot) { $0.connectsFailed[position(failure)] += 1 }
            } else {
                counters.establishFailed[position(failure)] += 1
            }
        case .notedAnswer(let roundTrip):
            counters.heartbeatsAnswered += 1
            counters.heartbeatRTT.record(roundTrip)
        case .notedResumption:
            let reason = position(sessions[slot].stopReason)
            counters.stopped[reason] -= 1
            count(slot) { $0.stopped[reason] -= 1 }
        case .notedMiss: counters.heartbeatsMissed += 1
        case .stop(let reason):
            counters.stopped[position(reason)] += 1
            count(slot) { $0.stopped[position(reason)] += 1 }
            log.stopped(&outages[slot], reason)
        case .connect, .sendHello, .sendPing, .sendPong, .sendBye, .close: break
        }
    }

    mutating func noteAttempt(_ slot: Int, _ now: Instant) {
        counters.connectsAttempted += 1
        count(slot) { $0.connectsAttempted += 1 }
        if !attemptedAt.isEmpty { attemptedAt[slot] = now }
        pace.note(now)
    }

    private mutating func noteAdmission(_ slot: Int, _ gateway: GatewayID, _ now: Instant) {
        let id = sessions[slot].id
        counters.connectsSucceeded += 1
        counters.admitted += 1
        count(slot) {
            $0.connectsSucceeded += 1
            $0.admitted += 1
        }
        noteConnect(slot, now)
        if !hasBeenAdmitted[slot] {
            hasBeenAdmitted[slot] = true
            counters.admittedOnce += 1
            count(slot) { $0.admittedOnce += 1 }
            if counters.admittedOnce == counters.sessions { life.raiseUrgency() }
        }
        populations.open(gateway, session: id, ordinal: sessions[slot].ordinal)
        log.readmitted(&outages[slot], at: now)
    }

    private mutating func noteDisconnect(_ slot: Int, _ mechanism: Mechanism, _ now: Instant) {
        let session = sessions[slot]
        counters.admitted -= 1
        count(slot) { $0.admitted -= 1 }
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
        disconnect.isScheduled = mechanism == .local ? isLifetimeOver : isDuplicate(session, mechanism)
        disconnect.network = networks.ofConnection(session.id)
        disconnect.lastWrite = business?.lastWrites[slot]
        outages[slot] = log.add(disconnect, of: session)
    }

    /// Whether a gateway ended a connection because its account logged in elsewhere. What the session found out by
    /// itself has another cause, which also kept that from it.
    private func isDuplicate(_ session: Session, _ mechanism: Mechanism) -> Bool {
        guard let accounts, [.kicked, .fin, .reset, .writeError].contains(mechanism) else { return false }
        return accounts.wasEnded(AccountPage.Connection(session: session.id, ordinal: session.ordinal))
    }

    /// t0: counting begins.
    mutating func startCounting() {
        isStarted = true
        succeededBefore = counters.connectsSucceeded
        let pending = pendingConnects
        counters = counters.startingAnew(pending: UInt64(pending.count))
        startCountingGroups(pending: pending)
        pace = PeakRate()
        memory.measure(sessions: sessionCount)
    }

    /// The slots of attempts under way.
    private var pendingConnects: [Int] {
        (0..<sessionCount).filter { sessions[$0].phase == .connecting || sessions[$0].phase == .loggingIn }
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
