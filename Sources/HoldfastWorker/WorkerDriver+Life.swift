import HoldfastControl
import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// The worker's life between its sessions: exchanges, cuts, drops and the end.
extension WorkerDriver {
    mutating func live(_ reactor: inout Reactor) {
        let now = reactor.now
        if let orders = life.receive(from: link, now: now) { apply(orders) }
        while let action = life.poll(now: reactor.now) {
            perform(action, &reactor)
            if exit != nil { return reactor.stop() }
        }
        endLifetimes(until: reactor.now, &reactor)
        doBusiness(until: reactor.now, &reactor)
        reactor.scheduleNext(isEnded ? life.nextDeadline : nextSchedule)
    }

    /// Ends the connections whose lifetimes are over at `instant`, until the end cut.
    private mutating func endLifetimes(until instant: Instant, _ reactor: inout Reactor) {
        guard !isEnded else {
            lifetimes = nil
            return
        }
        while let end = lifetimes?.takeDue(at: instant) {
            let slot = Int(end.session - segment.sessions.lowerBound)
            guard sessions[slot].phase == .admitted else {
                counters.lifetimesSkipped += 1
                continue
            }
            endLifetime(slot, &reactor)
        }
    }

    /// Ends a connection as its lifetime does.
    mutating func endLifetime(_ slot: Int, _ reactor: inout Reactor) {
        isLifetimeOver = true
        drive(slot, .commanded(.drop(.policy, by: .fin)), &reactor)
        isLifetimeOver = false
    }

    private mutating func apply(_ orders: Orders) {
        thresholds = orders.thresholds
        log.update(with: orders)
        settleIfDecided()
    }

    private mutating func perform(_ action: LifeAction, _ reactor: inout Reactor) {
        switch action {
        case .establish(let at): establish(at, &reactor)
        case .start(let t0): start(t0)
        case .takeCut(let second, let at):
            // After a stall, too, what was to happen before a cut happens before it.
            endLifetimes(until: at, &reactor)
            // What is due at its very instant comes after the cut.
            doBusiness(until: Instant(nanoseconds: at.nanoseconds - 1), &reactor)
            if !isStarted {
                startCounting()
                reactor.measureAnew()
                pressure = CPUPressure(now: reactor.now)
            }
            life.record(cut(second, reactor))
        case .perform(let step, let at):
            endLifetimes(until: at, &reactor)
            perform(step, intended: at, &reactor)
        case .end: end(reactor)
        case .exchange: exchange(reactor)
        case .exit(let reason): exit = reason
        }
    }

    /// Open loop: every session has its own instant, whatever becomes of the others.
    private mutating func establish(_ start: Instant, _ reactor: inout Reactor) {
        let pace = Pace(start: start, ratePerSecond: segment.plan.establish.ratePerSecond)
        for slot in 0..<sessionCount {
            reactor.setDeadline(slot, pace.instant(of: sessions[slot].id))
        }
    }

    private mutating func start(_ t0: Instant) {
        log.clock = RunClock(t0: t0, timeScale: segment.plan.timeScale)
        for (number, step) in drops.steps.enumerated() { life.plan(step: number, at: t0 + step.at) }
        lifetimes = segment.groups.churn.map { churn in
            LifetimeQueue(seed: segment.policy.seed, sessions: segment.sessions, start: t0, churn: churn)
        }
        business?.start(at: t0, sessions: segment.sessions, seed: segment.policy.seed)
    }

    /// Counters stop here; sessions live on until the coordinator has everything.
    private mutating func end(_ reactor: borrowing Reactor) {
        noteHarness(reactor)
        breakOffDrops()
        isEnded = true
        bytesPerSessionAtEnd = memory.growth(perSessionOf: sessionCount)
        counted = counters
        // The last gauges that anybody sees are those of the end cut.
        pusher?.submit(snapshot(reactor))
        settleIfDecided()
    }

    private mutating func settleIfDecided() {
        if isEnded, log.undecidedCount == 0 { life.settle() }
    }

    private mutating func exchange(_ reactor: borrowing Reactor) {
        if !isEnded {
            noteHarness(reactor)
            push(reactor)
        }
        harness.batchesLost = pusher?.summary.batchesLost ?? 0
        link.submit(fullReport())
    }

    /// Everything this worker knows.
    mutating func fullReport() -> AgentReport {
        var report = life.report(harness: harness)
        var sessions = counted ?? counters
        sessions.detectionByMechanism = log.detection
        sessions.outage = log.outage
        sessions.silenceBeforeFin = log.silenceBeforeFin
        sessions.silenceBeforeReset = log.silenceBeforeReset
        sessions.longestSafeInterval = longestSafeInterval
        sessions.bytesPerSession = memory.bytesPerSession
        sessions.bytesPerSessionAtEnd = bytesPerSessionAtEnd
        sessions.messages = business?.messages
        sessions.requests = business?.requests
        report.sessions = sessions
        report.ledger = log.cells(forReport: report.sequence)
        report.ledgerResolution = log.ledger.resolutionSeconds
        report.rows = log.rows(forReport: report.sequence)
        report.undecidedDisconnects = log.undecidedCount
        report.faults = log.tallies.filter { $0.victims > 0 || $0.skipped > 0 }
        report.executed = executed
        report.routing = routing
        return report
    }

    private mutating func push(_ reactor: borrowing Reactor) {
        guard let pusher, reactor.now >= nextPush else { return }
        nextPush = reactor.now + AgentLife.exchangeInterval
        pusher.submit(snapshot(reactor))
    }

    private mutating func noteHarness(_ reactor: borrowing Reactor) {
        let usage = AgentUsage.current
        usage.fill(&harness)
        if let second = life.lastCut {
            usage.note(in: &harness.growth, second: second, endSecond: life.timing.endSecond)
        }
        harness.lateness = reactor.lateness
        harness.loopStall = reactor.loopStall
        pressure?.sample(now: reactor.now)
        pressure?.fill(&harness)
        if isStarted { counters.connectsPeakPerSecond = pace.peak }
    }
}
