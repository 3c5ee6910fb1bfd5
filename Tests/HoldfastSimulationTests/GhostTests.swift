import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Connections that only the gateway still believes in.
@Suite struct GhostTests {
    /// Rows 14 and 36: 200 change their network, so the gateway has 1,200 connections until its idle timeout.
    @Test func theIdleTimeoutEndsThem() throws {
        let result = try PlanRuns.run("ghost-sessions")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.census.ghostsPeak == 200)
        #expect(result.gateways[0].connectionsAtEnd == 1000)
        #expect(result.gateways[0].ownConnectionsAtEnd == 1000)
        #expect(result.gateways[0].accepted == 1200)
        #expect(result.census.reconciled == true)
    }

    /// Row 36: a ghost is silent since its last beat, at most 30 s before, so the last goes within 90 s of the fault,
    /// and none within 60 s.
    @Test(arguments: [(59, UInt64(1200)), (91, 1000)])
    func theyLastAsLongAsTheTimeoutFromTheirLastBeat(seconds: Int, expected: UInt64) throws {
        let result = try PlanRuns.run("ghost-sessions", ["duration=\(20 + seconds)s"])
        #expect(result.gateways[0].ownConnectionsAtEnd == expected)
        #expect(result.gateways[0].connectionsAtEnd == 1000)
    }

    /// Row 36: without a timeout every round leaves 200 more.
    @Test func withoutATimeoutTheyPileUp() throws {
        let text = """
            name: piling-up
            sessions: 1000
            target: { gateways: 1 }
            heartbeat: { interval: 30s, silence: 90s }
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 1000/s }
            duration: 10m
            timeline:
              - { at: 20s, drop: { count: 200, by: vanish, return: 1s } }
              - { at: 200s, drop: { count: 200, by: vanish, return: 1s } }
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.gateways[0].ownConnectionsAtEnd == 1400)
        #expect(result.gateways[0].connectionsAtEnd == 1000)
        #expect(result.census.ghostsPeak == 400)
    }

    /// Row 35: of 100 clients that vanish for good nobody hears; the idle timeout takes them away, and only them.
    @Test func theDeadAreTakenAway() throws {
        let gone = ["timeline=[{ at: 20s, drop: { count: 100, by: vanish, return: never } }]", "expect=[]"]
        let result = try PlanRuns.run("ghost-sessions", gone)
        #expect(result.census.ghostsPeak == 100)
        #expect(result.gateways[0].ownConnectionsAtEnd == 900)
        #expect(result.sessions.stopped.byReason["departed"] == 100)
        #expect(result.disconnects.total == 100)
    }
}
