import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import Testing

@testable import HoldfastFleet

/// The proxy between real connections: what happens on one side must happen on the other.
@Suite struct ProxyServerTests {
    /// A proxy, and gateways that the test plays itself.
    final class Bench {
        let node: Node<ProxyServer>
        let endpoint: Endpoint
        let port: UInt16
        var listeners: [Int32?]
        private let host: UInt32

        init(
            host: UInt32,
            gateways: Int = 1,
            algorithm: BalancingAlgorithm = .roundRobin,
            healthCheck: HealthCheck = .passive,
            failureRule: ConnectFailureRule = .repick,
            capacity: Int = 50,
            table: MiddleboxPolicy? = nil
        ) throws {
            self.host = host
            let first = try Socket.listen(on: Endpoint(address: FleetAddressing.gateway(0), port: 0))
            port = try #require(Socket.localEndpoint(first)).port
            listeners = [first]
            for gateway in 1..<max(1, gateways) {
                let address = FleetAddressing.gateway(GatewayID(gateway))
                listeners.append(try Socket.listen(on: Endpoint(address: address, port: port)))
            }
            let balancer = Balancer(
                algorithm: algorithm,
                gateways: gateways,
                healthCheck: healthCheck,
                failTimeout: .seconds(600),
                failureRule: failureRule,
                seed: Seed(42)
            )
            let surroundings = ProxyServer.Surroundings(
                endpoint: Endpoint(address: 0x7F00_0001, port: 0),
                gatewayPort: port,
                sources: SourceAddressing(crowd: 1, low: 32_768),
                connectTimeout: .seconds(5),
                table: table
            )
            let proxy = ProxyServer(balancer, surroundings, capacity: capacity)
            let slots = proxy.slots
            node = try Node(proxy, slots: slots)
            try node.driver.server.listen(&node.reactor)
            endpoint = try #require(Socket.localEndpoint(node.reactor.descriptor(of: 2 * capacity)))
        }

        deinit { for case let listener? in listeners { Socket.close(listener) } }

        var counters: BalancerCounters { node.driver.server.counters }
        var opened: [UInt64] { node.driver.server.opened }
        var closed: [UInt64] { node.driver.server.closed }
        var believed: [UInt64] { node.driver.server.balancer.connections }
        var count: Int { node.driver.server.count }

        func source(_ number: UInt32) -> Endpoint { Source.endpoint(suite: 2, test: host, number) }

        func connect(_ number: UInt32 = 0) -> Peer { Peer(from: source(number), to: endpoint) }

        func refuse(_ gateway: Int) {
            guard let listener = listeners[gateway] else { return }
            Socket.close(listener)
            listeners[gateway] = nil
        }

        /// The next connection that gateway `gateway` gets, and where it comes from.
        func accept(_ gateway: Int = 0) throws -> (peer: Peer, source: Endpoint) {
            let listener = try #require(listeners[gateway])
            var found: (Peer, Endpoint)?
            _ = node.settle {
                guard case .accepted(let descriptor, let source) = Socket.accept(listener) else { return false }
                found = (Peer(descriptor), source)
                return true
            }
            return try #require(found)
        }

        /// A client and the gateway's end of it.
        func pair(_ number: UInt32 = 0) throws -> (client: Peer, gateway: Peer) {
            let client = connect(number)
            let gateway = try accept().peer
            #expect(node.settle { self.opened[0] > self.closed[0] })
            return (client, gateway)
        }
    }

