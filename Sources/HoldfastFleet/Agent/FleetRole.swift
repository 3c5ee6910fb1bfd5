import HoldfastControl
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// What one kind of fleet process does on the reactor, beside living its life.
protocol FleetRole: ~Copyable {
    /// Slots that its reactor needs.
    var slots: Int { get }

    /// Listens.
    mutating func listen(_ reactor: inout Reactor) throws(SystemError)

    /// The descriptor of `slot` is ready.
    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor)

    /// The deadline of `slot` is reached.
    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor)

    /// t0 is known: plans the steps of its own timeline.
    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife)

    /// The end cut is taken: what comes after does not count.
    mutating func end()

    /// Carries out a step that it planned.
    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor)

    /// Takes what it needs from the coordinator's answer.
    mutating func apply(_ orders: Orders)

    /// Its populations now.
    func cut(_ second: Int32) -> Cut

    /// Whether it had to leave or turn away a connection because the process could not have another one.
    var hadNoRoom: Bool { get }

    /// Writes its counters into a report.
    func fill(_ report: inout AgentReport)

    /// Writes its values into a snapshot for people.
    func fill(_ snapshot: inout MetricSnapshot)
}

/// For those for whom the timeline and the coordinator have nothing to do.
extension FleetRole where Self: ~Copyable {
    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife) {}

    mutating func end() {}

    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {}

    mutating func apply(_ orders: Orders) {}
}
