import Testing

@testable import HoldfastCore

/// Algorithms by which a session comes back to the same gateway.
@Suite struct HashingTests {
    static func picks(_ balancer: inout Balancer, at now: Instant = .zero) -> [GatewayID] {
        (SessionID(0)..<4_000).map { balancer.pick(session: $0, ordinal: 0, now: now) ?? noGateway }
    }

    /// One gateway leaves: all of its own move, of the others none with a ring or rendezvous. Maglev's table moves
    /// some, but fewer than had to move anyway. When it is back, so are all.
    @Test(
        arguments: [BalancingAlgorithm.consistentHash, .maglev, .rendezvous],
        [([], 3), ([], 10), ([1, 2, 3, 4, 1, 1, 8], 7)]
    )
    func oneLeavesAndReturns(algorithm: BalancingAlgorithm, fleet: (weights: [Int], gateways: Int)) {
        let weights = algorithm.knowsWeights ? fleet.weights : []
        var balancer = Balancer(algorithm: algorithm, gateways: fleet.gateways, weights: weights, seed: Seed(1))
        let home = Self.picks(&balancer)
        for gone in 0..<GatewayID(fleet.gateways) {
            let now = Instant.zero + .seconds(Int64(gone))
            _ = balancer.pickAgain(after: gone, session: 0, ordinal: 0, attempt: 0, now: now)
            let away = Self.picks(&balancer, at: now)
            #expect(!away.contains(gone))
            let moved = zip(home, away).count { $0 != $1 && $0 != gone }
            let had = home.count { $0 == gone }
            #expect(algorithm == .maglev ? moved < had : moved == 0, "\(moved) beside \(had)")
            // They spread: everybody gets some.
            let heirs = Set(zip(home, away).filter { $0.0 == gone }.map(\.1))
            #expect(heirs.count == fleet.gateways - 1)
            #expect(Self.picks(&balancer, at: now + .seconds(1)) == home)
        }
    }

    /// A table that is dealt anew and not only skipped: the others' shares stay level, and so some of them move.
    @Test func maglevDealsItsTableAnew() {
        var balancer = Balancer(algorithm: .maglev, gateways: 10, seed: Seed(1))
        let home = Self.picks(&balancer)
        _ = balancer.pickAgain(after: 4, session: 0, ordinal: 0, attempt: 0, now: .zero)
        let away = Self.picks(&balancer)
        #expect(zip(home, away).contains { $0 != $1 && $0 != 4 })
    }

    /// Two out, one back, both back, in any order of time: each table is that of a balancer that knew it all along.
    @Test func maglevFollowsTheServiceList() {
        func fresh(without gone: [GatewayID]) -> [GatewayID] {
            var balancer = Balancer(algorithm: .maglev, gateways: 6, seed: Seed(1))
            _ = Self.picks(&balancer)
            for gateway in gone {
                _ = balancer.pickAgain(after: gateway, session: 0, ordinal: 0, attempt: 9, now: .zero)
            }
            return Self.picks(&balancer)
        }
        var balancer = Balancer(algorithm: .maglev, gateways: 6, seed: Seed(1))
        let all = Self.picks(&balancer)
        func fail(_ gateway: GatewayID, _ milliseconds: Int64) {
            let now = Instant.zero + .milliseconds(milliseconds)
            _ = balancer.pickAgain(after: gateway, session: 0, ordinal: 0, attempt: 9, now: now)
        }
        fail(2, 0)
        #expect(Self.picks(&balancer, at: .zero) == fresh(without: [2]))
        fail(5, 400)
        #expect(Self.picks(&balancer, at: .zero + .milliseconds(400)) == fresh(without: [2, 5]))
        #expect(Self.picks(&balancer, at: .zero + .milliseconds(999)) == fresh(without: [2, 5]))
        #expect(Self.picks(&balancer, at: .zero + .milliseconds(1_000)) == fresh(without: [5]))
        #expect(Self.picks(&balancer, at: .zero + .milliseconds(1_399)) == fresh(without: [5]))
        #expect(Self.picks(&balancer, at: .zero + .milliseconds(1_400)) == all)
    }

    /// The example of the paper, its tables 1 and 2: seven entries, and again without B1.
    @Test func theTableOfThePaper() {
        var turns = MaglevTurns(orders: [(3, 4), (0, 2), (3, 1)], size: 7)
        let weights = GatewayWeights([], gateways: 3)
        var table = MaglevTable(weights, &turns)
        #expect(table.entries == [1, 0, 1, 0, 2, 2, 0])
        table.fill(weights, &turns) { $0 != 1 }
        #expect(table.entries == [0, 0, 0, 0, 2, 2, 2])
    }

    /// Everybody has his share of the entries, rounded down or up; 656 gateways have the larger table.
    @Test(arguments: [(1, 65_537), (2, 65_537), (10, 65_537), (655, 65_537), (656, 655_373), (1_000, 655_373)])
    func maglevIsEven(gateways: Int, size: Int) {
        let table = MaglevTable(GatewayWeights([], gateways: gateways))
        #expect(table.entries.count == size)
        var shares = [Int](repeating: 0, count: gateways)
        for entry in table.entries { shares[Int(entry)] += 1 }
        #expect(shares.min() == size / gateways)
        #expect(shares.max() == (size + gateways - 1) / gateways)
    }

    @Test(arguments: [[1, 2, 5], [256, 1], [3, 7, 7, 2, 100]])
    func maglevIsEvenByWeight(weights: [Int]) {
        let table = MaglevTable(GatewayWeights(weights, gateways: weights.count))
        var shares = [Int](repeating: 0, count: weights.count)
        for entry in table.entries { shares[Int(entry)] += 1 }
        for (share, weight) in zip(shares, weights) {
            let exact = 65_537 * Double(weight) / Double(weights.reduce(0, +))
            // One for the round that is cut short, one for the credit that is left.
            #expect(abs(Double(share) - exact) <= 2)
        }
    }

    /// 4,000 over ten: the ring's shares vary by 8 %, 32, and the dice by 19.
    @Test func theRingIsRoughlyEven() {
        var balancer = Balancer(algorithm: .consistentHash, gateways: 10, seed: Seed(1))
        _ = Self.picks(&balancer)
        for count in balancer.connections { #expect(abs(Int(count) - 400) < 4 * 37) }
        var weighted = Balancer(algorithm: .consistentHash, gateways: 2, weights: [1, 4], seed: Seed(1))
        _ = Self.picks(&weighted)
        #expect(abs(Int(weighted.connections[0]) - 800) < 4 * 70)
    }

    /// Points are found as a search from the front would find them, beyond the last one too.
    @Test func theNextPointIsTheNextOne() {
        let ring = ConsistentRing(GatewayWeights([], gateways: 4))
        var points: [(UInt64, Int)] = []
        for gateway in UInt32(0)..<4 {
            for number in UInt32(1)...160 { points.append((pairHash(gateway, number), Int(gateway))) }
        }
        points.sort { $0.0 < $1.0 }
        let keys = [0, .max] + points.flatMap { [$0.0, $0.0 &+ 1] } + (0..<500).map { mix64($0) }
        for key in keys {
            let next = points.first { $0.0 >= key } ?? points[0]
            #expect(ring.pick(key) { _ in true } == next.1)
            let other = (points.filter { $0.0 >= key } + points).first { $0.1 != next.1 }
            #expect(ring.pick(key) { $0 != next.1 } == other?.1)
        }
    }
}
