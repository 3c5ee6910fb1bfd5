import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Sessions, balancer and gateways in different places.
@Suite struct RegionTests {
    private static func latencies(_ result: RunResult) throws -> [String: GroupResult.ConnectsResult] {
        Dictionary(uniqueKeysWithValues: try #require(result.groups).map { ($0.name, $0.connects) })
    }

    private static func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-6 } ?? false
    }

    /// Row 47: a balancer in one site is far from the users of another region, and out of reach for those abroad.
    @Test func oneSiteIsFarFromSome() throws {
        let result = try PlanRuns.run("far-region")
        #expect(result.verdict == .pass, "\(result.reasons)")
        let connects = try Self.latencies(result)
        #expect(Self.isNear(connects["local"]?.handshakeSeconds?.p50, 0.005))
        #expect(Self.isNear(connects["far"]?.handshakeSeconds?.p50, 0.030))
        #expect(Self.isNear(connects["local"]?.seconds?.max, 0.010))
        #expect(Self.isNear(connects["far"]?.seconds?.min, 0.060))
        let abroad = try #require(result.groups?[2])
        #expect(abroad.admittedOnce == 0)
        #expect(abroad.connects.seconds == nil)
        let timeouts = abroad.connects.failed.byReason["timeout"].flatMap { $0 } ?? 0
        #expect(timeouts > 0)
        #expect(
            result.connects.seconds?.count == (connects["local"]?.succeeded ?? 0) + (connects["far"]?.succeeded ?? 0)
        )
    }

    /// And a gateway in every region, to which everybody goes: the local ones' 5 ms for all, and nobody is left out.
    @Test func theNearestIsNearForAll() throws {
        let nearest = [
            "target.via=client", "target.algorithm=nearest", "target.gateway.region=[site,far,abroad]", "expect=[]",
            "defaults=[unexplained,admitted]",
        ]
        let result = try PlanRuns.run("far-region", nearest)
        #expect(result.verdict == .pass, "\(result.reasons)")
        for (name, connects) in try Self.latencies(result) {
            #expect(Self.isNear(connects.handshakeSeconds?.max, 0.005), "\(name)")
            #expect(Self.isNear(connects.seconds?.p50, 0.010), "\(name)")
        }
        #expect(result.groups?.compactMap(\.admittedOnce) == [150, 90, 60])
        // One gateway for each region.
        #expect(result.gateways.compactMap(\.connectionsAtEnd) == result.groups?.compactMap(\.establishedAtEnd))
    }

    /// Behind a balancer that sends them on to another region both ways add up, for the connection and for its beats.
    @Test func bothWaysAddUp() throws {
        let text = """
            name: onward
            sessions: 20
            target:
              gateways: 1
              balancer: { region: here }
              gateway: { region: there }
              regions: { here: { here: 4ms, there: 50ms }, there: { there: 2ms } }
            groups: [ { name: all, share: 1, region: here } ]
            heartbeat: { interval: 2s, silence: 10s }
            churn: { lifetime: { mean: 10s } }
            duration: 60s

            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "onward.yaml")).run().result
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(Self.isNear(result.connects.handshakeSeconds?.min, 0.054))
        #expect(Self.isNear(result.connects.handshakeSeconds?.max, 0.054))
        #expect(Self.isNear(result.connects.seconds?.max, 0.108))
        #expect(Self.isNear(result.heartbeats.rttSeconds.max, 0.054))
        #expect(result.census.reconciled == true)
    }

    /// Who loses the nearest gateway goes to the next one, and comes home with the connection after that.
    @Test func theNextNearestTakesOver() throws {
        let text = """
            name: take-over
            sessions: 90
            target:
              gateways: 3
              via: client
              algorithm: nearest
              gateway: { region: [a, b, c] }
              regions: { a: { a: 5ms, b: 20ms, c: 40ms }, b: { b: 5ms, c: 40ms }, c: { c: 5ms } }
            groups: [ { name: all, share: 1, region: a } ]
            reconnect: { policy: fixed, delay: 1s }
            duration: 60s
            timeline: [ { at: 10s, kill: { gateway: 0 } } ]

            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "take-over.yaml")).run().result
        #expect(PlanRuns.populations(result) == [0, 90, 0])
        #expect(Self.isNear(result.connects.handshakeSeconds?.p50, 0.020))
        #expect(result.disconnects.byCause["consequence"] == 90)
    }
}
