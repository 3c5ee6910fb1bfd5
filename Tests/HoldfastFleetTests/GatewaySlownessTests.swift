import HoldfastCore
import HoldfastReactor
import Testing

@testable import HoldfastFleet

/// A gateway whose program answers late, or looks at nothing.
extension GatewayServerTests {
    private func turn(_ bench: Bench, times: Int = 20) {
        for _ in 0..<times { bench.node.turn() }
    }

    /// What comes in pieces while it stalls is whole once it looks; who has gone meanwhile is answered to nobody.
    @Test func aStalledGatewayReadsAndLooksLater() throws {
        let bench = try Bench(host: 50, policy: GatewayPolicy(idleTimeout: .seconds(30)))
        let peers = bench.logIn(3)
        // Half a frame before, half of it after.
        #expect(peers[0].write([0, 4, 3]) == 3)
        turn(bench)
        bench.node.driver.server.stall()
        #expect(peers[0].write([0, 0, 0, 0, 7, 0, 4]) == 7)
        turn(bench)
        #expect(peers[0].write([3, 0, 0, 0, 0, 8]) == 6)
        peers[1].write(.ping(sequence: 1))
        peers[2].close()
        let late = bench.connect(9)
        late.write(bench.hello(9))
        turn(bench)
        #expect(peers[0].frames == [bench.welcome] && peers[1].frames == [bench.welcome] && late.frames.isEmpty)
        #expect(bench.counters.accepted == 4 && bench.counters.admitted == 3 && bench.counters.open == 4)
        bench.node.driver.server.recover(&bench.node.reactor)
        #expect(bench.node.settle { bench.counters.open == 3 && late.frames.count == 1 })
        let pongs = [7, 8].map { Frame.pong(sequence: $0, intervalMilliseconds: 0) }
        #expect(bench.node.settle { peers[0].frames == [bench.welcome] + pongs })
        #expect(bench.node.settle { peers[1].frames.count == 2 })
        #expect(bench.population.opened == 4 && bench.population.closed == 1)
    }

    /// Nobody is asked whether they are still there while it stalls; afterwards silence counts from what was read.
    @Test func aStalledGatewayHasNoTimers() throws {
        let bench = try Bench(host: 51, policy: GatewayPolicy(idleTimeout: .milliseconds(10)))
        let peers = bench.logIn(2)
        bench.node.driver.server.stall()
        turn(bench)
        #expect(bench.counters.open == 2)
        peers[0].write(.ping(sequence: 1))
        turn(bench, times: 2)
        bench.node.driver.server.recover(&bench.node.reactor)
        #expect(bench.counters.open == 1)
        #expect(bench.node.settle { peers[0].frames.count == 2 && peers[1].outcome == .finished })
    }

    /// What is said late comes in order, also after the slow time: nothing overtakes what waits.
    @Test func aSlowGatewaySaysEverythingInOrder() throws {
        let bench = try Bench(host: 52)
        let peers = bench.logIn(2)
        bench.node.driver.server.slowDown(by: .milliseconds(60))
        let begin = bench.node.reactor.now
        peers[0].write(.ping(sequence: 1))
        turn(bench, times: 4)
        bench.node.driver.server.slowDown(by: .zero)
        peers[0].write(.ping(sequence: 2))
        peers[1].write(.ping(sequence: 3))
        // The other one has nothing that waits.
        #expect(bench.node.settle { peers[1].frames.count == 2 })
        #expect(peers[0].frames == [bench.welcome])
        #expect(
            bench.node.settle {
                _ = bench.node.driver.server.sendLate(&bench.node.reactor)
                return peers[0].frames.count == 3
            }
        )
        #expect(bench.node.reactor.now - begin >= .milliseconds(60))
        let pongs = [1, 2].map { Frame.pong(sequence: $0, intervalMilliseconds: 0) }
        #expect(peers[0].frames == [bench.welcome] + pongs)
        #expect(bench.node.driver.server.sendLate(&bench.node.reactor) == nil)
        peers[0].write(.ping(sequence: 4))
        #expect(bench.node.settle { peers[0].frames.count == 4 })
    }

    /// An end waits behind what is said before it; who ends the connection itself waits for nothing.
    @Test func aSlowGatewayEndsLate() throws {
        let bench = try Bench(host: 53)
        let peers = bench.logIn(2)
        bench.node.driver.server.slowDown(by: .milliseconds(40))
        bench.node.driver.server.command(.kick(.duplicate), &bench.node.reactor) { $0 == 0 }
        peers[1].write(.ping(sequence: 1))
        turn(bench, times: 2)
        peers[1].close()
        #expect(bench.node.settle { bench.counters.open == 1 })
        #expect(peers[0].frames == [bench.welcome] && peers[0].outcome == nil)
        #expect(bench.population.closed == 2)
        #expect(
            bench.node.settle {
                _ = bench.node.driver.server.sendLate(&bench.node.reactor)
                return peers[0].outcome == .finished
            }
        )
        #expect(peers[0].frames == [bench.welcome, .kick(.duplicate)])
        #expect(bench.counters.open == 0)
    }
}
