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
        var carrier: Node<CarrierServer>?
        let endpoint: Endpoint
        private let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)
        private let listener: Int32
        private let host: UInt32

        init(host: UInt32, capacity: Int = 20) throws {
            self.host = host
            listener = try Socket.listen(on: Endpoint(address: FleetAddressing.gateway(0), port: 0))
            let server = CarrierServer(path: path, gateways: 1, capacity: capacity)
            let carrierSlots = server.slots
            let carrier = try Node(server, slots: carrierSlots)
            try carrier.driver.server.listen(&carrier.reactor)
            self.carrier = carrier
            let surroundings = ProxyServer.Surroundings(
                endpoint: Endpoint(address: 0x7F00_0001, port: 0),
                gatewayPort: try #require(Socket.localEndpoint(listener)).port,
                sources: SourceAddressing(crowd: 1, low: 32_768),
                connectTimeout: .seconds(5),
                carriage: .carriers(paths: [path])
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
            unlink(path)
        }

        var opened: UInt64 { balancer.driver.server.opened[0] }
        var closed: UInt64 { balancer.driver.server.closed[0] }
        var believed: UInt64 { balancer.driver.server.balancer.connections[0] }
        var carried: Int { carrier?.driver.server.count ?? 0 }

        /// Turns both until `condition` holds; false when it never does.
        func settle(until condition: () -> Bool) -> Bool {
            for _ in 0..<5_000 {
                if condition() { return true }
                balancer.turn()
                carrier?.turn()
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
        #expect(bench.carried == 1)
        #expect(bench.balancer.driver.server.count == 0)
        #expect(bench.balancer.driver.server.counters.bytes == 0)
        #expect(bench.carrier?.driver.server.counters.bytes == 5)
        #expect(bench.opened == 1 && bench.closed == 0 && bench.believed == 1)
    }

    /// What a client sent before its gateway was reached is not lost on the way to the carrier.
    @Test func whatCameEarlyIsPassedOn() throws {
        let bench = try Bench(host: 2)
        let client = Peer(from: Source.endpoint(suite: 4, test: 2, 0), to: bench.endpoint)
        #expect(client.write([7]) == 1)
        let (_, _) = try bench.pair(1)
        #expect(bench.settle { bench.carried == 2 && bench.carrier?.driver.server.counters.bytes == 1 })
    }

    @Test func endsAreTheBalancersToKnow() throws {
        let bench = try Bench(host: 3)
        let pairs = try (0..<5).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == 5 && bench.opened == 5 })
        for pair in pairs.prefix(3) { pair.gateway.reset() }
        #expect(bench.settle { bench.closed == 3 })
        #expect(bench.believed == 2)
        #expect(bench.carried == 2)
        #expect(bench.settle { pairs.prefix(3).allSatisfy { $0.client.outcome == .failed(ECONNRESET) } })
    }

    @Test func aCarrierThatIsGoneTakesItsFlowsAlong() throws {
        let bench = try Bench(host: 4)
        let pairs = try (0..<4).map { try bench.pair($0) }
        #expect(bench.settle { bench.carried == 4 && bench.opened == 4 })
        bench.carrier = nil
        #expect(bench.settle { bench.closed == 4 })
        #expect(bench.believed == 0)
        // Nobody carries for the next one.
        let next = Peer(from: Source.endpoint(suite: 4, test: 4, 9), to: bench.endpoint)
        #expect(bench.settle { next.outcome == .failed(ECONNRESET) })
        #expect(bench.balancer.driver.server.counters.rejected == 1)
        withExtendedLifetime(pairs) {}
    }
}
