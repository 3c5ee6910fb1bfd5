import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// What lies at the edge of what plans can ask for.
@Suite struct EdgeTests {
    @Test func aGatewayThatIsAddedStandsWhereTheOthersDo() throws {
        let result = try SeedRowTests.run(
            """
            name: grown
            sessions: 30
            target: { gateways: 2, balancer: { region: x }, gateway: { region: x }, regions: { x: { x: 5ms } } }
            groups: [ { name: all, share: 100%, region: x } ]
            reconnect: { policy: fixed, delay: 1s }
            duration: 20s
            timeline: [ { at: 2s, scale: { to: 3 } }, { at: 5s, drop: {} } ]
            """
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.gateways.map(\.connectionsAtEnd) == [10, 10, 10])
    }

    /// That a drop was carried out is a fact, also when nobody was there.
    @Test(arguments: ["client", "gateway"])
    func aDropWithoutVictims(side: String) throws {
        let result = try SeedRowTests.run(
            """
            name: nobody
            sessions: 1
            target: { gateways: 2 }
            duration: 10s
            timeline: [ { at: 3s, drop: { gateway: 1, side: \(side) } } ]
            """
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.disconnects.total == 0)
    }

    /// A gateway that is stalled accepts and reads and never answers; one that is frozen leaves its queue to fill up.
    @Test(arguments: ["stall", "freeze"])
    func connectingToAGatewayThatDoesNotAnswer(fault: String) throws {
        let result = try SeedRowTests.run(
            """
            name: silent
            sessions: 40
            target: { gateways: 1, via: client, gateway: { backlog: 1 } }
            heartbeat: { preset: article-3x5 }
            reconnect: { policy: fixed, delay: 1s }
            duration: 60s
            timeline: [ { at: 5s, \(fault): { gateway: 0 } } ]
            """
        )
        let reasons = result.connects.failed.byReason
        if fault == "stall" {
            #expect(try #require(reasons["login-timeout"] ?? nil) >= 40)
            #expect(reasons["timeout"] == 0)
        } else {
            #expect(try #require(reasons["timeout"] ?? nil) >= 40)
        }
    }

    /// An attempt that finds no gateway in reach is an attempt.
    @Test func attemptsWithoutAGatewayAreCounted() throws {
        let result = try SeedRowTests.run(
            """
            name: remote
            sessions: 20
            target:
              gateways: 2
              via: client
              algorithm: nearest
              gateway: { region: x }
              regions: { x: { x: 5ms, z: unreachable }, z: { z: 5ms } }
            groups: [ { name: near, share: 50%, region: x }, { name: far, share: 50%, region: z } ]
            reconnect: { policy: fixed, delay: 1s }
            establish: { timeout: 5s }
            duration: 30s
            """
        )
        let connects = result.connects
        let failed = connects.failed.byReason.values.reduce(0) { $0 + ($1 ?? 0) }
        #expect(connects.failed.byReason["no-gateway"] == failed)
        #expect(failed > 200)
        #expect(connects.attempted == failed + (connects.succeeded ?? 0))
    }

    @Test func anInterruptedRunSaysSo() throws {
        let plan = try Plan.parse(
            text: """
                name: long
                sessions: 1000
                target: { gateways: 2 }
                churn: { lifetime: { mean: 10s } }
                duration: 10h
                """,
            file: "plan.yaml"
        )
        let interruption = Interruption()
        interruption.end(signal: "SIGTERM")
        interruption.end(signal: "SIGINT")
        let outcome = Simulation(plan: plan, interruption: interruption).run()
        #expect(outcome.result.verdict == .invalid)
        #expect(outcome.result.exitCode == 105)
        #expect(outcome.result.reasons.first == "aborted by SIGTERM")
        #expect(outcome.events < 20_000)
    }

    /// The busiest second is the same however the sessions are kept.
    @Test func thePeakOfAttemptsIsThatOfTheWhole() throws {
        let plan = try Plan.parse(
            text: """
                name: storm
                sessions: 700
                target: { gateways: 2 }
                reconnect: { policy: fixed, delay: 1s }
                establish: { rate: 100/s, timeout: 30s }
                timeScale: 2
                duration: 20s
                timeline: [ { at: 5s, drop: {} } ]
                """,
            file: "plan.yaml"
        )
        let peaks = [1, 7].map { Simulation(plan: plan, segments: $0).run().result.connects.peakPerSecond }
        #expect(peaks == [700, 700])
    }

    // MARK: Cuts

    private static func cuts(_ text: String) throws -> [Int32] {
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        let cutPlan = CutPlan(plan)
        var seconds: [Int32] = [0]
        while let last = seconds.last, last < plan.lastCutSecond { seconds.append(cutPlan.next(after: last)) }
        return seconds
    }

    /// Two gateways for a day: every second. Two hundred: every 18th, and those that the plan speaks of.
    @Test func populationsAreKeptWhereThePlanSpeaksOfThem() throws {
        func text(_ gateways: Int) -> String {
            """
            name: day
            sessions: 10
            target: { gateways: \(gateways) }
            duration: 24h
            timeline: [ { at: 1201s, phase: late, drop: {} } ]
            expect: [ sessions.established at 40001s == 10 ]
            """
        }
        #expect(try Self.cuts(text(2)) == Array(0...86_400))
        let sparse = try Self.cuts(text(200))
        let regular = Set(stride(from: Int32(0), through: 86_400, by: 18))
        #expect(Set(sparse).subtracting(regular) == [1, 1_200, 1_201, 1_202, 40_000, 40_001, 40_002, 86_399])
        #expect(regular.isSubset(of: sparse))
        #expect(sparse == sparse.sorted())
    }

    /// Connections that end on the instant of a beat, or of its answer: both come first, however beats are carried out.
    @Test(arguments: [
        ("immediate", "10s", "[]"), ("after", "60s", "[{ at: 10s, foreground: {} }]"), ("after", "20s", "[]"),
    ])
    func endsOnTheInstantOfABeat(first: String, duration: String, timeline: String) throws {
        let plan = try Plan.parse(
            text: """
                name: instant
                sessions: 2
                target: { gateways: 1 }
                heartbeat: { interval: 1s, silence: 3s, first: \(first) }
                reconnect: { policy: fixed, delay: 1s }
                churn: { lifetime: { distribution: fixed, mean: 7s } }
                establish: { rate: 1000/s }
                duration: \(duration)
                timeline: \(timeline)
                """,
            file: "plan.yaml"
        )
        let fast = Simulation(plan: plan, fidelity: .fast).run().result
        let exact = Simulation(plan: plan, fidelity: .exact).run().result
        #expect(fast.eventHash == exact.eventHash)
        #expect(fast.heartbeats.sent == exact.heartbeats.sent)
        #expect(fast.heartbeats.answered == exact.heartbeats.answered)
        #expect(fast.heartbeats.missed == exact.heartbeats.missed)
        #expect(fast.heartbeats.bytes == exact.heartbeats.bytes)
        #expect(fast.disconnects == exact.disconnects)
    }
}
