import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A balancer process: one proxy in front of every gateway of the plan.
struct BalancerRole: ~Copyable, FleetRole {
    private var server: ProxyServer

    /// The balancer of `plan`, for at most `capacity` clients at once.
    init(plan: Plan, surroundings: ProxyServer.Surroundings, capacity: Int) {
        server = ProxyServer(Balancer(plan: plan), surroundings, capacity: capacity)
    }

    var slots: Int { server.slots }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) { try server.listen(&reactor) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) { server.deadlineReached(slot, &reactor) }

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

    func fill(_ report: inout AgentReport) { report.balancer = server.counters }

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
