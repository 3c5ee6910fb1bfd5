import HoldfastCore
import HoldfastPlan

extension Plan {
    /// A small plan for processes of the fleet.
    static func sample(
        sessions: Int = 100,
        gateways: Int = 1,
        via: Via = .client,
        duration: Span = .seconds(60),
        timeline: [TimelineEvent] = []
    ) -> Plan {
        Plan(
            name: "sample",
            sessions: sessions,
            target: Target(
                gateways: gateways,
                via: via,
                algorithm: .roundRobin,
                balancer: BalancerSettings(healthCheck: .passive, failTimeout: .seconds(1), connectFailure: .repick),
                gateway: GatewaySettings(drain: .milliseconds(200), idleTimeout: nil),
                crowd: 1
            ),
            heartbeat: .article3x5,
            reconnect: ReconnectPolicy(delay: .immediate),
            onFailure: .switchGateway,
            connect: ConnectLimits(timeout: .seconds(5), loginTimeout: .seconds(5)),
            establish: Establish(ratePerSecond: 1000, timeout: .seconds(10)),
            duration: duration,
            timeScale: 1,
            seed: 42,
            workers: nil,
            excludedPorts: [],
            rebalance: Rebalance(band: 0.1),
            defaults: [],
            timeline: timeline,
            expect: []
        )
    }
}
