import Foundation
import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult
import Testing

@testable import HoldfastFleet

extension CarrierServer: ServerUnderTest {}

/// A balancer that picks, and a process that carries for it, with real connections through both.
@Suite struct CarrierServerTests {
    private final class Bench {
        let balancer: Node<ProxyServer>
        var carriers: [Node<CarrierServer>] = []
        let endpoint: Endpoint
        private let paths: [String]
        private let listener: Int32
        private let host: UInt32

        init(host: UInt32, capacity: Int = 20, carriers count: Int = 1, carrierCapacity: Int? = nil) throws {
            self.host = host
            let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)
            paths = (0..<count).map { "\(path).\($0)" }
            listener = try Socket.listen(on: Endpoint(address: FleetAddressing.gateway(0), port: 0))
            for path in paths {
                let server = CarrierServer(path: path, gateways: 1, capacity: carrierCapacity ?? capacity)
                let carrierSlots = server.slots
                let carrier = try Node(server, slots: carrierSlots)
                try carrier.driver.server.listen(&carrier.reactor)
                carriers.append(carrier)
            }
            let surroundings = ProxyServer.Surroundings(
                endpoint: Endpoint(address: 0x7F00_0001, port: 0),
                gatewayPort: try #require(Socket.localEndpoint(listener)).port,
                sources: SourceAddressing(crowd: 1, low: 32_768),
                connectTimeout: .seconds(5),
                carriage: .carriers(paths: paths)
            )
            let picking = Balancer(algorithm: .roundRobin, gateways: 1, seed: Seed(42))
            let proxy = ProxyServer(picking, surroundings, capacity: capacity)
            let slots = proxy.slots
            balancer = try Node(proxy, slots: slots)
            try balancer.driver.server.listen(&balancer.reactor)
            endpoint = try #require(Socket.localEndpoint(balancer.reactor.descriptor(of: 2 * capacity)))
        }

        deinit {
            Socket.close(listener)
            for path in paths { unlink(path) }
        }

        var opened: UInt64 { balancer.driver.server.opened[0] }
        var closed: UInt64 { balancer.driver.server.closed[0] }
        var believed: UInt64 { balancer.driver.server.balancer.connections[0] }
        var carried: [Int] { carriers.map { $0.driver.server.count } }
        var carriedBytes: UInt64 { carriers.map { $0.driver.server.counters.bytes }.reduce(0, +) }

        /// Turns all until `condition` holds; false when it never does.
        func settle(turns: Int = 5_000, until condition: () -> Bool) -> Bool {
            for _ in 0..<turns {
                if condition() { return true }
                balancer.turn()
                for carrier in carriers { carrier.turn() }
            }
            return false
        }

        /// A client, and the gateway's end of it.
        func pair(_ number: UInt32 = 0) throws -> (client: Peer, gateway: Peer) {
            let client = Peer(from: Source.endpoint(suite: 4, test: host, number), to: endpoint)
            var gateway: Peer?
            _ = settle {
                if gateway == nil, case .accepted(let descriptor, _) = Socket.accept(self.listener) {
                    gateway = Peer(descriptor)
                }
                return gateway != nil
            }
            return (client, try #require(gateway))
        }
    }

    @Test func bytesPassThroughTheCarrier() throws {
        let bench = try Bench(host: 1)
        let (client, gateway) = try bench.pair()
        #expect(client.write([1, 2, 3]) == 3)
        #expect(gateway.write([4, 5]) == 2)
        #expect(
            bench.settle {
                client.read()
                gateway.read()
                return client.received == [4, 5] && gateway.received == [1, 2, 3]
            }
        )
        #expect(bench.carried == [1])
        #expect(bench.balancer.driver.server.count == 0)
        #expect(bench.balancer.driver.server.counters.bytes == 0)
        #expect(bench.carriedBytes == 5)
        #expect(bench.opened == 1 && bench.closed == 0 && bench.believed == 1)
    }

    /// What a client sent before its gateway was reached is not lost on the way to the carrier.
    @Test func whatCameEarlyIsPassedOn() throws {
        let bench = try Bench(host: 2)
        let client = Peer(from: Source.endpoint(suite: 4, test: 2, 0), to: bench.endpoint)
        #expect(client.write([7]) == 1)
        let (_, _) = try bench.pair(1)
        #expect(bench.settle { bench.carried == [2] && bench.carriedBytes == 1 })
    }

    @Test func endsAreTheBalancersToKnow() throws {
        let bench = try Bench(host: 3)
        let pairs = try (0..<5).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [5] && bench.opened == 5 })
        for pair in pairs.prefix(3) { pair.gateway.reset() }
        #expect(bench.settle { bench.closed == 3 })
        #expect(bench.believed == 2)
        #expect(bench.carried == [2])
        #expect(bench.settle { pairs.prefix(3).allSatisfy { $0.client.outcome == .failed(ECONNRESET) } })
    }

    @Test func aCarrierThatIsGoneTakesItsFlowsAlong() throws {
        let bench = try Bench(host: 4)
        let pairs = try (0..<4).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [4] && bench.opened == 4 })
        bench.carriers = []
        #expect(bench.settle { bench.closed == 4 })
        #expect(bench.believed == 0)
        // Nobody carries for the next one.
        let next = Peer(from: Source.endpoint(suite: 4, test: 4, 9), to: bench.endpoint)
        #expect(bench.settle { next.outcome == .failed(ECONNRESET) })
        #expect(bench.balancer.driver.server.counters.rejected == 1)
        withExtendedLifetime(pairs) {}
    }

    @Test func theEmptiestCarrierIsNext() throws {
        let bench = try Bench(host: 5, carriers: 3)
        let pairs = try (0..<6).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [2, 2, 2] })
        pairs[1].client.reset()
        pairs[4].client.reset()
        #expect(bench.settle { bench.carried == [2, 0, 2] && bench.closed == 2 })
        let more = try (6..<8).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [2, 2, 2] })
        withExtendedLifetime((pairs, more)) {}
    }

    /// One of three is gone: it is the emptiest from then on, and nobody must be sent there.
    @Test func theOthersTakeOver() throws {
        let bench = try Bench(host: 6, carriers: 3)
        let pairs = try (0..<6).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [2, 2, 2] })
        bench.carriers.remove(at: 1)
        #expect(bench.settle { bench.closed == 2 })
        let more = try (6..<10).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [4, 4] && bench.opened == 10 })
        #expect(bench.balancer.driver.server.counters.rejected == 0)
        withExtendedLifetime((pairs, more)) {}
    }

    /// A carrier that has no room leaves connections with the balancer until somebody goes.
    @Test func whoHasNoRoomKeepsNobodyOut() throws {
        let bench = try Bench(host: 7, carrierCapacity: 2)
        let pairs = try (0..<4).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == [2] && bench.opened == 4 })
        let late = pairs[3]
        #expect(late.client.write([9]) == 1)
        #expect(
            !bench.settle(turns: 50) {
                late.gateway.read()
                return !late.gateway.received.isEmpty
            }
        )
        for pair in pairs.prefix(2) { pair.client.reset() }
        #expect(
            bench.settle {
                late.gateway.read()
                return late.gateway.received == [9]
            }
        )
        #expect(bench.settle { bench.carried == [2] && bench.closed == 2 })
        #expect(bench.balancer.driver.server.counters.rejected == 0)
    }
}
