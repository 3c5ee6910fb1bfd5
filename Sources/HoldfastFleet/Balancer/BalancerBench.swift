import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor

/// A run's own balancer, alone, under a load that `holdfast bench` measures.
public enum BalancerBench {
    /// Listens at the balancer's usual address and `port`, in front of one gateway at its usual address and
    /// `gatewayPort`, for at most `sessions` clients at once, for ever. `listening` is called once it does.
    public static func serve(
        port: UInt16,
        gatewayPort: UInt16,
        sessions: Int,
        listening: () -> Void
    ) throws {
        _ = Host.raiseDescriptorLimit()
        let text = "name: bench\nsessions: \(sessions)\ntarget: { gateways: 1, algorithm: round-robin }\n"
        let plan = try PlanReader.read(text: text, file: "bench.yaml", catalogue: nil).plan
        let surroundings = ProxyServer.Surroundings(
            endpoint: Endpoint(address: FleetAddressing.balancer, port: port),
            gatewayPort: gatewayPort,
            connectTimeout: plan.target.balancer.connectTimeout
        )
        // Twice, because a session that comes back may overlap with what is left of its last connection.
        let server = ProxyServer(Balancer(plan: plan), surroundings, capacity: 2 * sessions + 64)
        var reactor = try Reactor(capacity: server.slots)
        var driver = BenchDriver(server: server)
        try driver.server.listen(&reactor)
        listening()
        reactor.run(&driver)
    }
}

/// Nothing but a balancer on a reactor.
private struct BenchDriver: ~Copyable, ReactorDriver {
    var server: ProxyServer

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        server.deadlineReached(slot, &reactor)
    }

    func timerKind(of slot: Int) -> TimerKind { .timeout }

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) {}

    mutating func woken(_ reactor: inout Reactor) {}
}
