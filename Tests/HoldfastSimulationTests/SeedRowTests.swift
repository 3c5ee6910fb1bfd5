import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// What the articles on long connections say, row by row, as far as a simulation can show it.
@Suite struct SeedRowTests {
    static func run(_ text: String) throws -> RunResult {
        Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
    }

    static func frozen(_ heartbeat: String, duration: String = "60s") throws -> RunResult {
        try run(
            """
            name: frozen
            sessions: 1000
            target: { gateways: 2 }
            heartbeat: \(heartbeat)
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 1000/s }
            duration: \(duration)
            timeline: [ { at: 20s, freeze: { gateway: 0 } } ]
            """
        )
    }

    /// Row 11: of a killed process the kernel closes the connections; everybody notices within a second.
    @Test func aKilledProcessIsNoticedAtOnce() throws {
        let result = try Self.run(
            """
            name: killed
            sessions: 1000
            target: { gateways: 2 }
            reconnect: { policy: fixed, delay: 1s }
            duration: 20s
            timeline: [ { at: 5s, kill: { gateway: 0 } } ]
            """
        )
        let detection = try #require(result.detection.byCause["kill"])
        #expect(detection.count == 500)
        #expect(try #require(detection.max) < 1)
        #expect(result.disconnects.byMechanism["fin"] == 500)
    }

    /// Rows 12 and 21: 3 s and a silence of 15 s detect in (12, 15] s; five misses with a timeout of 3 s in (15, 18] s,
    /// which breaks the article's promise.
    @Test(arguments: [("{ preset: article-3x5 }", 12.0, 15.0), ("{ interval: 3s, misses: 5, timeout: 3s }", 15, 18)])
    func aFrozenGateway(heartbeat: String, least: Double, most: Double) throws {
        let result = try Self.frozen(heartbeat)
        let detection = try #require(result.detection.byCause["freeze"])
        #expect(detection.count == 500)
        #expect(try #require(detection.min) > least - 0.001)
        #expect(try #require(detection.max) < most + 0.001)
    }

    /// Rows 16 and 20: three rounds of 60 s detect in 120 to 180 s.
    @Test func threeRoundsOfSixtySeconds() throws {
        let result = try PlanRuns.run("ping-3-rounds")
        #expect(result.verdict == .pass, "\(result.reasons)")
        let detection = try #require(result.detection.byCause["freeze"])
        #expect(detection.count == 500)
        #expect(try #require(detection.min) >= 119.9)
        #expect(try #require(detection.max) <= 180.1)
    }

