import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A balancer process: one proxy in front of every gateway of the plan.
struct BalancerRole: ~Copyable, FleetRole {
    private var server: ProxyServer
    private let steps: [(at: Span, step: Step)]
    private let timing: RunTiming
    private var executed: [ExecutedInterval] = []

    /// What the timeline does to a balancer.
    private enum Step {
        case check
        case reload(fault: Int, keepsCounts: Bool)
        case scale(PlannedScaling)
        /// A gateway is drained, and takes connections again.
        case retire(GatewayID)
        case enlist(GatewayID)
    }

    /// By how much longer a drained gateway is given nothing: it must listen by then.
    private static let reopening = Span.milliseconds(50)

    /// The balancer of `plan`, for at most `capacity` clients at once.
    init(plan: Plan, surroundings: ProxyServer.Surroundings, capacity: Int) {
        server = ProxyServer(Balancer(plan: plan), surroundings, capacity: capacity)
        let reloads = plan.timeline.enumerated().compactMap { fault, event -> (at: Span, step: Step)? in
            guard case .reloadBalancer(let keeps) = event.action else { return nil }
            return (event.at, .reload(fault: fault, keepsCounts: keeps))
        }
        let checks: [(at: Span, step: Step)] = server.checkInterval == nil ? [] : [(.zero, .check)]
        let drains = plan.timeline.filter { $0.action.kind == .drain }.flatMap(\.outages)
        let ends = drains.filter { $0.end < plan.duration }.map { ($0.end, Step.enlist($0.gateway)) }
        steps =
            plan.scalings.map { ($0.at, .scale($0)) } + drains.map { ($0.begin, .retire($0.gateway)) } + ends + reloads
            + checks
        timing = RunTiming(plan: plan)
    }

    var slots: Int { server.slots }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) { try server.listen(&reactor) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) { server.deadlineReached(slot, &reactor) }

    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife) {
        for (step, planned) in steps.enumerated() {
            var at = timing.instant(planned.at, after: t0)
            if case .enlist = planned.step { at = at + BalancerRole.reopening }
            life.plan(step: step, at: at)
        }
    }

    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        switch steps[step].step {
        case .check:
            server.check(&reactor)
            if let interval = server.checkInterval { life.plan(step: step, at: reactor.now + interval) }
        case .reload(let fault, let keepsCounts):
            server.reload(keepsCounts: keepsCounts)
            let now = reactor.now
            executed.append(ExecutedInterval(fault: fault, gateway: nil, start: now, end: now))
        case .scale(let scaling):
            for gateway in scaling.removed { server.retire(gateway, &reactor) }
            for gateway in scaling.added { server.enlist(gateway, now: reactor.now) }
        case .retire(let gateway): server.retire(gateway, &reactor)
        case .enlist(let gateway): server.enlist(gateway, now: reactor.now)
        }
    }

    var hadNoRoom: Bool { server.hadNoRoom }

    func cut(_ second: Int32) -> Cut {
        var cut = Cut(second: second)
        cut.populations = server.opened.indices.map { gateway in
            GatewayPopulation(
                gateway: GatewayID(gateway),
                opened: server.opened[gateway],
                closed: server.closed[gateway],
                digest: Digest()
            )
        }
        return cut
    }

    func fill(_ report: inout AgentReport) {
        report.balancer = server.counters
        report.executed = executed
    }

    func fill(_ snapshot: inout MetricSnapshot) {
        snapshot.add(.balancerAccepts, server.counters.accepted)
        snapshot.add(.balancerRejects, server.counters.rejected)
        snapshot.add(.balancerUpstreamFailures, server.counters.upstreamFailures)
        for gateway in server.opened.indices {
            let open = server.opened[gateway] - server.closed[gateway]
            snapshot.add(.balancerConnections, open, .gateway(GatewayID(gateway)))
        }
    }
}
