import Testing

@testable import HoldfastCore

/// Gateways that a balancer is told to leave alone, and balancers that begin anew.
@Suite struct RetiredGatewayTests {
    static let algorithms: [BalancingAlgorithm] = [
        .roundRobin, .leastConnections, .random, .powerOfTwo, .sourceHash, .consistentHash, .maglev, .rendezvous,
        .boundedLoad, .smoothWeightedRoundRobin, .first,
    ]

    static func picks(_ balancer: inout Balancer, _ sessions: Range<SessionID>) -> Set<GatewayID> {
        Set(sessions.compactMap { balancer.pick(session: $0, ordinal: 0, now: .zero) })
    }

    @Test(arguments: algorithms)
    func aRetiredGatewayIsNeverPicked(algorithm: BalancingAlgorithm) {
        var balancer = Balancer(algorithm: algorithm, gateways: 4, capacity: 30, seed: Seed(1))
        balancer.retire(1)
        balancer.retire(3)
        #expect(Self.picks(&balancer, 0..<50) == [0, 2])
        // What fails comes back after a second, and what is retired does not.
        balancer.retire(2)
        _ = balancer.pickAgain(after: 2, session: 99, ordinal: 0, attempt: 0, now: .zero)
        #expect(!balancer.isInService(2, now: .zero + .seconds(5)))
        balancer.enlist(3, now: .zero)
        #expect(balancer.isInService(3, now: .zero))
    }

    @Test func aWholeFleetIsWholeAgain() {
        var service = ServiceList(count: 3)
        service.retire(1)
        #expect(!service.isWhole(at: .zero))
        #expect(service.count(at: .zero) == 2)
        service.takeOut(2, until: .zero + .seconds(1))
        service.enlist(1)
        #expect(!service.isWhole(at: .zero + .seconds(1) - .tick))
        #expect(service.isWhole(at: .zero + .seconds(1)))
        service.takeOut(0, until: .zero + .seconds(9))
        service.retire(1)
        service.forgive()
        #expect(service.contains(0, at: .zero))
        #expect(!service.contains(1, at: .zero + .seconds(100)))
    }

    @Test(arguments: [(true, [UInt64(3), 3, 3]), (false, [1, 1, 0])])
    func aReloadForgetsCountsUnlessTheyAreHandedOver(keeps: Bool, expected: [UInt64]) {
        var balancer = Balancer(algorithm: .leastConnections, gateways: 3, seed: Seed(1))
        for id in 0..<SessionID(7) { _ = balancer.pick(session: id, ordinal: 0, now: .zero) }
        balancer.reload(keepsCounts: keeps)
        for id in SessionID(7)..<9 { _ = balancer.pick(session: id, ordinal: 0, now: .zero) }
        #expect(balancer.connections == expected)
    }

    @Test func whoIsUnderWayIsAdopted() {
        var balancer = Balancer(algorithm: .leastConnections, gateways: 2, seed: Seed(1))
        for id in 0..<SessionID(6) { _ = balancer.pick(session: id, ordinal: 0, now: .zero) }
        balancer.reload(keepsCounts: false)
        balancer.adopt(0)
        #expect(balancer.pick(session: 6, ordinal: 0, now: .zero) == 1)
        balancer.closed(0)
        #expect(balancer.connections == [0, 1])
        #expect(balancer.pick(session: 7, ordinal: 0, now: .zero) == 0)
    }
}
