import HoldfastCore
import Testing

/// Algorithms that give some gateways more than others.
@Suite struct WeightTests {
    static func balancer(_ algorithm: BalancingAlgorithm, _ weights: [Int], replacement: Bool = false) -> Balancer {
        Balancer(
            algorithm: algorithm,
            gateways: weights.count,
            replacement: replacement,
            weights: weights,
            seed: Seed(42)
        )
    }

    static func fill(_ balancer: inout Balancer, _ count: SessionID) -> [GatewayID] {
        (0..<count).map { balancer.pick(session: $0, ordinal: 0, now: .zero) ?? noGateway }
    }

    /// The first is the example of nginx's commit "Upstream: smooth weighted round-robin balancing"; the others are
    /// worked out by hand.
    @Test(arguments: [
        ([5, 1, 1], [0, 0, 1, 0, 2, 0, 0]), ([10, 2, 2], [0, 0, 1, 0, 2, 0, 0]), ([3, 2, 1], [0, 1, 0, 2, 1, 0]),
        ([1, 1, 1], [0, 1, 2]), ([1, 2], [1, 0, 1]),
    ])
    func smoothTurns(weights: [Int], expected: [GatewayID]) {
        var balancer = Self.balancer(.smoothWeightedRoundRobin, weights)
        #expect(Self.fill(&balancer, SessionID(3 * expected.count)) == expected + expected + expected)
    }

    /// While the heavy one is out the others take turns, and its weight is whole when it is back.
    @Test func smoothTurnsWithoutOne() {
        var balancer = Self.balancer(.smoothWeightedRoundRobin, [5, 1, 1])
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pickAgain(after: 0, session: 0, ordinal: 0, attempt: 0, now: .zero) == 1)
        #expect(Self.fill(&balancer, 5) == [2, 1, 2, 1, 2])
        let back = Instant.zero + .seconds(1)
        let picks = (SessionID(0)..<7).map { balancer.pick(session: $0, ordinal: 1, now: back) ?? noGateway }
        #expect([0, 1, 2].map { gateway in picks.count { $0 == gateway } } == [5, 1, 1])
    }

    /// Who takes the next connection has the fewest for its weight: (x - 1) / w is nowhere above the least x / w.
    @Test(arguments: [BalancingAlgorithm.leastConnections, .powerOfTwo], [[3, 1], [1, 256], [2, 3]])
    func twoGatewaysFillByWeight(algorithm: BalancingAlgorithm, weights: [Int]) {
        var balancer = Self.balancer(algorithm, weights)
        for session in SessionID(0)..<2_000 {
            let pick = Int(balancer.pick(session: session, ordinal: 0, now: .zero) ?? noGateway)
            let x = balancer.connections
            #expect((x[pick] - 1) * UInt64(weights[1 - pick]) <= x[1 - pick] * UInt64(weights[pick]))
        }
        let total = Double(weights.reduce(0, +))
        for (count, weight) in zip(balancer.connections, weights) {
            #expect(abs(Double(count) - 2_000 * Double(weight) / total) <= 1)
        }
    }

    @Test func leastConnectionsOfManyWeights() {
        let weights = [5, 3, 1, 7, 4]
        var balancer = Self.balancer(.leastConnections, weights)
        _ = Self.fill(&balancer, 4_000)
        #expect(balancer.connections == [1_000, 600, 200, 1_400, 800])
        balancer.closed(2)
        #expect(balancer.pick(session: 9_999, ordinal: 0, now: .zero) == 2)
    }

    /// A tie goes to the one at the cursor: 1/3 and 0/1, then 3/3 and 1/1.
    @Test func tiesByWeightGoToTheCursor() {
        var balancer = Self.balancer(.leastConnections, [3, 1])
        #expect(Self.fill(&balancer, 8) == [0, 1, 0, 0, 1, 0, 0, 0])
    }

    /// Binomial: five standard deviations of 10,000 draws.
    @Test func randomByWeight() {
        var balancer = Self.balancer(.random, [1, 2, 7])
        _ = Self.fill(&balancer, 10_000)
        for (count, (mean, deviation)) in zip(balancer.connections, [(1_000, 30.0), (2_000, 40), (7_000, 45.8)]) {
            #expect(abs(Double(Int(count) - mean)) < 5 * deviation)
        }
    }

    /// With replacement both draws are of one gateway with 1/10 * 1/10 + 9/10 * 9/10, so the heavy one is often given
    /// more than it should carry, and the next connections level that again.
    @Test func twoDrawsByWeightWithReplacement() {
        var balancer = Self.balancer(.powerOfTwo, [1, 9], replacement: true)
        var isEverBeyond = false
        for session in SessionID(0)..<2_000 {
            let pick = Int(balancer.pick(session: session, ordinal: 0, now: .zero) ?? noGateway)
            let x = balancer.connections
            if pick == 1, x[1] - 1 > 9 * x[0] { isEverBeyond = true }
        }
        #expect(isEverBeyond)
        #expect(abs(Int(balancer.connections[0]) - 200) <= 10)
    }

    /// Weights that are all alike are none: the same picks, whatever the number.
    @Test(arguments: BalancingAlgorithm.allCases.filter(\.knowsWeights))
    func equalWeightsAreNone(algorithm: BalancingAlgorithm) {
        var plain = Balancer(algorithm: algorithm, gateways: 5, seed: Seed(42))
        var weighted = Self.balancer(algorithm, [7, 7, 7, 7, 7])
        #expect(Self.fill(&plain, 300) == Self.fill(&weighted, 300))
    }

    /// Nobody out of service is picked, and nobody at all when all are.
    @Test(arguments: BalancingAlgorithm.allCases)
    func whoeverIsOutIsSkipped(algorithm: BalancingAlgorithm) {
        let weights = algorithm.knowsWeights ? [4, 8, 2, 1] : []
        var balancer = Balancer(algorithm: algorithm, gateways: 4, weights: weights, capacity: 150, seed: Seed(42))
        #expect(!Self.fill(&balancer, 600).contains(noGateway))
        for _ in 0..<60 { balancer.closed(1) }
        func fail(_ gateway: GatewayID) {
            _ = balancer.pickAgain(after: gateway, session: 0, ordinal: 0, attempt: 9, now: .zero)
        }
        for gateway in [GatewayID(3), 0, 2] { fail(gateway) }
        #expect(Self.fill(&balancer, 50) == [GatewayID](repeating: 1, count: 50))
        fail(1)
        #expect(Self.fill(&balancer, 1) == [noGateway])
    }
}
