import Testing

@testable import HoldfastCore

/// What a session that picks its gateway itself makes of the algorithms.
@Suite struct ClientAlgorithmTests {
    static func pick(
        _ algorithm: ClientAlgorithm,
        _ gateways: UInt32,
        _ session: SessionID,
        ordinal: Ordinal = 0,
        avoided: GatewayID = noGateway,
        quarantined: GatewayID = noGateway
    ) -> GatewayID {
        ClientPick.gateway(
            algorithm,
            gateways: gateways,
            session: session,
            ordinal: ordinal,
            last: noGateway,
            avoided: avoided,
            quarantined: quarantined,
            seed: Seed(42)
        )
    }

    @Test func whoHasWhich() {
        for algorithm in BalancingAlgorithm.allCases {
            #expect((ClientAlgorithm(algorithm, gateways: 3) != nil) == algorithm.isForClients)
        }
        // What is left are the rules of a registry's routers.
        let neither = BalancingAlgorithm.allCases.filter { !$0.isForClients && !$0.isForBalancers }
        #expect(neither == BalancingAlgorithm.allCases.filter(\.needsReports))
    }

    /// The same ring and the same table as a balancer's.
    @Test(arguments: [BalancingAlgorithm.consistentHash, .maglev], [[], [1, 5, 2, 2]])
    func clientsHashAsBalancersDo(algorithm: BalancingAlgorithm, weights: [Int]) throws {
        let client = try #require(ClientAlgorithm(algorithm, gateways: 4, weights: weights))
        var balancer = Balancer(algorithm: algorithm, gateways: 4, weights: weights, seed: Seed(42))
        for session in SessionID(0)..<1_000 {
            let expected = balancer.pick(session: session, ordinal: 0, now: .zero)
            #expect(Self.pick(client, 4, session) == expected)
        }
    }

    /// Whoever leaves a gateway out moves only if that is its own, and then all others get some.
    @Test(arguments: [BalancingAlgorithm.consistentHash, .maglev])
    func leavingOneOutMovesItsOwn(algorithm: BalancingAlgorithm) throws {
        let client = try #require(ClientAlgorithm(algorithm, gateways: 5))
        var heirs: Set<GatewayID> = []
        for session in SessionID(0)..<1_000 {
            let home = Self.pick(client, 5, session)
            let away = Self.pick(client, 5, session, avoided: 2)
            if home == 2 { heirs.insert(away) } else { #expect(away == home) }
            let last = Self.pick(client, 5, session, avoided: 2, quarantined: 3)
            #expect(last != 2 && last != 3)
        }
        #expect(heirs == [0, 1, 3, 4])
    }

    @Test func firstIsTheFirstThatIsNotLeftOut() {
        #expect(Self.pick(.first, 4, 9) == 0)
        #expect(Self.pick(.first, 4, 9, avoided: 0) == 1)
        #expect(Self.pick(.first, 4, 9, avoided: 1, quarantined: 0) == 2)
    }

    /// Binomial, five standard deviations; without the heavy one the others are 1 to 3.
    @Test func randomByWeight() throws {
        let client = try #require(ClientAlgorithm(.random, gateways: 3, weights: [1, 6, 3]))
        func counts(avoided: GatewayID) -> [Int] {
            var counts = [0, 0, 0]
            for session in SessionID(0)..<10_000 { counts[Int(Self.pick(client, 3, session, avoided: avoided))] += 1 }
            return counts
        }
        for (count, mean) in zip(counts(avoided: noGateway), [1_000, 6_000, 3_000]) { #expect(abs(count - mean) < 245) }
        let rest = counts(avoided: 1)
        #expect(rest[1] == 0)
        #expect(abs(rest[0] - 2_500) < 5 * 44)
    }

    /// Chapter 20: each whole round has every gateway once, so any number of rounds has all of them equally often.
    @Test(arguments: [(UInt32(12), UInt32(3)), (12, 12), (12, 1), (10, 3)])
    func roundsOfSubsetsAreEven(gateways: UInt32, size: UInt32) {
        let subsets = gateways / size
        var counts = [Int](repeating: 0, count: Int(gateways))
        for round in 0..<UInt32(50) {
            var dealt: Set<GatewayID> = []
            for session in round * subsets..<(round + 1) * subsets {
                for number in 0..<size {
                    let member = Subset.member(number, of: session, size: size, gateways: gateways, seed: Seed(42))
                    #expect(dealt.insert(member).inserted)
                    counts[Int(member)] += 1
                }
            }
            #expect(dealt.count == Int(subsets * size))
        }
        #expect(counts.max()! <= 50)
        if gateways % size == 0 { #expect(counts.min() == 50) }
    }

    /// A session uses all of its subset and nothing else, each member as often: 3,000 draws, five deviations of 25.8.
    @Test func aSessionStaysInItsSubset() {
        let members = Set((0..<3).map { Subset.member($0, of: 77, size: 3, gateways: 20, seed: Seed(42)) })
        #expect(members.count == 3)
        var counts: [GatewayID: Int] = [:]
        for ordinal in Ordinal(0)..<3_000 {
            counts[Self.pick(.subset(size: 3), 20, 77, ordinal: ordinal), default: 0] += 1
        }
        #expect(Set(counts.keys) == members)
        for count in counts.values { #expect(abs(count - 1_000) < 5 * 26) }
    }

    /// What failed is left out while the subset has another, and never what lies outside of it.
    @Test func aSubsetWithoutOne() {
        for session in SessionID(0)..<200 {
            let members = (0..<2).map { Subset.member($0, of: session, size: 2, gateways: 9, seed: Seed(42)) }
            let (first, second) = (members[0], members[1])
            #expect(Self.pick(.subset(size: 2), 9, session, avoided: first) == second)
            #expect(Self.pick(.subset(size: 2), 9, session, quarantined: second) == first)
            #expect(members.contains(Self.pick(.subset(size: 2), 9, session, avoided: first, quarantined: second)))
            let only = Subset.member(0, of: session, size: 1, gateways: 9, seed: Seed(42))
            #expect(Self.pick(.subset(size: 1), 9, session, avoided: only) == only)
        }
    }

    /// Everybody's subset differs, so the fleet is roughly even: chapter 20 has 300 clients on 300 backends, a tenth
    /// each; with random draws inside, a population is within dice of its mean.
    @Test func aFleetOfSubsetsIsEven() {
        var counts = [Int](repeating: 0, count: 30)
        for session in SessionID(0)..<30_000 { counts[Int(Self.pick(.subset(size: 3), 30, session))] += 1 }
        for count in counts { #expect(abs(count - 1_000) < 5 * 32) }
    }
}
