import HoldfastCore
import Testing

@Suite struct BalancerInstancesTests {
    private static func instances(_ algorithm: BalancingAlgorithm, count: Int, gateways: Int) -> BalancerInstances {
        BalancerInstances(Balancer(algorithm: algorithm, gateways: gateways, seed: Seed(1)), count: count)
    }

    private static func fill(_ instances: inout BalancerInstances, _ sessions: Range<SessionID>) -> [GatewayID] {
        sessions.map { instances.pick(session: $0, ordinal: 0, now: .zero) ?? noGateway }
    }

    /// All cursors start at gateway 0, so each instance that stopped within a round gave it one more than the last.
    @Test(arguments: [1, 4, 16, 64], [BalancingAlgorithm.roundRobin, .leastConnections])
    func theFirstGatewayHasOneMoreForEachRoundBrokenOff(count: Int, algorithm: BalancingAlgorithm) {
        var instances = Self.instances(algorithm, count: count, gateways: 10)
        var passed = [Int](repeating: 0, count: count)
        for session in SessionID(0)..<10_003 { passed[instances.instance(of: session)] += 1 }
        _ = Self.fill(&instances, 0..<10_003)
        let broken = passed.count { $0 % 10 != 0 }
        #expect(instances.connections.reduce(0, +) == 10_003)
        #expect(instances.connections[0] - instances.connections[9] == UInt64(broken))
    }

    /// Binomial: 10,000 over 16 is 625 each, standard deviation 24.2.
    @Test func eachInstanceHasItsShare() {
        let instances = Self.instances(.random, count: 16, gateways: 3)
        var passed = [Int](repeating: 0, count: 16)
        for session in SessionID(0)..<10_000 { passed[instances.instance(of: session)] += 1 }
        for share in passed { #expect(abs(share - 625) <= 121) }
    }

    /// Who draws or hashes needs to know of nobody else: the picks are those of one balancer.
    @Test(arguments: [BalancingAlgorithm.random, .sourceHash, .rendezvous, .consistentHash])
    func whatNeedsNoStateIsTheSame(algorithm: BalancingAlgorithm) {
        var many = Self.instances(algorithm, count: 7, gateways: 5)
        var one = Self.instances(algorithm, count: 1, gateways: 5)
        #expect(Self.fill(&many, 0..<500) == Self.fill(&one, 0..<500))
    }

    /// One instance is the balancer itself.
    @Test(arguments: BalancingAlgorithm.allCases) func oneIsTheBalancer(algorithm: BalancingAlgorithm) {
        var one = Self.instances(algorithm, count: 1, gateways: 5)
        var balancer = Balancer(algorithm: algorithm, gateways: 5, seed: Seed(1))
        for session in SessionID(0)..<300 {
            let expected = balancer.pick(session: session, ordinal: 0, now: .zero)
            #expect(one.pick(session: session, ordinal: 0, now: .zero) == expected)
        }
        #expect(one.connections == balancer.connections)
    }

    /// What one instance learns or ends, another does not know of.
    @Test func anInstanceKnowsOnlyItsOwn() throws {
        var instances = Self.instances(.leastConnections, count: 2, gateways: 2)
        let first = try #require((SessionID(0)..<100).first { instances.instance(of: $0) == 0 })
        let second = try #require((SessionID(0)..<100).first { instances.instance(of: $0) == 1 })
        #expect(instances.pick(session: first, ordinal: 0, now: .zero) == 0)
        #expect(instances.pick(session: second, ordinal: 0, now: .zero) == 0)
        #expect(instances.connections == [2, 0])
        #expect(instances.pickAgain(after: 0, session: first, ordinal: 0, attempt: 0, now: .zero) == 1)
        #expect(!instances.isInService(0, session: first, now: .zero))
        #expect(instances.isInService(0, session: second, now: .zero))
        instances.closed(0, session: second)
        #expect(instances.connections == [0, 1])
    }
}
