import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// What opening the app does to a whole run.
@Suite struct ForegroundRunTests {
    private func result(_ policy: String, _ timeline: [String], duration: String = "50s") throws -> RunResult {
        let text = """
            name: t
            sessions: 100
            target: { gateways: 1, via: client }
            \(policy)
            duration: \(duration)
            timeline:
            \(timeline.map { "  - \($0)" }.joined(separator: "\n"))

            """
        return Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
    }

    /// The next attempt would be long after the end.
    @Test(arguments: [("{ fraction: 50% }", UInt64(50)), ("{}", 100), ("{ count: 7 }", 7)])
    func whoWaitsIsBackAtOnce(scope: String, back: UInt64) throws {
        let result = try result(
            "reconnect: { policy: fixed, delay: 10m }",
            ["{ at: 5s, for: 3s, kill: { gateway: 0 } }", "{ at: 20s, foreground: \(scope) }"]
        )
        #expect(result.sessions.establishedAtEnd == back)
        #expect(result.connects.attempted == back)
        #expect(result.disconnects.unexplained == 0)
        #expect(result.faults[1].skipped == 0)
        #expect(abs(try #require(result.outageSeconds.min) - 15) < 0.01)
    }

    /// Beats are 30 s apart from 2 s before t0: opened at 10 s, from there; of two in 50 s the second comes ten seconds
    /// after the end of those that were left alone.
    @Test(arguments: [("{}", UInt64(200)), ("{ count: 40 }", 140)])
    func theEstablishedBeatAtOnce(scope: String, sent: UInt64) throws {
        let result = try result(
            "heartbeat: { interval: 30s, first: after }",
            ["{ at: 10s, foreground: \(scope) }"],
            duration: "45s"
        )
        #expect(result.heartbeats.sent == sent)
        #expect(result.heartbeats.answered == sent)
        #expect(result.heartbeats.missed == 0)
    }

    /// A NAT forgot everybody at 5 s: those with the app open know 2 s after they opened it.
    @Test func openingTheAppFindsOut() throws {
        let result = try result(
            "heartbeat: { interval: 10m, first: after, misses: 1, timeout: 2s }",
            ["{ at: 5s, expireNat: {} }", "{ at: 20s, foreground: { count: 60 } }"]
        )
        #expect(result.disconnects.total == 60)
        #expect(result.disconnects.unexplained == 0)
        let detection = try #require(result.detection.byCause["expire-nat"])
        #expect(abs(try #require(detection.min) - 17) < 0.01)
        #expect(abs(try #require(detection.max) - 17) < 0.01)
    }

    /// Settled at 100 s, it beats every 10 s while it is open, where it would have beaten once or not at all.
    @Test func adaptiveHeartbeatsStayAtTheirMinimum() throws {
        let mars = "{ strategy: adaptive, minimum: 10s, maximum: 110s, step: 90s, margin: 10s, successes: 1 }"
        func sent(_ timeline: [String]) throws -> UInt64 {
            let result = try result("heartbeat: \(mars)", timeline, duration: "2000s")
            #expect(result.heartbeats.longestSafeIntervalSeconds == 100)
            #expect(result.disconnects.total == 0)
            return try #require(result.heartbeats.sent)
        }
        let alone = try sent(["{ at: 1900s, resume: {} }"])
        let opened = try sent(["{ at: 1000s, for: 95s, foreground: {} }"])
        let toTheEnd = try sent(["{ at: 1000s, foreground: {} }"])
        // From 1000 s on: at once and nine more, then 10 s after the last and every 100 s; it beat every 100 s before.
        #expect(opened >= alone + 900 && opened <= alone + 1100)
        #expect(toTheEnd >= alone + 8900 && toTheEnd <= alone + 9200)
    }
}
