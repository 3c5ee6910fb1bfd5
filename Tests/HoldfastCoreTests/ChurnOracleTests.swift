import HoldfastCore
import Testing

/// Whole fleets in virtual time against the closed forms of long connections behind a balancer.
@Suite struct ChurnOracleTests {
    static func world(
        sessions: Int,
        gateways: Int,
        _ algorithm: BalancingAlgorithm,
        wait: Span = .milliseconds(500)
    ) -> VirtualWorld {
        let policy = SessionPolicy(
            seed: Seed(42),
            heartbeat: .article3x5,
            reconnect: ReconnectPolicy(delay: .fixed(wait))
        )
        let balancer = Balancer(algorithm: algorithm, gateways: gateways, seed: policy.seed)
        return VirtualWorld(sessions: sessions, gateways: gateways, policy: policy, balancer: balancer)
    }

    /// 500 and 500; 100 leave one gateway and 400 the other, and come back.
    @Test(arguments: [(BalancingAlgorithm.roundRobin, [UInt64(650), 350]), (.leastConnections, [500, 500])])
    func theUnevenReturn(algorithm: BalancingAlgorithm, expected: [UInt64]) {
        let world = Self.world(sessions: 1000, gateways: 2, algorithm, wait: .seconds(2))
        world.establish()
        world.at(.seconds(5)) { world in
            #expect(world.populations == [500, 500])
            for (gateway, victims) in [(GatewayID(0), 100), (1, 400)] {
                for session in world.sessions.filter({ $0.gateway == gateway }).prefix(victims) {
                    world.command(session.id, .drop(.policy, by: .fin))
                }
            }
            #expect(world.populations == [400, 100])
        }
        world.run(until: .seconds(10))
        #expect(world.populations == expected)
        #expect(world.digests == world.gateways.map(\.digest))
    }

    static func rollingRestart(_ world: VirtualWorld) {
        world.establish()
        for gateway in world.gateways.indices {
            let begin = Span.seconds(5 + 6 * Int64(gateway))
            world.at(begin) { $0.drain(GatewayID(gateway)) }
            world.at(begin + .seconds(3)) { $0.listen(GatewayID(gateway)) }
        }
        world.run(until: .seconds(5 + 6 * Int64(world.gateways.count)))
    }

    /// nats-server issue 1556: 24/24/24 becomes 45/27/0; behind least connections 36/36/0.
    @Test(arguments: [(BalancingAlgorithm.roundRobin, [UInt64(45), 27, 0]), (.leastConnections, [36, 36, 0])])
    func aRollingRestartOfThree(algorithm: BalancingAlgorithm, expected: [UInt64]) {
        let world = Self.world(sessions: 72, gateways: 3, algorithm)
        Self.rollingRestart(world)
        for (count, expected) in zip(world.populations, expected) {
            #expect(abs(Int64(count) - Int64(expected)) <= 1)
        }
        #expect(world.digests == world.gateways.map(\.digest))
    }

    /// The gateway restarted i-th ends with mean * (q^n - q^i), q = n / (n - 1): 1.757 for ten.
    @Test func aRollingRestartOfTen() throws {
        let world = Self.world(sessions: 2000, gateways: 10, .roundRobin)
        Self.rollingRestart(world)
        let worst = try #require(Imbalance(world.populations).maxOverMean)
        #expect(abs(worst - 1.755) < 0.02)
        #expect(world.populations[9] == 0)
    }

    @Test func theSameSeedGivesTheSameLife() {
        func life() -> [VirtualWorld.Entry] {
            let world = Self.world(sessions: 100, gateways: 3, .random)
            world.establish()
            world.at(.seconds(3)) { $0.kill(1) }
            world.at(.seconds(8)) { $0.freeze(0) }
            world.run(until: .seconds(40))
            return world.log
        }
        let first = life()
        #expect(first == life())
        #expect(first.count > 200)
    }

    /// Each admission is followed by exactly one disconnect or by the end: nothing is lost and nothing counted twice.
    @Test func everyDisconnectIsNotedOnce() {
        let world = Self.world(sessions: 200, gateways: 4, .roundRobin)
        world.establish()
        world.at(.seconds(3)) { $0.kill(1) }
        world.at(.seconds(6)) { $0.drain(2) }
        world.at(.seconds(9)) { $0.freeze(0) }
        world.run(until: .seconds(60))
        for session in world.sessions {
            let notes = world.log.filter { $0.session == session.id }
            let admissions = notes.count { if case .notedAdmission = $0.action { true } else { false } }
            let ends = notes.count { if case .notedDisconnect = $0.action { true } else { false } }
            #expect(admissions - ends == (session.phase == .admitted ? 1 : 0))
        }
    }
}
