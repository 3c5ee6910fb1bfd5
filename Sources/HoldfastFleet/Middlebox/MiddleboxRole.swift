import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A middlebox process: one server, and what the timeline does to the network.
struct MiddleboxRole: ~Copyable, FleetRole {
    private var server: MiddleboxServer
    private let plan: Plan
    private let timing: RunTiming
    private var steps: [Step]
    private var executed: [ExecutedInterval] = []

    private enum Step {
        case begin(fault: Int)
        case end(fault: Int)
    }

    /// The middlebox of `plan`.
    init(plan: Plan, _ server: consuming MiddleboxServer) {
        self.plan = plan
        self.server = server
        timing = RunTiming(plan: plan)
        steps = plan.timeline.indices.filter { plan.timeline[$0].isOfMiddlebox }.map { .begin(fault: $0) }
    }

    var slots: Int { server.slots }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) { try server.listen(&reactor) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) { server.deadlineReached(slot, &reactor) }

    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife) {
        for (step, planned) in steps.enumerated() {
            guard case .begin(let fault) = planned else { continue }
            life.plan(step: step, at: timing.instant(plan.timeline[fault].at, after: t0))
        }
    }

    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        switch steps[step] {
        case .begin(let fault): begin(fault, &life, &reactor)
        case .end(let fault):
            server.end(fault, &reactor)
            if let index = executed.lastIndex(where: { $0.fault == fault }) { executed[index].end = reactor.now }
        }
        life.raiseUrgency()
    }

    var hadNoRoom: Bool { server.hadNoRoom }

    /// Populations are for gateways and balancers to tell.
    func cut(_ second: Int32) -> Cut { Cut(second: second) }

    func fill(_ report: inout AgentReport) {
        report.middlebox = server.counters
        report.executed = executed
    }

    func fill(_ snapshot: inout MetricSnapshot) {
        let counters = server.counters
        snapshot.add(.middleboxAccepts, counters.accepted)
        snapshot.add(.middleboxConnections, server.entries)
        snapshot.add(.middleboxExpirations, counters.expired.reduce(0, +))
        snapshot.add(.middleboxRefusals, counters.refused)
        snapshot.add(.middleboxUpstreamFailures, counters.upstreamFailures)
    }

    private mutating func begin(_ fault: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        let start = Clock.now
        let impairment = Impairment(fault, of: plan)
        switch plan.realTime.timeline[fault].action {
        case .reroute(let rerouting):
            server.sever(impairment, isForgotten: rerouting.kind == .expireNat, &reactor)
            executed.append(ExecutedInterval(fault: fault, gateway: nil, start: start, end: Clock.now))
        case .disturb(let disturbance):
            server.begin(impairment, &reactor)
            executed.append(ExecutedInterval(fault: fault, gateway: nil, start: start, end: nil))
            guard let length = disturbance.length else { return }
            life.plan(step: steps.count, at: start + length)
            steps.append(.end(fault: fault))
        default: return
        }
    }
}
