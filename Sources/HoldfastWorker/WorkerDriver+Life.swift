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
        reactor.scheduleNext(life.nextDeadline)
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
        case .takeCut(let second, _):
            if !isStarted { startCounting() }
            life.record(cut(second))
        case .perform(let step, let at): perform(drops.steps[step].step, intended: at, &reactor)
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
    }

    /// Counters stop here; sessions live on until the coordinator has everything.
    private mutating func end(_ reactor: borrowing Reactor) {
        noteHarness(reactor)
        isEnded = true
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
        counters.detectionByMechanism = log.detection
        counters.outage = log.outage
        counters.bytesPerSession = memory.bytesPerSession
        report.sessions = counters
        report.ledger = log.ledger.cells
        report.rows = log.rows(forReport: report.sequence)
        report.undecidedDisconnects = log.undecidedCount
        report.faults = log.tallies.filter { $0.victims > 0 || $0.skipped > 0 }
        report.executed = executed
        return report
    }

    private mutating func push(_ reactor: borrowing Reactor) {
        guard let pusher, reactor.now >= nextPush else { return }
        nextPush = reactor.now + AgentLife.exchangeInterval
        pusher.submit(snapshot(reactor))
    }

    private mutating func noteHarness(_ reactor: borrowing Reactor) {
        AgentUsage.current.fill(&harness)
        harness.lateness = reactor.lateness
        harness.loopStall = reactor.loopStall
        if isStarted { counters.connectsPeakPerSecond = pace.peakPerSecond }
    }
}

// MARK: - Drops

extension WorkerDriver {
    private mutating func perform(_ step: DropPlan.Step, intended: Instant, _ reactor: inout Reactor) {
        switch step {
        case .rank(let fault): rank(fault)
        case .expect(let fault): expect(fault, &reactor)
        case .drop(let fault): drop(fault, &reactor)
        }
    }

    /// Ranks of the sessions that are on the fault's gateways now.
    private mutating func rank(_ fault: Int) {
        guard let gateways = drops.drop(fault)?.gateways else { return }
        var ranks: [UInt32] = []
        for slot in 0..<sessionCount where sessions[slot].isAdmitted(on: gateways) {
            ranks.append(segment.plan.rank(of: sessions[slot].id, fault: fault))
        }
        life.record(RankReport(fault: fault, ranks: ranks.sorted()))
    }

    private mutating func expect(_ fault: Int, _ reactor: inout Reactor) {
        guard let (drop, _) = drops.drop(fault) else { return }
        let skipped = forEachVictim(of: fault, &reactor) { driver, slot, reactor in
            driver.drive(slot, .commanded(.expectDrop(drop.comeback.comeback)), &reactor)
        }
        log.skipped(skipped, fault: fault)
    }

    private mutating func drop(_ fault: Int, _ reactor: inout Reactor) {
        guard let (drop, _) = drops.drop(fault) else { return }
        let start = Clock.now
        injecting = fault
        let skipped = forEachVictim(of: fault, &reactor) { driver, slot, reactor in
            driver.drive(slot, .commanded(.drop(drop.comeback.comeback, by: drop.manner)), &reactor)
        }
        injecting = nil
        log.skipped(skipped, fault: fault)
        executed.append(ExecutedInterval(fault: fault, gateway: nil, start: start, end: Clock.now))
        life.raiseUrgency()
    }

    /// Calls `body` for every established victim and returns how many planned ones were not established.
    private mutating func forEachVictim(
        of fault: Int,
        _ reactor: inout Reactor,
        _ body: (inout WorkerDriver, Int, inout Reactor) -> Void
    ) -> UInt64 {
        var skipped: UInt64 = 0
        let gateways = drops.drop(fault)?.gateways
        let threshold = thresholds.first { $0.fault == fault }?.rank
        if gateways != nil, threshold == nil { return 0 }
        for slot in 0..<sessionCount {
            let id = sessions[slot].id
            let isAdmitted: Bool
            if let gateways {
                guard let threshold, segment.plan.rank(of: id, fault: fault) <= threshold else { continue }
                isAdmitted = sessions[slot].isAdmitted(on: gateways)
                guard isAdmitted else { continue }
            } else {
                guard segment.plan.isVictim(id, fault: fault) else { continue }
                isAdmitted = sessions[slot].phase == .admitted
            }
            if isAdmitted { body(&self, slot, &reactor) } else { skipped += 1 }
        }
        return skipped
    }
}

extension Session {
    fileprivate func isAdmitted(on gateways: [GatewayID]) -> Bool { phase == .admitted && gateways.contains(gateway) }
}