    /// Row 23: 100,000 sessions at 30 s are 3,333 beats a second; a tenth of them is a tenth of that.
    @Test func whatAnIntervalCosts() throws {
        let result = try Self.run(
            """
            name: cost
            sessions: 10000
            target: { gateways: 2 }
            heartbeat: { interval: 30s }
            establish: { rate: 10000/s }
            duration: 60s
            """
        )
        let perSecond = Double(try #require(result.heartbeats.sent)) / 60
        #expect(abs(perSecond - 333.3) < 5, "\(perSecond)")
    }

    /// Row 29 and the arithmetic of row 51: who beats less often than a gateway waits is cut, and nobody else. Of
    /// intervals from 4 to 12 minutes none exceeds 900 s, a quarter 600 s, seven eighths 300 s.
    @Test(arguments: [(900, 0.0), (600, 0.25), (300, 0.875)])
    func anIdleTimeoutBelowTheIntervalCutsTheSession(idleSeconds: Int, expected: Double) throws {
        let result = try Self.run(
            """
            name: enterprise
            sessions: 4000
            target: { gateways: 2, gateway: { idleTimeout: \(idleSeconds)s } }
            heartbeat: { preset: enterprise }
            reconnect: { policy: none }
            establish: { rate: 10000/s }
            duration: 40m
            """
        )
        let stopped = Double(try #require(result.sessions.stopped.byReason["gave-up"] ?? nil)) / 4000
        // Binomial: five standard deviations are at most 0.034.
        #expect(abs(stopped - expected) < (expected == 0 ? 1e-9 : 0.035), "\(stopped)")
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
        #expect(result.disconnects.unexplained == 0)
    }

    /// Row 24: whoever lost a connection to a gateway leaves it alone for 60 s.
    ///
    /// Half of 1,000 sessions are on the gateway that dies; when all reconnect, the others take either, so a quarter
    /// of all come to it, and half once the quarantine is over. Five standard deviations of 1,000 coins are 79.
    @Test(arguments: [(50, 250.0), (90, 500)])
    func quarantineKeepsSessionsAway(dropAt: Int, expected: Double) throws {
        let result = try Self.run(
            """
            name: quarantine
            sessions: 1000
            target: { gateways: 2, via: client, algorithm: random }
            reconnect: { policy: fixed, delay: 1s, quarantine: 60s }
            duration: 100s
            timeline:
              - { at: 5s, for: 500ms, kill: { gateway: 0 } }
              - { at: \(dropAt)s, drop: { fraction: 100%, return: 1s } }
            """
        )
        let populations = PlanRuns.populations(result)
        #expect(abs(Double(populations[0]) - expected) < 79, "\(populations)")
        #expect(populations[0] + populations[1] == 1000)
    }

    /// Row 32: without a heartbeat a frozen gateway is never noticed.
    @Test func noHeartbeatNoticesNothing() throws {
        let result = try Self.frozen("{ strategy: none }", duration: "10m")
        #expect(result.disconnects.total == 0)
    }

    /// Row 33: when only the gateway judges, and it is the gateway that stands still, nobody moves in 120 s.
    @Test func aReportedHeartbeatNoticesNothing() throws {
        let result = try Self.frozen("{ strategy: reported, interval: 3s, silence: 15s }", duration: "140s")
        #expect(result.disconnects.total == 0)
        let proper = try Self.frozen("{ preset: article-3x5 }", duration: "140s")
        #expect(proper.disconnects.total == 500)
    }

    /// Row 40: five minutes down and five attempts: exactly five each, then everybody has stopped.
    @Test func givingUp() throws {
        let result = try PlanRuns.run("give-up")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.connects.failed.byReason["refused"] == 1000)
        #expect(result.sessions.stopped.byReason["gave-up"] == 200)
        #expect(result.sessions.establishedAtEnd == 0)
    }

    /// Row 41: who stays tries as long as the outage lasts; who switches needs about one attempt.
    @Test func stayingMultipliesAttempts() throws {
        func attempts(_ onFailure: String) throws -> Double {
            let result = try Self.run(
                """
                name: stay
                sessions: 400
                target: { gateways: 4, via: client, algorithm: sticky }
                reconnect: { policy: fixed, delay: 1s, onFailure: \(onFailure) }
                duration: 40s
                timeline: [ { at: 5s, for: 30s, kill: { gateway: 0 } } ]
                """
            )
            return try #require(result.connects.attemptsPerRestore)
        }
        #expect(try attempts("stay") >= 29)
        #expect(try attempts("switch") == 1)
    }

    /// Row 43: one of four dead and nobody checking: 4/3 attempts a restore; with a check one.
    @Test func withoutAHealthCheck() throws {
        let without = try PlanRuns.run("no-health-check")
        #expect(without.verdict == .pass, "\(without.reasons)")
        // Geometric with 3/4: mean 1.333, variance 0.444; five standard errors of about 250 are 0.21.
        #expect(abs(try #require(without.connects.attemptsPerRestore) - 4.0 / 3) < 0.21)
        let checked = "target.balancer={ healthCheck: passive }"
        let with = try PlanRuns.run("no-health-check", [checked, "expect=[]"])
        #expect(with.connects.attemptsPerRestore == 1)
    }

    /// Row 44: every algorithm under one churn ends the same sessions at the same moments.
    @Test func everyAlgorithmSeesTheSameChurn() throws {
        var totals: Set<UInt64> = []
        for algorithm in ["round-robin", "random", "least-connections", "power-of-two", "rendezvous", "source-hash"] {
            let result = try Self.run(
                """
                name: churn
                sessions: 500
                target: { gateways: 5, algorithm: \(algorithm) }
                reconnect: { policy: fixed, delay: 500ms }
                churn: { lifetime: { mean: 10s } }
                duration: 30s
                """
            )
            totals.insert(try #require(result.disconnects.total))
        }
        #expect(totals.count == 1, "\(totals)")
    }
}
