import HoldfastCore
import HoldfastPlan
import HoldfastSimulation
import Testing

/// What gateways end for good, and what users start again.
@Suite struct KickAndResumeTests {
    private func result(_ reconnect: String, _ timeline: [String], gateways: Int = 2) throws -> Simulation.Outcome {
        let text = """
            name: t
            sessions: 100
            target: { gateways: \(gateways), via: client }
            reconnect: \(reconnect)
            duration: 30s
            timeline:
            \(timeline.map { "  - \($0)" }.joined(separator: "\n"))

            """
        return Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run()
    }

    @Test(arguments: [("true", UInt64(40), UInt64(60)), ("false", 0, 100)])
    func aKickKeepsSessionsAwayOnlyWithNotice(notice: String, stopped: UInt64, established: UInt64) throws {
        let kick = "{ at: 5s, kick: { count: 40, notice: \(notice) } }"
        let result = try result("{ policy: fixed, delay: 1s }", [kick]).result
        #expect(result.sessions.stopped.byReason["kicked"] == stopped)
        #expect(result.sessions.establishedAtEnd == established)
        #expect(result.disconnects.total == 40)
        #expect(result.disconnects.byCause["consequence"] == 40)
        #expect(result.disconnects.byMechanism[notice == "true" ? "kicked" : "fin"] == 40)
        #expect(result.faults[0].victims == 40)
    }

    /// One gateway is down from 5 s to 15 s. Two attempts are over by 8 s, so everybody has given up; half of them try
    /// again by hand while it is down, in vain, all at 20 s.
    @Test(arguments: [("{ fraction: 50% }", UInt64(50)), ("{}", 100), ("{ count: 7 }", 7)])
    func whoGaveUpTriesAgain(scope: String, back: UInt64) throws {
        let result = try result(
            "{ policy: fixed, delay: 1s, maxAttempts: 2 }",
            [
                "{ at: 5s, for: 10s, kill: { gateway: 0 } }", "{ at: 10s, resume: { fraction: 50% } }",
                "{ at: 20s, resume: \(scope) }",
            ],
            gateways: 1
        ).result
        #expect(result.sessions.establishedAtEnd == back)
        #expect(result.sessions.stopped.byReason["gave-up"] == 100 - back)
        // Two attempts each, two more for the half that tried in vain, one for each that came back.
        #expect(result.connects.attempted == 200 + 100 + back)
        #expect(result.disconnects.total == 100)
        #expect(result.faults[2].skipped == 0)
    }
}
