import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A registry process: what the timeline does to the registry, and what its answers came to. Its HTTP server has
/// threads of its own.
struct RegistryRole: ~Copyable, FleetRole {
    /// A disturbance that begins, or is over.
    private struct Step {
        var fault: Int
        var disturbance: RegistryDisturbance
        var isOver: Bool
    }

    private let desk: RegistryDesk
    private let plan: Plan
    private var steps: [Step] = []
    private var executed: [ExecutedInterval] = []

    init(desk: RegistryDesk, plan: Plan) {
        self.desk = desk
        self.plan = plan
    }

    /// A reactor has at least one.
    var slots: Int { 1 }

    var hadNoRoom: Bool { false }

    /// The server listens already.
    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {}

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {}

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {}

    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife) {
        for (fault, event) in plan.realTime.timeline.enumerated() {
            guard case .registry(let disturbance, let length) = event.action, isOurs(disturbance) else { continue }
            add(Step(fault: fault, disturbance: disturbance, isOver: false), at: t0 + event.at, &life)
            guard let length else { continue }
            add(Step(fault: fault, disturbance: disturbance, isOver: true), at: t0 + event.at + length, &life)
        }
    }

    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        let step = steps[step]
        switch step.disturbance {
        case .kill, .pause: desk.pause(!step.isOver)
        case .shrink(let share): desk.show(step.isOver ? 1 : share)
        }
        let now = Clock.now
        if let index = executed.firstIndex(where: { $0.fault == step.fault }) {
            executed[index].end = now
        } else {
            executed.append(ExecutedInterval(fault: step.fault, gateway: nil, start: now, end: nil))
        }
        life.raiseUrgency()
    }

    func cut(_ second: Int32) -> Cut { Cut(second: second) }

    func fill(_ report: inout AgentReport) {
        report.routing = desk.tally
        report.executed = executed
    }

    func fill(_ snapshot: inout MetricSnapshot) {
        let tally = desk.tally
        snapshot.add(.registryAnswers, tally.answers)
        snapshot.add(.registryUnanswered, tally.unanswered)
    }

    /// What is done to an etcd its coordinator does.
    private func isOurs(_ disturbance: RegistryDisturbance) -> Bool {
        switch disturbance {
        case .kill, .pause: plan.target.registry?.source != .etcd
        case .shrink: true
        }
    }

    private mutating func add(_ step: Step, at instant: Instant, _ life: inout AgentLife) {
        life.plan(step: steps.count, at: instant)
        steps.append(step)
    }
}
