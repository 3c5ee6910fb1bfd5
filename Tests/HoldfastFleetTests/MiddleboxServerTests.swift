import Foundation
import Glibc
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import Testing

@testable import HoldfastFleet

extension MiddleboxServer: ServerUnderTest {}

/// A middlebox between real connections, before a gateway that the test plays itself.
@Suite struct MiddleboxServerTests {
    private final class Bench {
        let node: Node<MiddleboxServer>
        let endpoint: Endpoint
        private let listener: Int32
        private let host: UInt32

        init(host: UInt32, _ policy: MiddleboxPolicy, page: consuming MiddleboxPage? = nil) throws {
            self.host = host
            listener = try Socket.listen(on: Endpoint(address: FleetAddressing.gateway(0), port: 0))
            let surroundings = MiddleboxServer.Surroundings(
                entrances: [
                    MiddleboxServer.Entrance(
                        listener: Endpoint(address: FleetAddressing.middlebox(before: 0x7F01_0001), port: 0),
                        destination: try #require(Socket.localEndpoint(listener))
                    )
                ],
                sources: SourceAddressing(crowd: 1, low: 32_768),
                connectTimeout: .seconds(5),
                seed: Seed(42)
            )
            var plan = Plan.sample(sessions: 1 << 20)
            plan.target.middlebox = policy
            let tables = MiddleboxTables(plan: plan, page: page ?? MiddleboxPage(tables: 1))
            let server = MiddleboxServer(tables, surroundings, capacity: 20)
            let slots = server.slots
            node = try Node(server, slots: slots)
            try node.driver.server.listen(&node.reactor)
            endpoint = try #require(Socket.localEndpoint(node.reactor.descriptor(of: 40)))
        }

        deinit { Socket.close(listener) }

        var counters: MiddleboxCounters { node.driver.server.counters }
        var entries: UInt64 { node.driver.server.entries }
        var count: Int { node.driver.server.count }

        func source(_ number: UInt32) -> Endpoint { Source.endpoint(suite: 5, test: host, number) }

        func connect(_ number: UInt32 = 0) -> Peer { Peer(from: source(number), to: endpoint) }

        /// A client and the gateway's end of it, and where that seems to come from.
        func pair(_ number: UInt32 = 0) throws -> (client: Peer, gateway: Peer, source: Endpoint) {
            let client = connect(number)
            let (gateway, source) = try takeGatewayEnd()
            return (client, gateway, source)
        }

        /// The next connection that gets to the gateway.
        func takeGatewayEnd() throws -> (Peer, Endpoint) {
            var found: (Peer, Endpoint)?
            _ = node.settle {
                guard case .accepted(let descriptor, let source) = Socket.accept(self.listener) else { return false }
                found = (Peer(descriptor), source)
                return true
            }
            return try #require(found)
        }
    }

    @Test func bytesAndEndsPassBothWays() throws {
        let bench = try Bench(host: 1, MiddleboxPolicy(aging: .seconds(60)))
        let (client, gateway, source) = try bench.pair()
        #expect(source == SourceAddressing.upstream(of: bench.source(0)))
        #expect(SourceAddressing.origin(of: SourceAddressing.upstream(of: source)) == bench.source(0))
        #expect(client.write([1, 2, 3]) == 3)
        #expect(gateway.write([4, 5]) == 2)
        client.finish()
        #expect(bench.node.settle { gateway.outcome == .finished })
        #expect(gateway.received == [1, 2, 3])
        #expect(bench.entries == 1)
        gateway.reset()
        #expect(bench.node.settle { client.outcome != nil })
        #expect(client.end == .failed(ECONNRESET))
        #expect(client.received == [4, 5])
        #expect(bench.entries == 0)
        #expect(bench.counters.accepted == 1)
        #expect(bench.counters.bytes == 5)
    }

