import HoldfastCore

extension Plan {
    /// The plan as it is carried out: every policy and fault duration divided by `timeScale`, which is then 1.
    ///
    /// `connect` and `establish` stay: kernels and machines do not run faster. Expectations stay in plan time.
    public var realTime: Plan {
        guard timeScale != 1 else { return self }
        var plan = self
        let factor = 1 / timeScale
        plan.timeScale = 1
        plan.duration = duration.scaled(by: factor)
        plan.heartbeat = heartbeat.scaled(by: factor)
        plan.reconnect = reconnect.scaled(by: factor)
        plan.churn?.mean = churn?.mean.scaled(by: factor) ?? .zero
        plan.workload = workload.scaled(by: factor)
        plan.target.balancer.failTimeout = target.balancer.failTimeout.scaled(by: factor)
        plan.target.balancer.check = target.balancer.check.scaled(by: factor)
        plan.target.gateway.drain = target.gateway.drain.scaled(by: factor)
        plan.target.gateway.idleTimeout = target.gateway.idleTimeout?.scaled(by: factor)
        plan.target.registry?.ttl = target.registry?.ttl.scaled(by: factor) ?? .zero
        plan.target.registry?.reportInterval = target.registry?.reportInterval.scaled(by: factor) ?? .zero
        plan.target.gateway.shed = target.gateway.shed?.scaled(by: factor)
        plan.target.registry?.cache = target.registry?.cache?.scaled(by: factor)
        plan.target.gateway.maxAge = target.gateway.maxAge?.scaled(by: factor)
        plan.target.gateway.heartbeatInterval = target.gateway.heartbeatInterval?.scaled(by: factor)
        plan.target.balancer.idleTimeout = target.balancer.idleTimeout?.scaled(by: factor)
        plan.target.balancer.slowStart = target.balancer.slowStart?.scaled(by: factor)
        plan.target.middlebox?.aging = target.middlebox?.aging?.scaled(by: factor)
        plan.groups = groups.map { $0.scaled(by: factor) }
        plan.timeline = timeline.map { event in
            var event = event
            event.at = event.at.scaled(by: factor)
            event.action = event.action.scaled(by: factor)
            return event
        }
        return plan
    }
}

extension ShedPolicy {
    /// Sessions are asked to go one after the other, so what a rate says is a time.
    fileprivate func scaled(by factor: Double) -> ShedPolicy {
        ShedPolicy(above: above, ratePerSecond: ratePerSecond / factor, interval: interval.scaled(by: factor))
    }
}

extension SessionGroup {
    fileprivate func scaled(by factor: Double) -> SessionGroup {
        var group = self
        group.heartbeat = heartbeat?.scaled(by: factor)
        group.reconnect?.policy = reconnect?.policy.scaled(by: factor) ?? .init(delay: .none)
        group.churn?.mean = churn?.mean.scaled(by: factor) ?? .zero
        if case .behind(var box) = network {
            box.aging = box.aging?.scaled(by: factor)
            group.network = .behind(box)
        }
        return group
    }
}

extension HeartbeatPolicy {
    fileprivate func scaled(by factor: Double) -> HeartbeatPolicy {
        var policy = self
        policy.interval = interval.scaled(by: factor)
        policy.longestInterval = longestInterval.scaled(by: factor)
        policy.adaptive = adaptive.scaled(by: factor)
        switch detection {
        case .silence(let silence): policy.detection = .silence(silence.scaled(by: factor))
        case .misses(let count, let timeout):
            policy.detection = .misses(count: count, timeout: timeout.scaled(by: factor))
        }
        return policy
    }
}

extension WorkloadPolicy {
    fileprivate func scaled(by factor: Double) -> WorkloadPolicy {
        var policy = self
        if var push {
            push.interval = push.interval.scaled(by: factor)
            push.timeout = push.timeout.scaled(by: factor)
            push.until = push.until?.scaled(by: factor)
            policy.push = push
        }
        if var request {
            request.every = request.every.scaled(by: factor)
            request.timeout = request.timeout.scaled(by: factor)
            request.maxIdle = request.maxIdle?.scaled(by: factor)
            request.until = request.until?.scaled(by: factor)
            policy.request = request
        }
        return policy
    }
}

extension AdaptiveInterval.Constants {
    fileprivate func scaled(by factor: Double) -> AdaptiveInterval.Constants {
        var constants = self
        constants.minimum = minimum.scaled(by: factor)
        constants.maximum = maximum.scaled(by: factor)
        constants.step = step.scaled(by: factor)
        constants.margin = margin.scaled(by: factor)
        constants.probeAfter = probeAfter.scaled(by: factor)
        return constants
    }
}

extension ReconnectPolicy {
    fileprivate func scaled(by factor: Double) -> ReconnectPolicy {
        var policy = self
        policy.maxElapsed = maxElapsed?.scaled(by: factor)
        policy.quarantine = quarantine?.scaled(by: factor)
        switch delay {
        case .none, .immediate: break
        case .fixed(let delay): policy.delay = .fixed(delay.scaled(by: factor))
        case .exponential(var delay):
            delay.base = delay.base.scaled(by: factor)
            delay.cap = delay.cap.scaled(by: factor)
            delay.first = delay.first?.scaled(by: factor)
            policy.delay = .exponential(delay)
        case .table(let table):
            let delays = table.delays.map { $0.scaled(by: factor) }
            policy.delay = .table(DelayTable(delays, spread: table.spread.scaled(by: factor)))
        }
        return policy
    }
}

extension FaultAction {
    fileprivate func scaled(by factor: Double) -> FaultAction {
        switch self {
        case .drop(var drop):
            if case .after(let span) = drop.comeback { drop.comeback = .after(span.scaled(by: factor)) }
            return .drop(drop)
        case .kick, .resume, .reroute, .scale, .reloadBalancer: return self
        case .drain(var drain, let length):
            drain.over = drain.over.scaled(by: factor)
            return .drain(drain, length: length?.scaled(by: factor))
        case .foreground(let length): return .foreground(length: length?.scaled(by: factor))
        case .crash(let length): return .crash(length: length?.scaled(by: factor))
        case .stall(let length): return .stall(length: length?.scaled(by: factor))
        case .overload(let delay, let length):
            return .overload(delay: delay.scaled(by: factor), length: length?.scaled(by: factor))
        // A network's own times are real, as a kernel's are.
        case .disturb(var disturbance):
            disturbance.length = disturbance.length?.scaled(by: factor)
            return .disturb(disturbance)
        case .registry(let disturbance, let length): return .registry(disturbance, length: length?.scaled(by: factor))
        case .freeze(let length): return .freeze(length: length?.scaled(by: factor))
        case .kill(let length): return .kill(length: length?.scaled(by: factor))
        case .restart(let restart): return .restart(restart.scaled(by: factor))
        case .rollingRestart(let restart, let every):
            return .rollingRestart(restart.scaled(by: factor), every: every.scaled(by: factor))
        }
    }
}

extension Restart {
    fileprivate func scaled(by factor: Double) -> Restart {
        Restart(manner: manner, down: down.scaled(by: factor))
    }
}