    @Test func bytesPassBothWaysFromAnAddressOfTheProxysOwn() throws {
        let bench = try Bench(host: 1)
        let client = bench.connect()
        let (gateway, source) = try bench.accept()
        #expect(source == SourceAddressing.upstream(of: bench.source(0)))
        #expect(client.write([1, 2, 3]) == 3)
        #expect(gateway.write([4, 5]) == 2)
        #expect(
            bench.node.settle {
                client.read()
                gateway.read()
                return client.received.count == 2 && gateway.received.count == 3
            }
        )
        #expect(client.received == [4, 5])
        #expect(gateway.received == [1, 2, 3])
        #expect(bench.counters.bytes == 5)
    }

    @Test func aFinOfTheClientStaysHalfAClose() throws {
        let bench = try Bench(host: 2)
        let (client, gateway) = try bench.pair()
        #expect(client.write([1]) == 1)
        client.finish()
        #expect(bench.node.settle { gateway.outcome == .finished })
        #expect(gateway.received == [1])
        #expect(bench.closed == [0])
        #expect(gateway.write([2]) == 1)
        #expect(bench.node.settle { client.outcome == nil && client.received == [2] })
        gateway.finish()
        #expect(bench.node.settle { client.outcome == .finished })
        #expect(bench.closed == [1])
        #expect(bench.believed == [0])
        #expect(bench.count == 0)
    }

    @Test func aFinOfTheGatewayStaysHalfAClose() throws {
        let bench = try Bench(host: 3)
        let (client, gateway) = try bench.pair()
        gateway.finish()
        #expect(bench.node.settle { client.outcome == .finished })
        #expect(client.write([7]) == 1)
        #expect(bench.node.settle { gateway.outcome == nil && gateway.received == [7] })
        #expect(bench.count == 1)
        client.close()
        #expect(bench.node.settle { gateway.outcome == .finished })
        #expect(bench.count == 0)
    }

    @Test func aResetOfTheClientStaysAReset() throws {
        let bench = try Bench(host: 4)
        let (client, gateway) = try bench.pair()
        client.reset()
        #expect(bench.node.settle { gateway.outcome != nil })
        #expect(gateway.end == .failed(ECONNRESET))
        #expect(bench.believed == [0])
        #expect(bench.count == 0)
    }

    @Test func aResetOfTheGatewayStaysAReset() throws {
        let bench = try Bench(host: 5)
        let (client, gateway) = try bench.pair()
        gateway.reset()
        #expect(bench.node.settle { client.outcome != nil })
        #expect(client.end == .failed(ECONNRESET))
        #expect(bench.closed == [1])
    }

    @Test func aResetAfterAFinIsStillAReset() throws {
        let bench = try Bench(host: 6)
        let (client, gateway) = try bench.pair()
        client.finish()
        #expect(bench.node.settle { gateway.outcome == .finished })
        client.reset()
        #expect(bench.node.settle { bench.count == 0 })
        #expect(gateway.write([1]) == -1)
    }

    @Test func whatWasSaidBeforeTheGatewayWasReachedIsNotLost() throws {
        let bench = try Bench(host: 7)
        let client = bench.connect()
        #expect(client.write([1, 2]) == 2)
        client.finish()
        let gateway = try bench.accept().peer
        #expect(bench.node.settle { gateway.outcome == .finished })
        #expect(gateway.received == [1, 2])
    }

    @Test func roundRobinIsExactOverArrivals() throws {
        let bench = try Bench(host: 8, gateways: 3)
        let clients = (0..<12).map { bench.connect($0) }
        #expect(bench.node.settle { bench.opened == [4, 4, 4] })
        for gateway in 0..<3 {
            for turn in 0..<4 {
                let source = try bench.accept(gateway).source
                #expect(source == SourceAddressing.upstream(of: bench.source(UInt32(turn * 3 + gateway))))
            }
        }
        #expect(clients.allSatisfy { $0.outcome == nil })
    }

    @Test func aRefusedClientIsPickedForAgain() throws {
        let bench = try Bench(host: 9, gateways: 3)
        bench.refuse(1)
        var clients: [Peer] = []
        for number in UInt32(0)..<6 {
            clients.append(bench.connect(number))
            #expect(bench.node.settle { bench.opened.reduce(0, +) == number + 1 })
        }
        #expect(bench.opened == [3, 0, 3])
        #expect(bench.counters.upstreamFailures == 1)
        #expect(bench.counters.rejected == 0)
        #expect(clients.allSatisfy { $0.outcome == nil })
    }

    @Test func theNextInOrderTakesARefusedClient() throws {
        let bench = try Bench(host: 10, gateways: 3, failureRule: .next)
        bench.refuse(0)
        let client = bench.connect()
        #expect(bench.node.settle { bench.opened == [0, 1, 0] })
        #expect(client.outcome == nil)
    }

    @Test func withoutAHealthCheckARefusedClientIsReset() throws {
        let bench = try Bench(host: 11, gateways: 2, healthCheck: .none, failureRule: .reset)
        bench.refuse(0)
        let clients = [bench.connect(0), bench.connect(1), bench.connect(2)]
        #expect(bench.node.settle { bench.counters.rejected == 2 && bench.opened == [0, 1] })
        #expect(clients.map(\.outcome) == [.failed(ECONNRESET), nil, .failed(ECONNRESET)])
        #expect(bench.counters.upstreamFailures == 2)
        #expect(bench.believed == [0, 1])
    }

    @Test func withoutAnyGatewayClientsAreReset() throws {
        let bench = try Bench(host: 12, gateways: 2)
        bench.refuse(0)
        bench.refuse(1)
        for number in UInt32(0)..<2 {
            let client = bench.connect(number)
            #expect(bench.node.settle { client.outcome == .failed(ECONNRESET) })
        }
        #expect(bench.counters.upstreamFailures == 2)
        #expect(bench.counters.rejected == 2)
        #expect(bench.believed == [0, 0])
    }

    @Test func leastConnectionsSeesEnds() throws {
        let bench = try Bench(host: 13, gateways: 2, algorithm: .leastConnections)
        let clients = (0..<4).map { bench.connect($0) }
        #expect(bench.node.settle { bench.opened == [2, 2] })
        let first = try bench.accept(1).peer
        clients[1].close()
        #expect(bench.node.settle { first.outcome == .finished })
        first.close()
        #expect(bench.node.settle { bench.believed == [2, 1] })
        let late = bench.connect(5)
        #expect(bench.node.settle { bench.opened == [2, 3] })
        #expect(late.outcome == nil)
    }

    /// `random` is a function of who comes, not of when: session and ordinal are in the source.
    @Test func randomPicksComeFromTheSource() throws {
        let bench = try Bench(host: 14, gateways: 3, algorithm: .random)
        let addressing = try #require(SourceAddressing(crowd: 1, low: 32_768))
        var expected: [UInt64] = [0, 0, 0]
        var clients: [Peer] = []
        for number in UInt32(0)..<20 {
            let owner = try #require(addressing.owner(of: bench.source(number)))
            let draw = Seed(42).draw(.balancerPick, actor: owner.session, UInt64(owner.ordinal) << 8)
            expected[Int(below(3, draw))] += 1
            clients.append(bench.connect(number))
        }
        #expect(bench.node.settle { bench.opened.reduce(0, +) == 20 })
        #expect(bench.opened == expected)
        #expect(clients.allSatisfy { $0.outcome == nil })
    }

    /// A gateway that does not read holds its own client up and nobody else; nothing is lost, and the FIN comes last.
    @Test func backPressureIsBoundedAndLosesNothing() throws {
        let bench = try Bench(host: 15)
        let (client, gateway) = try bench.pair()
        // Its length fits no buffer, so a lost or doubled piece shows.
        let pattern = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let twice = pattern + pattern
        var sent = 0
        var idleTurns = 0
        while idleTurns < 20, sent < 256 << 20 {
            let count = client.write(Array(twice[(sent % pattern.count)...].prefix(pattern.count)))
            try #require(count >= 0)
            sent += count
            idleTurns = count == 0 ? idleTurns + 1 : 0
            bench.node.turn()
        }
        #expect(sent < 256 << 20)
        let other = bench.connect(1)
        let otherGateway = try bench.accept().peer
        #expect(other.write([1]) == 1)
        #expect(bench.node.settle { otherGateway.outcome == nil && otherGateway.received == [1] })
        client.finish()
        #expect(bench.node.settle { gateway.outcome == .finished })
        var expected: [UInt8] = []
        while expected.count < sent { expected += pattern }
        #expect(gateway.received.count == sent)
        #expect(gateway.received == Array(expected.prefix(sent)))
    }
}
