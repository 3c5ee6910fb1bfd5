import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// A seed is the whole truth: the same plan and seed give the same run, however it is carried out.
@Suite struct ReplayTests {
    static let plans = ["uneven-departures", "uneven-return", "rolling-restart", "detect-3x5", "quickstart"]

    @Test(arguments: plans, [UInt64(42), 7])
    func segmentsAndRepetitionsChangeNothing(name: String, seed: UInt64) throws {
        let plan = try PlanRuns.plan(name, seed: seed)
        let first = Simulation(plan: plan, segments: 1).run().result
        let again = Simulation(plan: plan, segments: 1).run().result
        let parts = Simulation(plan: plan, segments: 7).run().result
        #expect(first.eventHash != nil)
        #expect(first.eventHash == again.eventHash)
        #expect(first.eventHash == parts.eventHash)
        #expect(PlanRuns.populations(first) == PlanRuns.populations(parts))
        #expect(first.disconnects == parts.disconnects)
        #expect(first.heartbeats.sent == parts.heartbeats.sent)
    }

    @Test func anotherSeedIsAnotherRun() throws {
        let first = try PlanRuns.run("detect-3x5", seed: 1)
        let second = try PlanRuns.run("detect-3x5", seed: 2)
        #expect(first.eventHash != second.eventHash)
    }

    @Test(arguments: plans, [UInt64(42), 7])
    func fastAndExactAgree(name: String, seed: UInt64) throws {
        let plan = try PlanRuns.plan(name, seed: seed)
        Self.expectSame(plan)
    }

    /// Churn and faults together, with lifetimes that end between beats.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func fastAndExactAgreeUnderChurn(seed: UInt64) throws {
        let overrides = ["churn={lifetime: {mean: 20s}}", "reconnect={policy: exponential, base: 500ms}", "expect=[]"]
        Self.expectSame(try PlanRuns.plan("detect-3x5", overrides, seed: seed))
    }

    static func expectSame(_ plan: Plan) {
        let exact = Simulation(plan: plan, fidelity: .exact).run()
        let fast = Simulation(plan: plan, fidelity: .fast).run()
        #expect(exact.result.eventHash == fast.result.eventHash)
        #expect(exact.result.disconnects == fast.result.disconnects)
        #expect(exact.result.connects == fast.result.connects)
        #expect(exact.result.detection == fast.result.detection)
        #expect(exact.result.heartbeats.sent == fast.result.heartbeats.sent)
        #expect(exact.result.heartbeats.answered == fast.result.heartbeats.answered)
        #expect(exact.result.heartbeats.missed == fast.result.heartbeats.missed)
        #expect(exact.result.heartbeats.bytes == fast.result.heartbeats.bytes)
        #expect(exact.result.gateways == fast.result.gateways)
        #expect(exact.result.census == fast.result.census)
        #expect(fast.events <= exact.events)
    }
}
