import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastHTTP
import HoldfastLab
import Testing

@testable import HoldfastFleet

/// Gateways that register in a real etcd, and the desk that hears of it.
@Suite(.serialized) struct EtcdTests {
    private static let ttl = Span.seconds(2)

    /// A real etcd, a desk that is fed by it, and a client for the gateways.
    private final class Rig: Sendable {
        let etcd: Etcd
        let port: UInt16
        let desk: RegistryDesk
        let feed: EtcdFeed
        let client = HTTPClient(name: "test")
        private let janitor: Janitor

        init() async throws {
            janitor = try Janitor()
            let directory = try SocketDirectory(janitor: janitor).path
            let ports = try FreePort.find(2, on: "127.2.0.2")
            port = ports[0]
            etcd = try Etcd.start(
                address: "127.2.0.2",
                port: port,
                peerPort: ports[1],
                dataDirectory: directory + "/data",
                spawner: Spawner(janitor: janitor),
                logDirectory: directory
            )
            try await etcd.waitUntilReady(within: .seconds(20))
            let registry = Registry(gateways: 3, ttl: EtcdTests.ttl, protection: .off, timekeeping: .lastReport)
            let router = RegistryRouter(policy: .leastReported, gateways: 3, countsOwnPicks: true)
            let service = RoutingService(registry: registry, router: router, routers: 1, candidates: 5)
            desk = RegistryDesk(service, gateways: 3)
            feed = EtcdFeed(port: port, desk: desk)
            feed.begin()
        }

        func registrar(_ gateway: GatewayID) -> EtcdRegistrar {
            EtcdRegistrar(client: client, port: port, gateway: gateway, ttl: EtcdTests.ttl)
        }

        var list: [GatewayID] { desk.listing.gateways.map(\.id) }

        func end() async {
            feed.stop()
            client.shutdown()
            await etcd.stop()
            _ = janitor.stop()
        }
    }

    private func withRig(_ body: (Rig) async throws -> Void) async throws {
        let rig = try await Rig()
        do {
            try await body(rig)
        } catch {
            await rig.end()
            throw error
        }
        await rig.end()
    }

    private func report(_ load: UInt64, _ registrar: EtcdRegistrar) async {
        await withCheckedContinuation { continuation in registrar.report(load) { continuation.resume() } }
    }

    private func eventually(within seconds: Double = 5, _ condition: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !condition() {
            if ContinuousClock.now >= deadline { return false }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return true
    }

    @Test func whoRegistersIsListedUntilItLeaves() async throws {
        try await withRig { rig in
            let registrars = (0..<3).map { rig.registrar($0) }
            for (gateway, registrar) in registrars.enumerated() { await report(UInt64(5 - gateway), registrar) }
            #expect(await eventually { rig.list == [0, 1, 2] })
            var questions = RouteQuestions()
            questions.add(draw: 1, avoiding: Avoidance())
            #expect(rig.desk.route(questions).gateway(0) == 2)
            registrars[1].leave()
            #expect(await eventually { rig.list == [0, 2] })
            #expect(rig.desk.tally.fromOldList == 0)
        }
    }

    /// etcd looks for leases that are over twice a second; whoever asks is not told of this one any more as soon as
    /// somebody else has spoken.
    @Test func whoDiesIsListedForItsTTL() async throws {
        try await withRig { rig in
            let (dead, living) = (rig.registrar(0), rig.registrar(1))
            await report(1, dead)
            let reportedAt = ContinuousClock.now
            var goneAfter: Duration?
            while ContinuousClock.now - reportedAt < .seconds(5), goneAfter == nil {
                await report(1, living)
                let isListed = rig.list.contains(0)
                let elapsed = ContinuousClock.now - reportedAt
                if !isListed, rig.list == [1], elapsed > .seconds(1) { goneAfter = elapsed }
                try await Task.sleep(for: .milliseconds(50))
            }
            let seconds = try #require(goneAfter)
            #expect(seconds > .seconds(1.9) && seconds < .seconds(3), "\(seconds)")
        }
    }

    /// A gateway that stood still has lost its lease, and takes another.
    @Test func whoWasSilentForLongIsBackWithItsNextReport() async throws {
        try await withRig { rig in
            let registrar = rig.registrar(2)
            await report(1, registrar)
            #expect(await eventually { rig.list == [2] })
            #expect(await eventually(within: 8) { rig.list.isEmpty })
            await report(4, registrar)
            #expect(await eventually { rig.list == [2] })
        }
    }

    /// Killed, or stopped: the list is what it was, the answers say that they are old, and then all is well again.
    @Test(arguments: [true, false])
    func withoutItTheListIsKept(isKilled: Bool) async throws {
        try await withRig { rig in
            let registrars = (0..<3).map { rig.registrar($0) }
            for registrar in registrars { await report(1, registrar) }
            #expect(await eventually { rig.list == [0, 1, 2] })
            if isKilled {
                rig.etcd.process.kill()
                _ = await rig.etcd.process.waitForExit(within: .seconds(5))
            } else {
                _ = try rig.etcd.process.freeze()
            }
            try await Task.sleep(for: .seconds(3))
            #expect(rig.list == [0, 1, 2])
            var questions = RouteQuestions()
            questions.add(draw: 1, avoiding: Avoidance())
            #expect(rig.desk.route(questions).gateway(0) != noGateway)
            #expect(rig.desk.tally.fromOldList == 1)
            if isKilled { try rig.etcd.startAgain() } else { rig.etcd.process.thaw() }
            try await rig.etcd.waitUntilReady(within: .seconds(20))
            for registrar in registrars { await report(9, registrar) }
            #expect(await eventually { rig.list == [0, 1, 2] && rig.desk.listing.gateways.allSatisfy(Self.isFresh) })
            _ = rig.desk.route(questions)
            #expect(rig.desk.tally.fromOldList == 1)
        }
    }

    private static func isFresh(_ gateway: RegistryListing.Gateway) -> Bool {
        gateway.ageSeconds.map { $0 < 1 } ?? false
    }
}
