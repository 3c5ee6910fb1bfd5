import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Gateways that shed to the mean, held to closed forms.
@Suite struct SheddingRunTests {
    /// After a restart of one of n the others have `n / (n - 1)` times the mean and it has nobody: what is above the
    /// mean is 1/n of all, which is Hoover's share, and so many reconnect once more. Nobody else moves, however they
    /// are dealt out, and nobody comes back to where they were sent away.
    @Test(arguments: [2, 3, 5, 10], ["round-robin", "least-connections"])
    func aReturnIsMadeUpFor(gateways: Int, algorithm: String) throws {
        let share = 60
        let sessions = gateways * (gateways - 1) * share
        let result = try FleetChangeTests.run(
            "gateways: \(gateways), algorithm: \(algorithm), gateway: { shed: { rate: 200/s } }",
            ["{ at: 5s, for: 5s, kill: { gateway: 0 } }"],
            sessions: sessions
        )
        let mean = UInt64(sessions / gateways)
        if algorithm == "least-connections" {
            #expect(PlanRuns.populations(result) == Array(repeating: mean, count: gateways))
            #expect(result.connects.failed.byReason["rejected"] ?? 0 == 0)
        }
        // Turns send most of them to gateways that refuse: not all have found the one that does not in ten looks.
        let limit = UInt64((1.1 * Double(mean)).rounded(.up))
        #expect(PlanRuns.populations(result).allSatisfy { $0 <= limit })
        #expect(result.disconnects.byCause["consequence"] == mean)
        #expect(result.disconnects.byCause["scheduled"] == mean)
        #expect(result.disconnects.byMechanism["goaway"] == mean)
        // What it costs is counted with every other outage.
        #expect(result.outageSeconds.count == 2 * mean)
        #expect(result.census.reconciled == true)
    }

    /// The 45/27/0 of a rolling restart under turns: 21 and 3 above the mean go, which is a third of 72.
    @Test func aRollingRestartIsMadeUpFor() throws {
        let timeline = "{ at: 3s, rollingRestart: { how: kill, down: 2s, every: 8s } }"
        let fleet = "gateways: 3, algorithm: round-robin"
        let without = try FleetChangeTests.run(fleet, [timeline], sessions: 72)
        #expect(PlanRuns.populations(without).sorted() == [0, 27, 45])
        // The first two restarts are evened out between them already, unless shedding waits until they are over.
        let with = try FleetChangeTests.run(fleet + ", gateway: { shed: { interval: 10s } }", [timeline], sessions: 72)
        #expect(PlanRuns.populations(with) == [24, 24, 24])
        #expect(with.disconnects.byCause["scheduled"] == 24)
    }

    /// Spread by `rate`: 300 of 600 at 20 a second take 15 s, whatever the time scale.
    @Test(arguments: [1, 10])
    func isSpreadByTheRate(scale: Int) throws {
        let text = """
            name: shed
            sessions: 600
            target: { gateways: 2, gateway: { shed: { rate: 20/s, interval: 10s } } }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 100ms }
            duration: 120s
            timeScale: \(scale)
            timeline: [{ at: 5s, for: 5s, kill: { gateway: 0 } }]
            expect:
              - "gateways.connections{gateway=1} at 29s == 600"
              - "gateways.connections{gateway=1} at 35s in 498..502"
              - "gateways.connections{gateway=1} at 40s in 398..402"
              - "gateways.connections{gateway=1} at 46s == 300"
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.verdict == .pass, "\(result.reasons) \(result.expectations)")
        #expect(PlanRuns.populations(result) == [300, 300])
    }

    /// What the plan says of doing nothing, shedding, and a maximum age: who was moved to move a third.
    @Test func thePlanComparesRemedies() throws {
        let nothing = try PlanRuns.run("remedies", ["target.gateway={ drain: 10s }"])
        let shed = try PlanRuns.run("remedies")
        let aged = try PlanRuns.run("remedies", ["target.gateway={ maxAge: 5s, maxAgeJitter: 50% }"])
        for result in [nothing, shed, aged] { #expect(result.verdict == .pass, "\(result.reasons)") }
        #expect(PlanRuns.populations(nothing) == [0, 36, 36])
        #expect(nothing.imbalance.atEnd.maxOverMean == 1.5)
        #expect(PlanRuns.populations(shed) == [24, 24, 24])
        #expect([nothing, shed].map(\.disconnects.byCause["scheduled"]) == [0, 24])
        #expect([nothing, shed].map(\.outageSeconds.count) == [24, 48])
        #expect(try #require(aged.disconnects.byCause["scheduled"] ?? nil) > 72)
    }

    /// What a policy of the gateways costs can be expected without any fault.
    @Test(arguments: ["maxAge: 10s", "shed: {}"])
    func outagesByPolicyCanBeExpected(gateway: String) throws {
        let text = """
            name: policy
            sessions: 60
            target: { gateways: 3, algorithm: random, gateway: { \(gateway) } }
            reconnect: { policy: fixed, delay: 200ms }
            duration: 30s
            expect: [outageSeconds max < 15s]
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.outageSeconds.count == result.disconnects.byCause["scheduled"])
        #expect(result.outageSeconds.count > 0)
    }

    /// Whoever always goes to the same gateway is turned away there until it has waited long enough, and is back then:
    /// shedding is no remedy for what a hash decides.
    @Test func aHashSendsThemBack() throws {
        let result = try FleetChangeTests.run(
            "gateways: 3, algorithm: source-hash, gateway: { shed: { above: 1.01, interval: 5s } }",
            [],
            sessions: 100
        )
        let failed = try #require(result.connects.failed.byReason["rejected"] ?? nil)
        #expect(failed > 0)
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
    }
}
