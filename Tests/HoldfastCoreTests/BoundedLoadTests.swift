import HoldfastCore
import Testing

/// `bounded-load` and `first`: what a gateway may carry decides.
@Suite struct BoundedLoadTests {
    /// x <= ceil(f w N / W) with the new connection in N, after every pick, while others end and some are out a while.
    @Test(arguments: [1.01, 1.25, 2.0], [[], [1, 2, 3, 4, 10]])
    func neverAboveTheBound(factor: Double, weights: [Int]) {
        let percent = UInt64((factor * 100).rounded())
        let each = weights.isEmpty ? [1, 1, 1, 1, 1] : weights.map { UInt64($0) }
        var balancer = Balancer(
            algorithm: .boundedLoad,
            gateways: 5,
            failTimeout: .seconds(1),
            weights: weights,
            loadFactor: factor,
            seed: Seed(1)
        )
        var open: [GatewayID] = []
        for session in SessionID(0)..<3_000 {
            let now = Instant.zero + .milliseconds(Int64(session))
            guard var pick = balancer.pick(session: session, ordinal: 0, now: now) else { continue }
            if session % 1_500 == 700 {
                pick = balancer.pickAgain(after: pick, session: session, ordinal: 0, attempt: 0, now: now) ?? noGateway
            }
            open.append(pick)
            let there = (0..<5).filter { balancer.isInService(GatewayID($0), now: now) }
            let total = there.reduce(0) { $0 + balancer.connections[$1] }
            let sum = 100 * there.reduce(0) { $0 + each[$1] }
            let share = percent * total * each[Int(pick)]
            // x <= ceil(a/b) is (x - 1) b < a.
            #expect((balancer.connections[Int(pick)] - 1) * sum < share)
            if session % 3 == 0 { balancer.closed(open.remove(at: open.count / 2)) }
        }
        #expect(open.count == 2_000)
    }

    /// 1.01 times 100 is 101 for everybody, whatever the hashes say; without a bound one of the ring has far more.
    @Test func aTightBoundIsLevel() {
        var tight = Balancer(algorithm: .boundedLoad, gateways: 10, loadFactor: 1.01, seed: Seed(1))
        var ring = Balancer(algorithm: .consistentHash, gateways: 10, seed: Seed(1))
        for session in SessionID(0)..<1_000 {
            _ = tight.pick(session: session, ordinal: 0, now: .zero)
            _ = ring.pick(session: session, ordinal: 0, now: .zero)
        }
        #expect(tight.connections.max() == 101)
        #expect(ring.connections.max()! > 110)
    }

    /// A bound that nobody reaches is none.
    @Test func aWideBoundIsTheRing() {
        var wide = Balancer(algorithm: .boundedLoad, gateways: 10, loadFactor: 100, seed: Seed(1))
        var ring = Balancer(algorithm: .consistentHash, gateways: 10, seed: Seed(1))
        for session in SessionID(0)..<1_000 {
            let expected = ring.pick(session: session, ordinal: 0, now: .zero)
            #expect(wide.pick(session: session, ordinal: 0, now: .zero) == expected)
        }
    }

    @Test func firstFillsInOrderUpToTheCapacity() {
        var balancer = Balancer(algorithm: .first, gateways: 3, capacity: 3, seed: Seed(1))
        let picks = (SessionID(0)..<10).map { balancer.pick(session: $0, ordinal: 0, now: .zero) }
        #expect(picks == [0, 0, 0, 1, 1, 1, 2, 2, 2, nil])
        balancer.closed(1)
        #expect(balancer.pick(session: 10, ordinal: 0, now: .zero) == 1)
        #expect(balancer.pick(session: 11, ordinal: 0, now: .zero) == nil)
        balancer.closed(2)
        balancer.closed(0)
        #expect(balancer.pick(session: 12, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pick(session: 13, ordinal: 0, now: .zero) == 2)
        #expect(balancer.connections == [3, 3, 3])
    }

    /// Who failed is left out until it is back, and then filled first again.
    @Test func firstPassesOverWhoeverIsOut() {
        var balancer = Balancer(algorithm: .first, gateways: 3, failTimeout: .seconds(1), capacity: 2, seed: Seed(1))
        #expect(balancer.pick(session: 0, ordinal: 0, now: .zero) == 0)
        #expect(balancer.pickAgain(after: 0, session: 0, ordinal: 0, attempt: 0, now: .zero) == 1)
        let end = Instant.zero + .seconds(1)
        #expect(balancer.pick(session: 1, ordinal: 0, now: end - .tick) == 1)
        #expect(balancer.pick(session: 2, ordinal: 0, now: end - .tick) == 2)
        #expect(balancer.pick(session: 3, ordinal: 0, now: end) == 0)
    }
}
