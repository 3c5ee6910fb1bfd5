import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import Testing

@testable import HoldfastFleet

/// Whole processes of the fleet, on threads of this one, with a coordinator that only says yes.
@Suite struct FleetProcessTests {
    private func freePort(at address: UInt32) throws -> UInt16 {
        let listener = try Socket.listen(on: Endpoint(address: address, port: 0))
        defer { Socket.close(listener) }
        return try #require(Socket.localEndpoint(listener)).port
    }

    private func hello(_ session: SessionID) -> Hello {
        Hello(group: 0, session: session, ordinal: 0, account: 0, intervalMilliseconds: 0, run: 99)
    }

    /// Connects and logs in as soon as somebody listens; returns when the login was answered.
    private func logIn(_ session: SessionID, to endpoint: Endpoint) async throws -> Peer {
        for attempt in UInt32(0)..<500 {
            let source = Source.endpoint(suite: 4, test: session + attempt >> 8, attempt & 0xFF)
            let descriptor = Socket.connect(from: source, to: endpoint)
            if descriptor >= 0 {
                let peer = Peer(descriptor)
                peer.write(hello(session))
                for _ in 0..<50 where peer.outcome == nil && peer.frames.isEmpty { try await pause() }
                if !peer.frames.isEmpty { return peer }
            }
            try await pause()
        }
        throw SystemError(call: "log in at \(endpoint)", code: ETIMEDOUT)
    }

    private func pause() async throws { try await Task.sleep(nanoseconds: 5_000_000) }

    @Test func aGatewayLivesFromJoiningToTheEnd() async throws {
        let port = try freePort(at: FleetAddressing.gateway(0))
        let coordinator = StandInCoordinator(.sample(duration: .seconds(1)), gatewayPort: port)
        let (exit, peer) = try await coordinator.serve("gateway") { path in
            async let exit = onAThread {
                try runGateway(controlSocket: path, index: 0, incarnation: 0)
            }
            let endpoint = Endpoint(address: FleetAddressing.gateway(0), port: port)
            let peer = try await self.logIn(7, to: endpoint)
            return (try await exit, UncheckedBox(peer))
        }
        #expect(exit == .finished)
        #expect(peer.value.frames == [.welcome(gateway: 0, incarnation: 0, intervalMilliseconds: 0)])
        #expect(peer.value.outcome == .finished)
        let last = try #require(coordinator.reports.last)
        #expect(last.stage == .ended)
        #expect(last.gateway?.admitted == 1)
        #expect(last.gateway?.open == 1)
        #expect(last.harness.pid == getpid())
        let cuts = Dictionary(coordinator.reports.flatMap(\.cuts).map { ($0.second, $0) }) { first, _ in first }
        #expect(cuts.keys.sorted() == [0, 1])
        var digest = Digest()
        digest.insert(session: 7, ordinal: 0)
        #expect(cuts[1]?.populations == [GatewayPopulation(gateway: 0, opened: 1, closed: 0, digest: digest)])
    }

    /// Sessions are torn down after the end cut, gateway by gateway: none of that belongs to the run.
    @Test func countersStopAtTheEndCut() async throws {
        let port = try freePort(at: FleetAddressing.gateway(0))
        let coordinator = StandInCoordinator(.sample(duration: .seconds(1)), gatewayPort: port)
        coordinator.state.withLock { $0.patience = 8 }
        let endpoint = Endpoint(address: FleetAddressing.gateway(0), port: port)
        try await coordinator.serve("end") { path in
            async let exit = onAThread { try runGateway(controlSocket: path, index: 0, incarnation: 0) }
            let first = try await self.logIn(20, to: endpoint)
            while coordinator.reports.last?.stage != .ended { try await self.pause() }
            let second = try await self.logIn(22, to: endpoint)
            #expect(try await exit == .finished)
            #expect(first.frames == second.frames)
        }
        let last = try #require(coordinator.reports.last)
        #expect(last.gateway?.accepted == 1)
        #expect(last.gateway?.admitted == 1)
        #expect(coordinator.reports.flatMap(\.cuts).map(\.second).max() == 1)
    }

