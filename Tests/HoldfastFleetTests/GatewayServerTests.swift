import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import Testing

@testable import HoldfastFleet

/// A gateway over real connections: what it says, what it counts, and how it ends things.
@Suite struct GatewayServerTests {
    /// A gateway and its address. Every test's clients have a source address of their own.
    struct Bench {
        let node: Node<GatewayServer>
        let endpoint: Endpoint
        let host: UInt32

        init(
            host: UInt32,
            policy: GatewayPolicy = GatewayPolicy(),
            capacity: Int = 300,
            mostSessions: Int? = nil,
            acceptRate: Double? = nil
        ) throws {
            self.host = host
            let identity = GatewayServer.Identity(
                gateway: 3,
                incarnation: 1,
                run: 77,
                endpoint: Endpoint(address: 0x7F00_0001, port: 0)
            )
            let server = GatewayServer(
                identity: identity,
                policies: [policy],
                capacity: capacity,
                mostSessions: mostSessions,
                acceptRate: acceptRate
            )
            node = try Node(server, slots: capacity + 1)
            try node.driver.server.listen(&node.reactor)
            endpoint = try #require(Socket.localEndpoint(node.reactor.descriptor(of: capacity)))
        }

        var isStopped: Bool { node.reactor.isStopped }

        var counters: GatewayCounters { node.driver.server.counters }
        var population: GatewayPopulation { node.driver.server.population }

        func connect(_ number: UInt32 = 0) -> Peer {
            Peer(from: Source.endpoint(suite: 1, test: host, number), to: endpoint)
        }

        func hello(_ session: SessionID, run: UInt64 = 77) -> Hello {
            Hello(
                group: 0,
                session: session,
                ordinal: session * 10,
                account: session,
                intervalMilliseconds: 0,
                run: run
            )
        }

        /// Sessions 0 ..< count, logged in.
        func logIn(_ count: UInt32) -> [Peer] {
            let peers = (0..<count).map { connect($0) }
            for (session, peer) in peers.enumerated() { peer.write(hello(SessionID(session))) }
            #expect(node.settle { peers.allSatisfy { $0.frames == [welcome] } })
            return peers
        }

        let welcome = Frame.welcome(gateway: 3, incarnation: 1, intervalMilliseconds: 0)
    }

    @Test func answersLoginsAndBeats() throws {
        let bench = try Bench(host: 1)
        let peer = bench.connect()
        peer.write(bench.hello(5))
        peer.write(.ping(sequence: 9))
        #expect(bench.node.settle { peer.frames.count == 2 })
        #expect(peer.frames == [bench.welcome, .pong(sequence: 9, intervalMilliseconds: 0)])
        var digest = Digest()
        digest.insert(session: 5, ordinal: 50)
        #expect(bench.population == GatewayPopulation(gateway: 3, opened: 1, closed: 0, digest: digest))
        peer.close()
        #expect(bench.node.settle { bench.counters.open == 0 })
        #expect(bench.population == GatewayPopulation(gateway: 3, opened: 1, closed: 1, digest: Digest()))
        #expect(bench.counters.accepted == 1)
        #expect(bench.counters.admitted == 1)
        #expect(bench.counters.openPeak == 1)
        #expect(bench.counters.acceptsPeakPerSecond == 1)
    }

    @Test func framesMayComeByteByByte() throws {
        let bench = try Bench(host: 2)
        let peer = bench.connect()
        for byte in Peer.bytes(of: bench.hello(1)) + [0, 4, 3, 0, 0, 0, 0, 7] {
            #expect(peer.write([byte]) == 1)
            bench.node.turn()
        }
        #expect(bench.node.settle { peer.frames == [bench.welcome, .pong(sequence: 7, intervalMilliseconds: 0)] })
    }

    @Test(arguments: [0, 1, 2])
    func violationsGetAByeAndAFin(which: Int) throws {
        let bench = try Bench(host: 3 + UInt32(which))
        let peer = bench.connect()
        switch which {
        case 0: peer.write(bench.hello(1, run: 78))
        case 1: peer.write(.ping(sequence: 1))
        default: _ = peer.write([0, 1, 99, 0, 0] + [UInt8](repeating: 1, count: 1000))
        }
        #expect(bench.node.settle { peer.outcome != nil })
        #expect(peer.end == .finished)
        #expect(peer.frames == [.bye(.protocolViolation)])
        #expect(bench.counters.protocolViolations == 1)
        #expect(bench.counters.open == 0)
        #expect(bench.counters.admitted == 0)
    }

