/// While admitted: beats, and the rule by which silence becomes a disconnect.
extension Session {
    /// The interval in force: the gateway's if it dictated one, else the one that the session drew once for its life.
    func interval(_ policy: SessionPolicy) -> Span {
        guard intervalMilliseconds == 0 else { return .milliseconds(Int64(intervalMilliseconds)) }
        return policy.heartbeat.interval(of: id, seed: policy.seed)
    }

    /// The limit of silence in force: as many intervals as the policy's, also where the gateway dictated another one.
    func inForce(_ limit: Span, _ policy: SessionPolicy) -> Span {
        guard intervalMilliseconds != 0 else { return limit }
        return limit.scaled(by: interval(policy).seconds / policy.heartbeat.longestInterval.seconds)
    }

    mutating func startBeating(_ now: Instant, _ policy: SessionPolicy) {
        misses = 0
        awaitsPong = false
        sequence = 0
        pingIntended = .never
        guard policy.heartbeat.strategy.traits.contains(.clientSends) else {
            nextBeat = .never
            return keepDeadline(policy)
        }
        let interval = interval(policy)
        switch policy.heartbeat.first {
        case .immediate: nextBeat = now
        case .after: nextBeat = now + interval
        case .random:
            let unit = unitDouble(policy.seed.draw(.firstBeat, actor: id, UInt64(ordinal)))
            nextBeat = now + interval.scaled(by: 1 - unit)
        }
        beatIfDue(now, policy)
        keepDeadline(policy)
    }

    mutating func reachDeadline(_ now: Instant, _ policy: SessionPolicy) {
        guard now >= deadline else { return }
        switch phase {
        case .idle, .stopped: deadline = .never
        case .waiting: attempt(now, policy)
        case .connecting: fail(.timeout, closing: true, now, policy)
        case .loggingIn: fail(.loginTimeout, closing: true, now, policy)
        case .admitted:
            noteMissIfDue(now, policy)
            guard !isDead(now, policy) else {
                manner = .fin
                pending.insert(.close)
                return disconnect(.heartbeat, .abnormal, now, policy)
            }
            beatIfDue(now, policy)
            keepDeadline(policy)
        }
    }

    mutating func receive(_ frame: Frame, _ now: Instant, _ policy: SessionPolicy) {
        guard phase == .admitted else { return }
        switch frame {
        case .pong(let answered, let dictated):
            if dictated != 0 { adoptInterval(dictated, policy) }
            guard answered == sequence, pingIntended != .never else { return }
            answer = now - pingIntended
            pingIntended = .never
            pending.insert(.noteAnswer)
        case .ping(let asked):
            peerSequence = asked
            pending.insert(.sendPong)
            noteWrite(now, policy)
        case .goaway(let reason, let target, let delay):
            goaway = reason
            manner = .fin
            pending.insert(.close)
            let wait = Span.milliseconds(Int64(delay))
            disconnect(.goaway, DisconnectClass(reason), target: target, atLeast: wait, now, policy)
        case .kick:
            manner = .fin
            pending.insert(.close)
            disconnect(.kicked, .kicked, now, policy)
        case .data, .bye, .welcome:
            break
        }
    }

    /// From the last beat on the interval is another one.
    mutating func adoptInterval(_ milliseconds: UInt32, _ policy: SessionPolicy) {
        guard milliseconds != intervalMilliseconds, nextBeat != .never else { return }
        nextBeat = nextBeat - interval(policy)
        intervalMilliseconds = milliseconds
        nextBeat = nextBeat + interval(policy)
        keepDeadline(policy)
    }

    /// Beats are scheduled from the previous deadline, so lateness does not add up; beats that were missed altogether
    /// (the process stood still) are skipped, not sent in a burst.
    private mutating func beatIfDue(_ now: Instant, _ policy: SessionPolicy) {
        guard nextBeat <= now, !isPutOff(now, policy) else { return }
        beat(now, policy)
    }

    /// A beat that somebody wants now; the next one is an interval later. One that is under way will do.
    mutating func beatAhead(_ now: Instant, _ policy: SessionPolicy) {
        guard nextBeat != .never, !isBeatUnderWay else { return }
        nextBeat = now
        beat(now, policy)
        keepDeadline(policy)
    }

    private mutating func beat(_ now: Instant, _ policy: SessionPolicy) {
        if pingIntended != .never { pending.insert(.noteMiss) }
        sequence &+= 1
        pingIntended = nextBeat
        awaitsPong = true
        pending.insert(.sendPing)
        let interval = interval(policy)
        guard !policy.heartbeat.strategy.traits.contains(.writesRearm) else { return noteWrite(now, policy) }
        nextBeat = nextBeat + interval
        if nextBeat <= now {
            let behind = (now - nextBeat).nanoseconds / max(1, interval.nanoseconds) + 1
            nextBeat = nextBeat + interval * behind
        }
    }

    /// Something was written that the session did not want by itself: with `idle` the next beat is an interval away.
    public mutating func noteWrite(_ now: Instant, _ policy: SessionPolicy) {
        guard phase == .admitted, policy.heartbeat.strategy.traits.contains(.writesRearm) else { return }
        nextBeat = now + interval(policy)
        keepDeadline(policy)
    }

    /// Whether something was heard since the beat was planned that makes it needless for now.
    private mutating func isPutOff(_ now: Instant, _ policy: SessionPolicy) -> Bool {
        guard policy.heartbeat.strategy.traits.contains(.proofRearms) else { return false }
        nextBeat = max(nextBeat, lastProofOfLife + interval(policy))
        return nextBeat > now
    }

    /// A beat is judged before the next one replaces it, also where the interval in force is below the timeout.
    private func patience(_ timeout: Span, _ policy: SessionPolicy) -> Span { min(timeout, interval(policy)) }

    private mutating func noteMissIfDue(_ now: Instant, _ policy: SessionPolicy) {
        guard case .misses(_, let timeout) = policy.heartbeat.detection,
            awaitsPong, now >= pingIntended + patience(timeout, policy)
        else { return }
        awaitsPong = false
        pingIntended = .never
        misses &+= 1
        pending.insert(.noteMiss)
    }

    private func isDead(_ now: Instant, _ policy: SessionPolicy) -> Bool {
        guard policy.heartbeat.isDetectedByClient else { return false }
        return switch policy.heartbeat.detection {
        case .silence(let limit): now >= lastProofOfLife + inForce(limit, policy)
        case .misses(let count, _): UInt32(misses) >= count
        }
    }

    mutating func keepDeadline(_ policy: SessionPolicy) {
        guard policy.heartbeat.isDetectedByClient else {
            deadline = nextBeat
            return
        }
        switch policy.heartbeat.detection {
        case .silence(let limit):
            deadline = min(nextBeat, lastProofOfLife + inForce(limit, policy))
        case .misses(_, let timeout):
            deadline = awaitsPong ? min(nextBeat, pingIntended + patience(timeout, policy)) : nextBeat
        }
    }
}
