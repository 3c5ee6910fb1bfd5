/// From an attempt to admission, and back to the next attempt.
extension Session {
    /// Opens the next connection now.
    mutating func attempt(_ now: Instant, _ policy: SessionPolicy) {
        attempts &+= 1
        backoff.attempts &+= 1
        gateway = pick(now, policy)
        guard gateway != noGateway || !policy.selection.isOwn else {
            fail(.noGateway, closing: false, now, policy)
            return
        }
        phase = .connecting
        deadline = now + policy.connectTimeout
        pending.insert(.connect)
    }

    /// The routing service has answered the attempt that just began.
    mutating func goTo(_ gateway: GatewayID, _ now: Instant, _ policy: SessionPolicy) {
        guard phase == .connecting, self.gateway == noGateway, case .routed = policy.selection else { return }
        guard gateway != noGateway else { return fail(.noGateway, closing: false, now, policy) }
        self.gateway = gateway
    }

    mutating func logIn(_ now: Instant, _ policy: SessionPolicy) {
        guard phase == .connecting else { return }
        phase = .loggingIn
        deadline = now + policy.loginTimeout
        pending.insert(.sendHello)
    }

    mutating func admit(
        by gateway: GatewayID,
        _ interval: UInt32,
        _ now: Instant,
        _ policy: SessionPolicy
    ) {
        guard phase == .loggingIn else { return }
        self.gateway = gateway
        phase = .admitted
        admittedAt = now
        lastProofOfLife = now
        backoff = Backoff()
        avoided = noGateway
        isDirected = false
        plannedComeback = .policy
        intervalMilliseconds = interval
        pending.insert(.noteAdmission)
        startBeating(now, policy)
    }

    /// The attempt is over without admission: waits for the next, or gives up.
    mutating func fail(
        _ reason: ConnectFailure,
        closing: Bool,
        atLeast wait: Span = .zero,
        _ now: Instant,
        _ policy: SessionPolicy
    ) {
        guard phase == .connecting || phase == .loggingIn || reason == .noGateway else { return }
        failure = reason
        pending.insert(.noteConnectFailure)
        if closing {
            manner = .fin
            pending.insert(.close)
        }
        if reason != .noPort {
            avoided = policy.selection.leavesFailed ? gateway : noGateway
            isDirected = false
        }
        scheduleAttempt(after: .abnormal, atLeast: wait, now, policy)
    }

    /// Waits as the policy says, counted from now, or stops at one of its limits.
    mutating func scheduleAttempt(
        after end: DisconnectClass,
        atLeast wait: Span,
        _ now: Instant,
        _ policy: SessionPolicy
    ) {
        let draw = policy.seed.draw(.backoff, actor: id, UInt64(attempts))
        if let limit = policy.reconnect.maxAttempts, backoff.attempts >= limit {
            return stop(.gaveUp)
        }
        guard let backedOff = backoff.nextWait(policy.reconnect.delay, draw: draw) else {
            return stop(.gaveUp)
        }
        let next = now + max(end.wait(backedOff, policy.reconnect.delay, draw: draw), wait)
        if let limit = policy.reconnect.maxElapsed, next - disconnectedAt > limit {
            return stop(.gaveUp)
        }
        self.wait(until: next)
    }

    /// Attempts at `next`. Even when that is now, the attempt is left to `deadlineReached`, so that the driver first
    /// sees the connection that ended with its own gateway and ordinal.
    mutating func wait(until next: Instant) {
        phase = .waiting
        deadline = next
    }

    mutating func stop(_ reason: StopReason) {
        phase = .stopped
        stopReason = reason
        deadline = .never
        pending.insert(.stop)
    }

    private func pick(_ now: Instant, _ policy: SessionPolicy) -> GatewayID {
        if isDirected { return avoided }
        switch policy.selection {
        case .balancer, .routed: return noGateway
        case .client(let algorithm, let gateways, _):
            return ClientPick.gateway(
                algorithm,
                gateways: gateways,
                session: id,
                ordinal: ordinal,
                last: gateway,
                avoided: avoided,
                quarantined: now < quarantinedUntil ? quarantined : noGateway,
                seed: policy.seed
            )
        }
    }
}
