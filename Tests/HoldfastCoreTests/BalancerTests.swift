import HoldfastCore
import Testing

@Suite struct BalancerTests {
    static func balancer(
        _ algorithm: BalancingAlgorithm,
        gateways: Int = 3,
        healthCheck: HealthCheck = .passive,
        rule: ConnectFailureRule = .repick
    ) -> Balancer {
        Balancer(
            algorithm: algorithm,
            gateways: gateways,
            healthCheck: healthCheck,
            failTimeout: .seconds(1),
            failureRule: rule,
            seed: Seed(42)
        )
    }

    @Test func roundRobinGoesAround() {
        var balancer = Self.balancer(.roundRobin)
        let picks = (0..<7).map { balancer.pick(session: $0, ordinal: 0, now: .zero) }
        #expect(picks == [0, 1, 2, 0, 1, 2, 0])
        #expect(balancer.connections == [3, 2, 2])
    }

    @Test func aFailedGatewayIsSkippedUntilTheTick() {
        var balancer = Self.balancer(.roundRobin)
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pickAgain(after: 0, session: 0, ordinal: 0, attempt: 0, now: .zero) == 1)
        #expect(balancer.connections == [0, 1, 0])
        let end = Instant.zero + .seconds(1)
        #expect(!balancer.isInService(0, now: end - .tick))
        #expect(balancer.isInService(0, now: end))
        #expect(balancer.pick(session: 1, ordinal: 0, now: end - .tick) == 2)
        #expect(balancer.pick(session: 2, ordinal: 0, now: end - .tick) == 1)
        #expect(balancer.pick(session: 3, ordinal: 0, now: end) == 2)
        #expect(balancer.pick(session: 4, ordinal: 0, now: end) == 0)
    }

    @Test func nobodyInServiceResetsTheClient() {
        var balancer = Self.balancer(.roundRobin, gateways: 2)
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pickAgain(after: 0, session: 0, ordinal: 0, attempt: 0, now: .zero) == 1)
        #expect(balancer.pickAgain(after: 1, session: 0, ordinal: 0, attempt: 1, now: .zero) == nil)
        #expect(balancer.pick(session: 1, ordinal: 0, now: .zero) == nil)
        #expect(balancer.connections == [0, 0])
    }

    @Test(arguments: [(ConnectFailureRule.next, GatewayID?(2)), (.repick, 0), (.reset, nil)])
    func theRuleAfterAFailedConnect(rule: ConnectFailureRule, expected: GatewayID?) {
        var balancer = Self.balancer(.leastConnections, rule: rule)
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        balancer.closed(0)
        #expect(balancer.pick(session: 1, ordinal: 0, now: .zero) == 1)
        let again = balancer.pickAgain(after: 1, session: 1, ordinal: 0, attempt: 0, now: .zero)
        // Among 2 and 0, both empty, the cursor stands at 2.
        #expect(again == (rule == .repick ? 2 : expected))
    }

    @Test func withoutHealthCheckTheDeadGatewayStaysInService() {
        var balancer = Self.balancer(.roundRobin, healthCheck: .none, rule: .reset)
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pickAgain(after: 0, session: 0, ordinal: 0, attempt: 0, now: .zero) == nil)
        #expect(balancer.isInService(0, now: .zero))
    }

    @Test func leastConnectionsFillsTheEmptyOneAndBreaksTiesByTheCursor() {
        var balancer = Self.balancer(.leastConnections)
        let picks = (0..<4).map { balancer.pick(session: $0, ordinal: 0, now: .zero) }
        #expect(picks == [0, 1, 2, 0])
        balancer.closed(2)
        #expect(balancer.pick(session: 9, ordinal: 0, now: .zero) == 2)
        #expect(balancer.connections == [2, 1, 1])
    }

    @Test func randomDependsOnTheSessionAndNotOnTheOrder() {
        var forward = Self.balancer(.random, gateways: 5)
        var backward = Self.balancer(.random, gateways: 5)
        for session in 0..<1000 { _ = forward.pick(session: UInt32(session), ordinal: 0, now: .zero) }
        for session in (0..<1000).reversed() { _ = backward.pick(session: UInt32(session), ordinal: 0, now: .zero) }
        #expect(forward.connections == backward.connections)
        #expect(forward.connections.allSatisfy { (150...250).contains($0) })
    }
}
