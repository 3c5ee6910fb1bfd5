import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry
import Testing

@testable import HoldfastFleet

extension GatewayRole: ServerUnderTest {}

/// A gateway's part of the timeline, against real connections.
@Suite struct GatewayRoleTests {
    private final class Bench {
        let node: Node<GatewayRole>
        var life: AgentLife
        let plan: Plan
        private let endpoint: Endpoint
        private let host: UInt32
        private let agent = AgentID(role: .gateway, index: 1)

        /// Gateway 1 of 2, with a drop of `share` on its side after five seconds; one second after t0.
        init(host: UInt32, incarnation: UInt32 = 0, _ share: Share, gateways: [GatewayID]?) throws {
            self.host = host
            let event = TimelineEvent(
                at: .seconds(5),
                phase: nil,
                scope: Scope(gateways: gateways, share: share),
                action: .drop(Drop(manner: .fin, side: .gateway, comeback: .policy)),
                position: Position(line: 1, column: 1)
            )
            plan = .sample(sessions: 60, gateways: 2, timeline: [event])
            let local = Endpoint(address: 0x7F00_0001, port: 0)
            let identity = GatewayServer.Identity(gateway: 1, incarnation: incarnation, run: 1, endpoint: local)
            node = try Node(GatewayRole(identity: identity, plan: plan, capacity: 100), slots: 101)
            life = AgentLife(agent: agent, incarnation: incarnation, timing: RunTiming(plan: plan))
            try node.driver.server.listen(&node.reactor)
            endpoint = try #require(Socket.localEndpoint(node.reactor.descriptor(of: 100)))
        }

        func start(_ since: Span) { node.driver.server.start(at: Clock.now - since, now: Clock.now, &life) }

        func perform(_ step: Int) { node.driver.server.perform(step: step, &life, &node.reactor) }

        func apply(_ orders: Orders) { node.driver.server.apply(orders) }

        var steps: Int { node.driver.server.steps.count }

        var population: GatewayPopulation { node.driver.server.cut(0).populations[0] }

        var executed: [ExecutedInterval] {
            var report = AgentReport(
                agent: agent,
                incarnation: 0,
                sequence: 1,
                stage: .running,
                harness: HarnessReport()
            )
            node.driver.server.fill(&report)
            return report.executed
        }

        func logIn(_ sessions: Range<SessionID>) -> [Peer] {
            let peers = sessions.map { session in
                let peer = Peer(from: Source.endpoint(suite: 3, test: host, session), to: endpoint)
                peer.write(
                    Hello(group: 0, session: session, ordinal: 0, account: 0, intervalMilliseconds: 0, run: 1)
                )
                return peer
            }
            #expect(node.settle { self.population.open == UInt64(sessions.count) })
            return peers
        }

        func victims(_ peers: [Peer]) -> Set<SessionID> {
            for _ in 0..<5 { node.turn() }
            return Set(peers.indices.filter { peers[$0].outcome == .finished }.map { SessionID($0) })
        }
    }

    @Test func aDropEverywhereNeedsNobodysThreshold() throws {
        let bench = try Bench(host: 1, .fraction(0.25), gateways: nil)
        bench.start(.seconds(1))
        let peers = bench.logIn(0..<60)
        bench.perform(0)
        let lowest = (0..<UInt32(60)).filter { bench.plan.rank(of: $0, fault: 0) < 15 }
        #expect(bench.victims(peers) == Set(lowest))
        #expect(bench.executed.map(\.fault) == [0])
        #expect(bench.executed.map(\.gateway) == [1])
    }

    @Test func aDropOnAGatewayWaitsForItsThreshold() throws {
        let bench = try Bench(host: 2, .count(7), gateways: [1])
        bench.start(.seconds(1))
        let peers = bench.logIn(0..<60)
        bench.perform(0)
        bench.perform(1)
        #expect(bench.victims(peers) == [])
        #expect(bench.executed == [])
        var orders = Orders()
        orders.thresholds = [RankThreshold(fault: 0, rank: 9)]
        bench.apply(orders)
        bench.perform(1)
        let upToNine = (0..<UInt32(60)).filter { bench.plan.rank(of: $0, fault: 0) <= 9 }
        #expect(bench.victims(peers) == Set(upToNine))
        #expect(bench.population.closed == 10)
    }

    @Test func aThresholdForNobodyEndsNobody() throws {
        let bench = try Bench(host: 3, .count(0), gateways: [1])
        bench.start(.seconds(1))
        let peers = bench.logIn(0..<5)
        var orders = Orders()
        orders.thresholds = [RankThreshold(fault: 0, rank: nil)]
        bench.apply(orders)
        bench.perform(1)
        #expect(bench.victims(peers) == [])
        #expect(bench.executed.count == 1)
    }

    @Test func peopleSeeItsPopulation() throws {
        let bench = try Bench(host: 6, .count(1), gateways: nil)
        let peers = bench.logIn(0..<3)
        var snapshot = MetricSnapshot(unixNanoseconds: 1)
        bench.node.driver.server.fill(&snapshot)
        let values = Dictionary(uniqueKeysWithValues: snapshot.points.map { ($0.instrument, $0.value) })
        #expect(
            values == [.gatewayAccepts: .integer(3), .gatewayAdmissions: .integer(3), .gatewayConnections: .integer(3)]
        )
        #expect(snapshot.points.allSatisfy { $0.labels == [.gateway(1)] })
        #expect(peers.allSatisfy { $0.outcome == nil })
    }

    @Test func aLaterLifeLeavesThePastAlone() throws {
        let early = try Bench(host: 4, incarnation: 1, .count(1), gateways: [1])
        early.start(.seconds(6))
        #expect(early.steps == 0)
        let late = try Bench(host: 5, incarnation: 1, .count(1), gateways: [1])
        late.start(.seconds(1))
        #expect(late.steps == 2)
    }
}