    /// Bytes of the gateway keep an entry where those of both do, and not where the client's alone do.
    @Test(arguments: [MiddleboxPolicy.Refresh.both, .client])
    func whoseBytesKeepAnEntry(refresh: MiddleboxPolicy.Refresh) throws {
        let policy = MiddleboxPolicy(aging: .milliseconds(300), expiry: .reset, refresh: refresh)
        let bench = try Bench(host: refresh == .both ? 2 : 3, policy)
        let (client, gateway, _) = try bench.pair()
        let start = bench.node.reactor.now
        var written = 0
        #expect(
            bench.node.settle {
                let due = start + .milliseconds(50) * Int64(written + 1)
                if bench.node.reactor.now >= due, gateway.write([7]) == 1 { written += 1 }
                return client.outcome != nil || written == 18
            }
        )
        // 900 ms, three times what it may be idle; unless the machine held the test up between two bytes.
        #expect((client.outcome == nil) == (refresh == .both))
        #expect(bench.counters.expired == (refresh == .both ? [0, 0, 0, 0] : [0, 0, 1, 0]))
    }

    /// Nothing passes through a connection that it forgot; both ends stay open, and the entry is free.
    @Test func whatIsForgottenIsSilent() throws {
        let bench = try Bench(host: 4, MiddleboxPolicy(aging: .milliseconds(100), ports: 1))
        let (client, gateway, _) = try bench.pair()
        #expect(bench.node.settle { bench.entries == 0 })
        #expect(client.write([1]) == 1)
        #expect(gateway.write([2]) == 1)
        for _ in 0..<50 { bench.node.turn() }
        #expect(client.outcome == nil && client.received.isEmpty)
        #expect(gateway.outcome == nil && gateway.received.isEmpty)
        #expect(bench.counters.expired == [1, 0, 0, 0])
        let (second, _, _) = try bench.pair(1)
        #expect(second.outcome == nil)
        client.close()
        gateway.close()
        #expect(bench.node.settle { bench.count <= 1 })
    }

    /// The gateway is told, and the client is not.
    @Test func aResetThatIsLost() throws {
        let bench = try Bench(host: 5, MiddleboxPolicy(aging: .milliseconds(100), expiry: .reset, resetLoss: 1))
        let (client, gateway, _) = try bench.pair()
        #expect(bench.node.settle { gateway.outcome != nil })
        #expect(gateway.end == .failed(ECONNRESET))
        #expect(client.write([1]) == 1)
        for _ in 0..<50 { bench.node.turn() }
        #expect(client.outcome == nil)
        #expect(bench.counters.resetsLost == 1)
        client.close()
        #expect(bench.node.settle { bench.count == 0 })
    }

    /// What is one too many is reset, and whoever leaves makes room; all processes of a middlebox count together.
    @Test func aFullTableRefuses() throws {
        let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)
        defer { unlink(path) }
        let policy = MiddleboxPolicy(aging: nil, ports: 2)
        let bench = try Bench(host: 6, policy, page: try MiddleboxPage(path: path, tables: 1))
        let other = try MiddleboxPage(path: path, tables: 1)
        let isOthers = other.enter(0, upTo: 2)
        #expect(isOthers)
        let (client, _, _) = try bench.pair()
        let isTooMany = !other.enter(0, upTo: 2)
        #expect(isTooMany)
        let refused = bench.connect(1)
        #expect(bench.node.settle { refused.outcome != nil })
        #expect(refused.end == .failed(ECONNRESET))
        #expect(bench.counters.refused == 1)
        client.reset()
        #expect(bench.node.settle { bench.entries == 0 })
        let (third, _, _) = try bench.pair(2)
        #expect(third.outcome == nil)
        let isFullAgain = !other.enter(0, upTo: 2)
        #expect(isFullAgain)
    }

    // MARK: Impairments

    private static func impairment(_ action: FaultAction, share: Share = .fraction(1)) -> Impairment {
        var plan = Plan.sample(sessions: 200)
        let position = Position(line: 1, column: 1)
        let scope = Scope(gateways: nil, share: share)
        plan.timeline = [TimelineEvent(at: .zero, phase: nil, scope: scope, action: action, position: position)]
        return Impairment(0, of: plan)
    }

    /// A client and the gateway's end of it, which the middlebox has connected.
    private func openPair(_ bench: Bench) throws -> (client: Peer, gateway: Peer) {
        let (client, gateway, _) = try bench.pair()
        #expect(client.write([0]) == 1)
        #expect(bench.node.settle { arrived(gateway) == [0] })
        return (client, gateway)
    }

    private func arrived(_ peer: Peer) -> [UInt8] {
        _ = peer.outcome
        return peer.received
    }

    /// What is sent into a cut line comes once it is mended, by the kernel's own retransmission, and nobody new gets
    /// through before that.
    @Test(arguments: PathDirection.allCases)
    func aCutLineIsMended(direction: PathDirection) throws {
        let number = try #require(PathDirection.allCases.firstIndex(of: direction))
        let bench = try Bench(host: 10 + UInt32(number), .init(aging: nil))
        let (client, gateway) = try openPair(bench)
        let cut = Self.impairment(.disturb(Disturbance(kind: .partition, direction: direction, length: nil)))
        bench.node.driver.server.begin(cut, &bench.node.reactor)
        #expect(client.write([1, 2]) == 2)
        #expect(gateway.write([3]) == 1)
        let new = bench.connect(1)
        let there: [UInt8] = direction == .toClient ? [0, 1, 2] : [0]
        let here: [UInt8] = direction == .toGateway ? [3] : []
        #expect(bench.node.settle { arrived(gateway) == there && arrived(client) == here })
        for _ in 0..<50 { bench.node.turn() }
        #expect(arrived(gateway) == there && arrived(client) == here)
        #expect(bench.counters.accepted == 1)
        bench.node.driver.server.end(0, &bench.node.reactor)
        #expect(bench.node.settle { arrived(gateway) == [0, 1, 2] && arrived(client) == [3] })
        #expect(bench.node.settle { bench.counters.accepted == 2 })
        #expect(new.outcome == nil)
    }

    /// Where only some are cut off, those who come meanwhile are accepted, and reach nobody until it is mended.
    @Test func whoComesMeanwhileWaits() throws {
        let bench = try Bench(host: 13, .init(aging: nil))
        let cut = Self.impairment(.disturb(Disturbance(kind: .partition, length: nil)), share: .count(200))
        bench.node.driver.server.begin(cut, &bench.node.reactor)
        // As a worker's sessions come: strangers are nobody's victims.
        let sources = try #require(SourceAddressing(crowd: 1, low: 32_768))
        let (one, other) = (sources.source(session: 130, ordinal: 7), sources.source(session: 131, ordinal: 7))
        let (early, late) = (Peer(from: one, to: bench.endpoint), Peer(from: other, to: bench.endpoint))
        #expect(bench.node.settle { bench.count == 2 })
        #expect(late.write([9]) == 1)
        early.close()
        #expect(bench.node.settle { bench.count == 1 })
        bench.node.driver.server.end(0, &bench.node.reactor)
        let (gateway, source) = try bench.takeGatewayEnd()
        #expect(SourceAddressing.origin(of: SourceAddressing.upstream(of: source)) == other)
        #expect(bench.node.settle { arrived(gateway) == [9] })
    }

    /// The gateway's reset is lost: the client hears of it when it speaks again, once resets arrive.
    @Test func aLostResetIsToldLater() throws {
        let bench = try Bench(host: 14, .init(aging: nil))
        let (client, gateway) = try openPair(bench)
        let loss = Self.impairment(.disturb(Disturbance(kind: .loseResets, length: nil)))
        bench.node.driver.server.begin(loss, &bench.node.reactor)
        gateway.reset()
        #expect(bench.node.settle { bench.counters.resetsLost == 1 })
        #expect(client.write([1]) == 1)
        for _ in 0..<50 { bench.node.turn() }
        #expect(client.outcome == nil)
        bench.node.driver.server.end(0, &bench.node.reactor)
        #expect(bench.node.settle { client.outcome != nil })
        #expect(client.end == .failed(ECONNRESET) && bench.count == 0)
    }

    /// An entry that goes follows its table's rule; a way that goes leads nowhere.
    @Test(arguments: [(true, true), (false, false)])
    func aForgottenEntryAnswers(isForgotten: Bool, isAnswered: Bool) throws {
        let bench = try Bench(host: isForgotten ? 15 : 16, .init(aging: .seconds(60), expiry: .answer))
        let (client, gateway) = try openPair(bench)
        let kind: Rerouting.Kind = isForgotten ? .expireNat : .rebindNat
        let event = Self.impairment(.reroute(Rerouting(kind: kind, isKnown: false)))
        bench.node.driver.server.sever(event, isForgotten: isForgotten, &bench.node.reactor)
        #expect(client.write([1]) == 1)
        #expect(gateway.write([2]) == 1)
        if isAnswered { #expect(bench.node.settle { client.outcome != nil }) }
        for _ in 0..<50 { bench.node.turn() }
        #expect((client.outcome != nil) == isAnswered)
        #expect(arrived(client).isEmpty && arrived(gateway) == [0] && gateway.outcome == nil)
        #expect(bench.entries == 0)
    }
}
