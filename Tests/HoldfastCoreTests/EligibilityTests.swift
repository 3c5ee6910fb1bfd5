import Testing

@testable import HoldfastCore

/// Gateways that are in service and are passed over all the same: full ones, and cold ones.
@Suite struct EligibilityTests {
    private static func instant(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

    /// Nobody gets more than the limit, whatever the algorithm would like, and who leaves makes room.
    @Test(arguments: RetiredGatewayTests.algorithms)
    func aFullGatewayIsPassedOver(algorithm: BalancingAlgorithm) {
        var balancer = Balancer(algorithm: algorithm, gateways: 3, eligibility: Eligibility(limit: 4), seed: Seed(1))
        for id in 0..<SessionID(12) { #expect(balancer.pick(session: id, ordinal: 0, now: .zero) != nil) }
        #expect(balancer.connections == [4, 4, 4])
        #expect(balancer.pick(session: 12, ordinal: 0, now: .zero) == nil)
        balancer.closed(1)
        #expect(balancer.pick(session: 13, ordinal: 0, now: .zero) == 1)
        #expect(balancer.pick(session: 14, ordinal: 0, now: .zero) == nil)
    }

    @Test func theNextInOrderHasRoom() {
        var balancer = Balancer(
            algorithm: .first,
            gateways: 3,
            healthCheck: .none,
            failureRule: .next,
            eligibility: Eligibility(limit: 1),
            seed: Seed(1)
        )
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pick(session: 1, ordinal: 0, now: .zero) == 1)
        #expect(balancer.pickAgain(after: 1, session: 1, ordinal: 0, attempt: 0, now: .zero) == 2)
        #expect(balancer.pickAgain(after: 2, session: 1, ordinal: 0, attempt: 1, now: .zero) == 1)
    }

    /// The share rises evenly from nothing to everything.
    @Test func shares() {
        var eligibility = Eligibility(slowStart: .seconds(10))
        eligibility.warm(2, from: Self.instant(100))
        #expect(eligibility.share(of: 1, at: Self.instant(100)) == 1)
        #expect(eligibility.share(of: 2, at: Self.instant(99)) == 0)
        #expect(eligibility.share(of: 2, at: Self.instant(100)) == 0)
        #expect(eligibility.share(of: 2, at: Self.instant(104)) == 0.4)
        #expect(eligibility.share(of: 2, at: Self.instant(110) - .tick) < 1)
        #expect(!eligibility.isOpen)
        #expect(eligibility.share(of: 2, at: Self.instant(110)) == 1)
        #expect(eligibility.isOpen)
    }

    /// In turn, a gateway with half its share gets one of seven where three others get two each; drawn, half of its
    /// quarter.
    @Test(arguments: [(BalancingAlgorithm.roundRobin, 1.0 / 7), (.random, 1.0 / 8)])
    func aColdGatewayGetsPart(algorithm: BalancingAlgorithm, expected: Double) throws {
        var balancer = Balancer(
            algorithm: algorithm,
            gateways: 4,
            eligibility: Eligibility(slowStart: .seconds(10)),
            seed: Seed(1)
        )
        balancer.retire(3)
        balancer.enlist(3, now: Self.instant(100))
        let count = 14_000
        for id in 0..<SessionID(count) { _ = balancer.pick(session: id, ordinal: 0, now: Self.instant(105)) }
        // Four standard deviations.
        let error = 4 * (expected * (1 - expected) / Double(count)).squareRoot()
        #expect(abs(Double(balancer.connections[3]) / Double(count) - expected) < error)
        for id in 0..<SessionID(400) { _ = balancer.pick(session: id, ordinal: 1, now: Self.instant(110)) }
        #expect(balancer.eligibility.isOpen)
    }

    /// Least connections would send everybody to the one that has nobody; cold, it gets a part of them.
    @Test func leastConnectionsDoNotFloodWhoComesBack() {
        var balancer = Balancer(
            algorithm: .leastConnections,
            gateways: 2,
            eligibility: Eligibility(slowStart: .seconds(10)),
            seed: Seed(1)
        )
        balancer.retire(1)
        for id in 0..<SessionID(1_000) { _ = balancer.pick(session: id, ordinal: 0, now: .zero) }
        balancer.enlist(1, now: Self.instant(100))
        for id in 0..<SessionID(500) { _ = balancer.pick(session: id, ordinal: 1, now: Self.instant(101)) }
        #expect((30...70).contains(balancer.connections[1]))
    }

    /// A passive balancer tries a gateway again when its time is over, and warms it up from then on.
    @Test func coldAfterAFailure() {
        var balancer = Balancer(
            algorithm: .roundRobin,
            gateways: 2,
            failTimeout: .seconds(5),
            eligibility: Eligibility(slowStart: .seconds(10)),
            seed: Seed(1)
        )
        #expect(balancer.eligibility.isOpen)
        let first = balancer.pick(session: 0, ordinal: 0, now: .zero)
        #expect(first == 0)
        #expect(balancer.pickAgain(after: 0, session: 0, ordinal: 0, attempt: 0, now: .zero) == 1)
        for id in 1..<SessionID(20) { #expect(balancer.pick(session: id, ordinal: 0, now: Self.instant(5)) == 1) }
        #expect(balancer.eligibility.share(of: 0, at: Self.instant(10)) == 0.5)
        // Who is cold is better than nobody.
        balancer.retire(1)
        #expect(balancer.pick(session: 20, ordinal: 0, now: Self.instant(5)) == 0)
    }

    /// Another process does not know that anybody was away.
    @Test func aReloadForgetsWhoIsCold() {
        var balancer = Balancer(
            algorithm: .roundRobin,
            gateways: 2,
            eligibility: Eligibility(slowStart: .seconds(10)),
            seed: Seed(1)
        )
        balancer.retire(1)
        balancer.enlist(1, now: .zero)
        #expect(!balancer.eligibility.isOpen)
        balancer.reload(keepsCounts: true)
        #expect(balancer.eligibility.isOpen)
    }
}