    @Test func whoeverDoesNotLogInIsClosed() throws {
        let bench = try Bench(host: 6, policy: GatewayPolicy(loginTimeout: .milliseconds(5)))
        let peer = bench.connect()
        #expect(bench.node.settle { peer.outcome == .finished })
        #expect(bench.counters.admitted == 0)
        #expect(bench.counters.open == 0)
    }

    @Test func whoeverIsSilentIsClosed() throws {
        let bench = try Bench(host: 7, policy: GatewayPolicy(idleTimeout: .milliseconds(10)))
        let peer = bench.logIn(1)[0]
        #expect(bench.node.settle { peer.outcome == .finished })
        #expect(bench.population.closed == 1)
    }

    @Test(arguments: [CloseManner.fin, .reset])
    func dropsItsVictimsAndNobodyElse(manner: CloseManner) throws {
        let bench = try Bench(host: manner == .fin ? 8 : 9)
        let peers = bench.logIn(200)
        bench.node.driver.server.command(.drop(manner), &bench.node.reactor) { $0 % 4 == 1 }
        let end = manner == .fin ? ReadOutcome.finished : .failed(ECONNRESET)
        #expect(bench.node.settle { peers.filter { $0.outcome != nil }.count == 50 })
        for (session, peer) in peers.enumerated() { #expect(peer.outcome == (session % 4 == 1 ? end : nil)) }
        #expect(bench.population.open == 150)
        #expect(bench.population.digest.count == 150)
        #expect(bench.counters.open == 150)
    }

    @Test func whatVanishesStaysOpenUntilItsPeerEndsIt() throws {
        let bench = try Bench(host: 10)
        let peer = bench.logIn(1)[0]
        bench.node.driver.server.command(.drop(.vanish), &bench.node.reactor) { _ in true }
        peer.write(.ping(sequence: 1))
        for _ in 0..<10 { bench.node.turn() }
        #expect(peer.frames == [bench.welcome])
        #expect(peer.outcome == nil)
        #expect(bench.population.open == 0)
        #expect(bench.counters.open == 1)
        peer.close()
        #expect(bench.node.settle { bench.counters.open == 0 })
    }

    @Test func leavingAsksEverybodyToGoAndTakesNobodyNew() throws {
        let bench = try Bench(host: 11)
        let peers = bench.logIn(3)
        let silent = bench.connect(10)
        #expect(bench.node.settle { bench.counters.open == 4 })
        bench.node.driver.server.leave(until: Clock.now + .seconds(60), &bench.node.reactor)
        let goaway = Frame.goaway(.drain, target: noGateway, delayMilliseconds: 0)
        #expect(bench.node.settle { peers.allSatisfy { $0.frames == [bench.welcome, goaway] } })
        #expect(silent.outcome == .finished)
        let late = bench.connect(11)
        #expect(late.descriptor < 0 || late.outcome == .failed(ECONNREFUSED))
        for peer in peers { peer.close() }
        #expect(bench.node.settle { bench.isStopped })
        #expect(bench.population.open == 0)
    }

    /// Everybody in the order of ranks, with whoever has not logged in last; meanwhile nobody else.
    @Test func aDrainTellsOneAfterTheOther() throws {
        let bench = try Bench(host: 36)
        let peers = bench.logIn(4)
        let silent = bench.connect(10)
        #expect(bench.node.settle { bench.counters.open == 5 })
        bench.node.driver.server.drain(over: .seconds(500), .leave(.move, to: 2), &bench.node.reactor) { 10 - $0 }
        let moved = Frame.goaway(.move, target: 2, delayMilliseconds: 0)
        #expect(bench.node.settle { peers[3].frames == [bench.welcome, moved] })
        #expect(peers[..<3].allSatisfy { $0.frames == [bench.welcome] })
        let departures = bench.node.driver.server.departures
        #expect(departures.keys.map(\.session) == [3, 2, 1, 0, 0])
        let late = bench.connect(11)
        #expect(late.descriptor < 0 || late.outcome == .failed(ECONNREFUSED))
        bench.node.driver.server.endDrained(&bench.node.reactor)
        #expect(bench.node.settle { bench.counters.open == 0 })
        #expect((peers + [silent]).allSatisfy { $0.outcome == .finished })
        #expect(!bench.isStopped)
        try bench.node.driver.server.reopen(&bench.node.reactor)
        let isDrained = bench.node.driver.server.isDrained
        #expect(!isDrained)
    }

    /// Six where three are the mean, at three looks: three go, the lowest ranks first, and who comes is turned away.
    @Test func anExcessIsAskedToGo() throws {
        let bench = try Bench(host: 37)
        let peers = bench.logIn(6)
        let policy = ShedPolicy(above: 1.1, ratePerSecond: 1_000_000, interval: .seconds(1))
        bench.node.driver.server.shedding = Shedding(policy)
        for _ in 0..<3 {
            let fleet = FleetLoad(connections: 9, gateways: 3)
            bench.node.driver.server.compare(fleet, &bench.node.reactor) { 10 - $0 }
        }
        let goaway = Frame.goaway(.shed, target: noGateway, delayMilliseconds: 0)
        let asked = bench.node.settle {
            bench.node.driver.server.shed(&bench.node.reactor)
            return peers[3...].allSatisfy { $0.frames == [bench.welcome, goaway] }
        }
        #expect(asked)
        #expect(peers[..<3].allSatisfy { $0.frames == [bench.welcome] })
        let late = bench.connect(12)
        late.write(bench.hello(12))
        #expect(bench.node.settle { late.outcome == .finished })
        #expect(late.frames == [goaway])
        let staying = bench.node.driver.server.page.staying
        #expect(staying == 3)
        for peer in peers { peer.close() }
        #expect(bench.node.settle { bench.counters.open == 0 })
        let left = bench.node.driver.server.page.staying
        #expect(left == 0)
    }

    @Test func whoeverStaysIsClosedWhenTheDrainIsOver() throws {
        let bench = try Bench(host: 12)
        let peers = bench.logIn(2)
        bench.node.driver.server.leave(until: Clock.now + .milliseconds(10), &bench.node.reactor)
        #expect(bench.node.settle { bench.isStopped })
        #expect(peers.allSatisfy { $0.outcome == .finished })
        #expect(bench.counters.open == 0)
    }

    @Test func whoeverIsInTheQueueIsNotResetByLeaving() throws {
        let bench = try Bench(host: 13)
        let peers = (0..<200).map { bench.connect(UInt32($0)) }
        bench.node.driver.server.leave(until: Clock.now + .seconds(60), &bench.node.reactor)
        #expect(peers.allSatisfy { $0.outcome == .finished })
        #expect(bench.counters.accepted == 200)
        #expect(bench.isStopped)
    }

    @Test func whoeverDoesNotFitIsReset() throws {
        let bench = try Bench(host: 14, capacity: 2)
        let peers = bench.logIn(2)
        let third = bench.connect(3)
        #expect(bench.node.settle { third.outcome == .failed(ECONNRESET) })
        #expect(peers.allSatisfy { $0.outcome == nil })
        #expect(bench.counters.open == 2)
    }

    /// A ghost is a session as far as the gateway knows; only an end that it notices makes room.
    @Test func whoeverFindsNoRoomIsTurnedDown() throws {
        let bench = try Bench(host: 15, mostSessions: 2)
        let peers = bench.logIn(2)
        func knock(_ number: UInt32) -> Peer {
            let peer = bench.connect(number)
            peer.write(bench.hello(SessionID(number)))
            return peer
        }
        let turnedDown = knock(3)
        #expect(bench.node.settle { turnedDown.outcome == .finished })
        #expect(turnedDown.frames == [.goaway(.overload, target: noGateway, delayMilliseconds: 0)])
        #expect(bench.population.open == 2)
        #expect(bench.counters.admitted == 2)
        peers[0].close()
        #expect(bench.node.settle { bench.counters.open == 1 })
        let admitted = knock(4)
        #expect(bench.node.settle { admitted.frames == [bench.welcome] })
    }

    /// 40 knock at once and wait in the kernel's queue: at no time have more been let in than the rate allows.
    @Test func acceptsNoFasterThanItsRate() throws {
        let bench = try Bench(host: 16, acceptRate: 200)
        let begin = Clock.now
        let peers = (0..<40).map { bench.connect($0) }
        var isKept = true
        let allIn = bench.node.settle {
            let allowed = (Clock.now - begin + RateLimit.catchUp).seconds * 200 + 2
            isKept = isKept && Double(bench.counters.accepted) <= allowed
            return bench.counters.accepted == 40
        }
        #expect(allIn && isKept)
        #expect(peers.allSatisfy { $0.outcome == nil })
        // Who leaves takes everybody in who was promised a connection.
        let more = (40..<60).map { bench.connect($0) }
        bench.node.driver.server.leave(until: Clock.now + .seconds(60), &bench.node.reactor)
        #expect(more.allSatisfy { $0.outcome == .finished })
        #expect(bench.counters.accepted == 60)
    }
}
