import HoldfastControl
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A process that carries connections for a balancer. Populations are the balancer's to tell.
struct CarrierRole: ~Copyable, FleetRole {
    private var server: CarrierServer

    /// A life for `server`.
    init(_ server: consuming CarrierServer) { self.server = server }

    var slots: Int { server.slots }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) { try server.listen(&reactor) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) { server.deadlineReached(slot, &reactor) }

    /// The timeline has nothing for it to do.
    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife) {}

    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {}

    mutating func apply(_ orders: Orders) {}

    func cut(_ second: Int32) -> Cut { Cut(second: second) }

    func fill(_ report: inout AgentReport) { report.balancer = server.counters }

    func fill(_ snapshot: inout MetricSnapshot) {}
}
