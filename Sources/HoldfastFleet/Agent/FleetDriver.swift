import HoldfastControl
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// Joins what a process of the fleet does with the life that every agent has, on one reactor.
struct FleetDriver<Role: FleetRole & ~Copyable>: ~Copyable, ReactorDriver {
    var role: Role
    private(set) var life: AgentLife
    /// Why the life ended; nil when the role left by itself.
    private(set) var exit: LifeExit?

    private let link: ControlLink
    private let pusher: MetricsPusher?
    private var harness = HarnessReport()
    private var nextPush = Instant.zero
    /// Since t0; nil before.
    private var pressure: CPUPressure?
    /// What was counted until the end cut: counters and gauges stop there.
    private var counted: AgentReport?

    init(role: consuming Role, life: AgentLife, link: ControlLink, pusher: MetricsPusher?) {
        self.role = role
        self.life = life
        self.link = link
        self.pusher = pusher
    }

    /// Listens, which makes it ready, or says why it cannot.
    mutating func begin(_ reactor: inout Reactor) {
        do {
            try role.listen(&reactor)
            life.becomeReady()
        } catch {
            life.fail(error.description)
        }
        live(&reactor)
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        role.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        role.deadlineReached(slot, &reactor)
    }

    /// Whatever a process of the fleet waits for is the end of something.
    func timerKind(of slot: Int) -> TimerKind { .timeout }

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) { live(&reactor) }

    mutating func woken(_ reactor: inout Reactor) { live(&reactor) }

    /// What the coordinator must still hear of a process that leaves before its run is over.
    mutating func lastReport(_ reactor: borrowing Reactor) -> AgentReport { report(reactor) }

    private mutating func live(_ reactor: inout Reactor) {
        if let orders = life.receive(from: link, now: reactor.now) { role.apply(orders) }
        while let action = life.poll(now: reactor.now) {
            switch action {
            case .establish: break
            case .start(let t0): role.start(at: t0, now: reactor.now, &life)
            case .takeCut(let second, _): takeCut(second, reactor)
            case .perform(let step, _): role.perform(step: step, &life, &reactor)
            case .end: end(reactor)
            case .exchange: exchange(reactor)
            case .exit(let reason):
                exit = reason
                reactor.stop()
            }
        }
        reactor.scheduleNext(life.nextDeadline)
    }

    private mutating func takeCut(_ second: Int32, _ reactor: borrowing Reactor) {
        // What was before t0 does not count.
        if pressure == nil { pressure = CPUPressure(now: reactor.now) }
        life.record(role.cut(second))
    }

    /// Nothing that a fleet process counts waits for a decision.
    private mutating func end(_ reactor: borrowing Reactor) {
        role.end()
        noteHarness(reactor)
        pusher?.submit(snapshot(reactor))
        var content = AgentReport(
            agent: life.agent,
            incarnation: life.incarnation,
            sequence: 0,
            stage: .ended,
            harness: harness
        )
        role.fill(&content)
        counted = content
        life.settle()
    }

    private mutating func exchange(_ reactor: borrowing Reactor) {
        link.submit(report(reactor))
        guard counted == nil, reactor.now >= nextPush else { return }
        nextPush = reactor.now + AgentLife.exchangeInterval
        pusher?.submit(snapshot(reactor))
    }

    private mutating func report(_ reactor: borrowing Reactor) -> AgentReport {
        if counted == nil { noteHarness(reactor) }
        if role.hadNoRoom { life.fail("it had no room for another connection") }
        harness.batchesLost = pusher?.summary.batchesLost ?? 0
        var report = life.report(harness: harness)
        guard let counted else {
            role.fill(&report)
            return report
        }
        report.gateway = counted.gateway
        report.balancer = counted.balancer
        report.middlebox = counted.middlebox
        report.routing = counted.routing
        report.executed = counted.executed
        return report
    }

    private mutating func noteHarness(_ reactor: borrowing Reactor) {
        let usage = AgentUsage.current
        usage.fill(&harness)
        if let second = life.lastCut {
            usage.note(in: &harness.growth, second: second, endSecond: life.timing.endSecond)
        }
        harness.fdsPeak = max(harness.fdsPeak, UInt64(reactor.attachedPeak))
        harness.lateness = reactor.lateness
        harness.loopStall = reactor.loopStall
        pressure?.sample(now: reactor.now)
        pressure?.fill(&harness)
    }

    private func snapshot(_ reactor: borrowing Reactor) -> MetricSnapshot {
        var snapshot = MetricSnapshot.now()
        let usage = AgentUsage.current
        role.fill(&snapshot)
        snapshot.add(.processCPU, usage.cpuSeconds)
        snapshot.add(.processDescriptors, usage.descriptors)
        snapshot.add(.processResident, usage.rssBytes)
        snapshot.add(reactor.lateness)
        snapshot.add(.loopStall, reactor.loopStall)
        return snapshot
    }
}
