import HoldfastCore
import HoldfastPlan
import Testing

@Suite struct DefaultTests {
    @Test func theSmallestPlanHasEveryDefault() throws {
        let plan = try Plan.parse(text: PlanSamples.smallest, file: "plan.yaml")
        let balancer = BalancerSettings(healthCheck: .passive, failTimeout: .seconds(1), connectFailure: .repick)
        let target = Target(
            gateways: 2,
            via: .embedded,
            algorithm: .roundRobin,
            balancer: balancer,
            gateway: GatewaySettings(drain: .seconds(10), idleTimeout: nil),
            crowd: 1
        )
        let expected = Plan(
            name: "t",
            sessions: 100,
            target: target,
            heartbeat: HeartbeatPolicy(strategy: .fixed, interval: .seconds(30), detection: .silence(.seconds(90))),
            reconnect: ReconnectPolicy(delay: .exponential(base: .seconds(1), cap: .seconds(60), jitter: .full)),
            onFailure: .switchGateway,
            connect: ConnectLimits(timeout: .seconds(5), loginTimeout: .seconds(5)),
            establish: Establish(ratePerSecond: 1000, timeout: .seconds(60)),
            duration: .seconds(60),
            timeScale: 1,
            seed: 42,
            workers: nil,
            excludedPorts: [],
            rebalance: Rebalance(band: 0.1),
            defaults: [.unexplained, .admitted, .flat],
            timeline: [],
            expect: []
        )
        #expect(plan == expected)
    }

    @Test(arguments: [
        ("target: { gateways: 2, balancer: { healthCheck: none } }", ConnectFailureRule.reset),
        ("target: { gateways: 2, balancer: { healthCheck: passive } }", .repick),
        ("target: { gateways: 2, balancer: { healthCheck: none, connectFailure: next } }", .next),
    ])
    func connectFailureFollowsTheHealthCheck(target: String, expected: ConnectFailureRule) throws {
        let plan = try Plan.parse(text: "name: t\nsessions: 1\n\(target)\n", file: "plan.yaml")
        #expect(plan.target.balancer.connectFailure == expected)
    }

    @Test(arguments: [
        ("{ preset: article-3x5 }", HeartbeatPolicy.article3x5),
        (
            "{ interval: 3s }",
            HeartbeatPolicy(strategy: .fixed, interval: .seconds(3), detection: .silence(.seconds(9)))
        ),
        (
            "{ interval: 3s, first: immediate, misses: 2, timeout: 3s, payload: 1B }",
            HeartbeatPolicy(
                strategy: .fixed,
                interval: .seconds(3),
                first: .immediate,
                detection: .misses(count: 2, timeout: .seconds(3)),
                payloadBytes: 1
            )
        ),
        ("{ strategy: none }", HeartbeatPolicy(strategy: .none, interval: .zero, detection: .silence(.zero))),
    ])
    func heartbeats(text: String, expected: HeartbeatPolicy) throws {
        let plan = try Plan.parse(text: PlanSamples.smallest + "heartbeat: \(text)\n", file: "plan.yaml")
        #expect(plan.heartbeat == expected)
    }

    @Test(arguments: [
        ("{ policy: none }", ReconnectPolicy(delay: .none)),
        ("{ policy: immediate, maxAttempts: 5 }", ReconnectPolicy(delay: .immediate, maxAttempts: 5)),
        ("{ policy: fixed }", ReconnectPolicy(delay: .fixed(.seconds(1)))),
        ("{ policy: fixed, delay: 20ms }", ReconnectPolicy(delay: .fixed(.milliseconds(20)))),
        (
            "{ base: 2m, maxElapsed: 1h }",
            ReconnectPolicy(
                delay: .exponential(base: .seconds(120), cap: .seconds(120), jitter: .full),
                maxElapsed: .seconds(3600)
            )
        ),
        (
            "{ factor: 1.5, first: 3s, jitter: proportional }",
            ReconnectPolicy(
                delay: .exponential(
                    ExponentialDelay(
                        base: .seconds(1),
                        cap: .seconds(60),
                        factor: 1.5,
                        first: .seconds(3),
                        jitter: .proportional
                    )
                )
            )
        ),
        ("{ policy: table, table: [0s, 2s] }", ReconnectPolicy(delay: .table(DelayTable([.zero, .seconds(2)])))),
        (
            "{ policy: table, table: [2s], spread: 1s }",
            ReconnectPolicy(delay: .table(DelayTable([.seconds(2)], spread: .seconds(1))))
        ),
        ("{ preset: nats }", .nats),
        ("{ preset: nats, maxAttempts: 3 }", ReconnectPolicy(delay: ReconnectPolicy.nats.delay, maxAttempts: 3)),
    ])
    func reconnects(text: String, expected: ReconnectPolicy) throws {
        let plan = try Plan.parse(text: PlanSamples.smallest + "reconnect: \(text)\n", file: "plan.yaml")
        #expect(plan.reconnect == expected)
    }

    @Test func shortSilenceIsDoubtfulBelowTwoIntervalsAndNotAtTwo() throws {
        let doubtful = PlanSamples.smallest + "heartbeat: { interval: 10s, silence: 19999ms }\n"
        let warnings = try PlanReader.read(text: doubtful, file: "plan.yaml").warnings
        let line =
            "plan.yaml:4:38: warning: a silence of less than two intervals, so one late answer ends the connection; "
            + "expected at least 20s"
        #expect(warnings.map(\.description) == [line])
        let deadly = PlanSamples.smallest + "heartbeat: { interval: 10s, silence: 9999ms }\n"
        let told = try PlanReader.read(text: deadly, file: "plan.yaml").warnings.map(\.description)
        #expect(told.count == 1 && told[0].contains("every connection ends before its next beat"))
        let fine = PlanSamples.smallest + "heartbeat: { interval: 10s, silence: 20s }\n"
        #expect(try PlanReader.read(text: fine, file: "plan.yaml").warnings.isEmpty)
    }
}