    @Test func aGatewayRestartsFromItsOwnTimeline() async throws {
        let port = try freePort(at: FleetAddressing.gateway(0))
        let event = TimelineEvent(
            at: .milliseconds(300),
            phase: nil,
            scope: Scope(gateways: [0], share: .fraction(1)),
            action: .restart(Restart(manner: .graceful, down: .seconds(1))),
            position: Position(line: 1, column: 1)
        )
        let plan = Plan.sample(duration: .seconds(2), timeline: [event])
        let coordinator = StandInCoordinator(plan, gatewayPort: port)
        let endpoint = Endpoint(address: FleetAddressing.gateway(0), port: port)
        let frames = try await coordinator.serve("restart") { path in
            async let first = onAThread {
                try runGateway(controlSocket: path, index: 0, incarnation: 0)
            }
            let peer = try await self.logIn(10, to: endpoint)
            #expect(try await first == .left)
            #expect(peer.outcome == .finished)
            async let second = onAThread {
                try runGateway(controlSocket: path, index: 0, incarnation: 1)
            }
            let again = try await self.logIn(12, to: endpoint)
            #expect(try await second == .finished)
            return peer.frames + again.frames
        }
        let goaway = Frame.goaway(.drain, target: noGateway, delayMilliseconds: 0)
        #expect(
            frames == [
                .welcome(gateway: 0, incarnation: 0, intervalMilliseconds: 0), goaway,
                .welcome(gateway: 0, incarnation: 1, intervalMilliseconds: 0),
            ]
        )
        let lastOfFirst = try #require(coordinator.reports.last { $0.incarnation == 0 })
        let interval = try #require(lastOfFirst.executed.first)
        let t0 = try #require(coordinator.state.withLock { $0.t0 })
        #expect(interval.fault == 0 && interval.gateway == 0 && interval.end == nil)
        #expect(interval.start >= t0 + .milliseconds(300))
        #expect(lastOfFirst.gateway?.open == 0)
        let last = try #require(coordinator.reports.last)
        #expect(last.incarnation == 1 && last.stage == .ended && last.executed == [])
    }

    @Test func aBalancerCountsWhatPassesThroughIt() async throws {
        let port = try freePort(at: FleetAddressing.gateway(0))
        let balancerPort = try freePort(at: FleetAddressing.balancer)
        let plan = Plan.sample(gateways: 2, via: .embedded, duration: .seconds(1))
        let coordinator = StandInCoordinator(plan, gatewayPort: port, balancerPort: balancerPort)
        let endpoints = (0..<2).map { Endpoint(address: FleetAddressing.gateway($0), port: port) }
        let listeners = try endpoints.map { try Socket.listen(on: $0) }
        defer { for listener in listeners { Socket.close(listener) } }
        let exit = try await coordinator.serve("balancer") { path in
            async let exit = onAThread {
                try runBalancer(controlSocket: path, index: 0, incarnation: 0)
            }
            var peers: [Peer] = []
            for number in UInt32(0)..<3 {
                let source = Source.endpoint(suite: 4, test: 14, number)
                var peer = Peer(from: source, to: Endpoint(address: FleetAddressing.balancer, port: balancerPort))
                while peer.descriptor < 0 || peer.outcome != nil {
                    try await self.pause()
                    peer = Peer(from: source, to: Endpoint(address: FleetAddressing.balancer, port: balancerPort))
                }
                peers.append(peer)
            }
            let result = try await exit
            #expect(peers.count == 3)
            return result
        }
        #expect(exit == .finished)
        let last = try #require(coordinator.reports.last)
        #expect(last.balancer?.accepted == 3)
        let cut = try #require(coordinator.reports.flatMap(\.cuts).last { $0.second == 1 })
        #expect(cut.populations.map(\.gateway) == [0, 1])
        #expect(cut.populations.map(\.opened) == [2, 1])
        #expect(cut.populations.map(\.closed) == [0, 0])
    }

    @Test func aPortThatIsTakenIsToldToTheCoordinator() async throws {
        let endpoint = Endpoint(address: FleetAddressing.gateway(0), port: 0)
        let listener = try Socket.listen(on: endpoint)
        defer { Socket.close(listener) }
        let port = try #require(Socket.localEndpoint(listener)).port
        let coordinator = StandInCoordinator(.sample(), gatewayPort: port)
        _ = try await coordinator.serve("taken") { path in
            try await onAThread {
                try runGateway(controlSocket: path, index: 0, incarnation: 0)
            }
        }
        let failure = try #require(coordinator.reports.compactMap(\.failure).first)
        #expect(failure == "listen on 127.1.0.1:\(port): Address already in use")
        #expect(coordinator.reports.allSatisfy { $0.stage == .joined })
    }
}

/// Peers are used by one task after the other.
private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
