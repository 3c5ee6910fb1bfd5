import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Natural lifetimes in a run: what must come out is known from the draws alone.
@Suite struct ChurnTests {
    static func plan(_ lifetime: String = "{ mean: 4s }") throws -> Plan {
        let text = """
            name: churn
            sessions: 400
            target: { gateways: 4 }
            heartbeat: { preset: article-3x5 }
            reconnect: { policy: fixed, delay: 1s }
            churn: { lifetime: \(lifetime) }
            duration: 12s
            """
        return try Plan.parse(text: text, file: "plan.yaml")
    }

    /// Every end in the run is either a scheduled disconnect or a skipped one.
    @Test(arguments: [UInt64(1), 2, 3])
    func everyEndIsADisconnectOrSkipped(seed: UInt64) throws {
        var plan = try Self.plan()
        plan.seed = seed
        let churn = try #require(plan.churn)
        var queue = LifetimeQueue(churn, seed: Seed(seed), sessions: 0..<400, start: .zero)
        var ends: UInt64 = 0
        while queue.takeDue(at: .zero + plan.duration) != nil { ends += 1 }
        let result = Simulation(plan: plan).run().result
        let total = try #require(result.disconnects.total)
        let skipped = ends - total
        #expect(result.disconnects.byCause["scheduled"] == total)
        #expect(result.notes == ["\(skipped) lifetimes ended while their session was not established"])
        #expect(result.disconnects.unexplained == 0)
    }

    /// A session that comes back after 1 s lives 4 s in each 5: a fifth of the ends find it away.
    @Test func endsOfWaitingSessionsAreSkipped() throws {
        let result = Simulation(plan: try Self.plan()).run().result
        let total = Double(try #require(result.disconnects.total))
        let all = 400.0 * 12 / 4
        // The first life begins established, so a little less; five standard deviations are 0.06.
        #expect(abs((all - total) / all - 0.2) < 0.06)
    }

    /// The fixed lifetime ends every connection at the same instants, wherever it was.
    @Test func fixedLifetimesEndEverybodyAtOnce() throws {
        let plan = try Self.plan("{ distribution: fixed, mean: 5s }")
        let result = Simulation(plan: plan).run().result
        #expect(result.disconnects.total == 800)
        #expect(PlanRuns.populations(result) == [100, 100, 100, 100])
    }
}
