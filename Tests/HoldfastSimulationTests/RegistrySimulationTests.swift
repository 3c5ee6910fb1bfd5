import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Sessions that ask a registry where to go.
@Suite struct RegistrySimulationTests {
    static func run(_ target: String, _ timeline: String, _ lines: String = "") throws -> RunResult {
        let text = """
            name: registry
            target: { via: client, \(target) }
            heartbeat: { strategy: none }
            establish: { rate: 10000/s }
            duration: 40s
            timeline:
            \(timeline)
            \(lines)
            """
        return Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
    }

    /// Row 48: one of four is killed, or stands still, at 5 s, and the other sessions leave and come back later. Until
    /// its registration runs out a quarter of their picks is stale, 10 s later none is; who has its list from a file
    /// goes on for ever. Binomial: of 300 picks five standard deviations are 38.
    @Test(arguments: [
        ("kill", "refused", "registry: {}", 13_900, 75.0), ("kill", "refused", "registry: {}", 15_000, 0),
        ("freeze", "login-timeout", "registry: {}", 13_900, 75),
        ("freeze", "login-timeout", "registry: {}", 15_000, 0),
        ("kill", "refused", "registry: { source: static }", 15_000, 75),
    ])
    func stalePicksEndWithinTheTimeToLive(
        fault: String,
        reason: String,
        registry: String,
        milliseconds: Int,
        expected: Double
    ) throws {
        let result = try Self.run(
            "gateways: 4, algorithm: random, \(registry)",
            """
              - { at: 5s, \(fault): { gateway: 0 } }
              - { at: \(milliseconds)ms, drop: { gateways: [1, 2, 3], return: 0s } }
            """,
            "sessions: 400\nreconnect: { policy: none }"
        )
        let stale = Double(try #require(result.connects.failed.byReason[reason] ?? nil))
        #expect(abs(stale - expected) <= (expected == 0 ? 0 : 38), "\(stale)")
        #expect(result.disconnects.unexplained == 0)
    }

    /// Who stops politely says so: nobody goes there, however long a registration lives.
    /// Everybody is dropped at 10 s and comes back. Who still knows its answer is where it was; who asks again draws
    /// again, and of four gateways three are others.
    @Test(arguments: [("cache: 40s", true), ("cache: 5s", false), ("", false)])
    func whatIsRememberedIsNotAsked(cache: String, isSame: Bool) throws {
        let target = "gateways: 4, algorithm: random, registry: { \(cache) }"
        let lines = "sessions: 400\nreconnect: { policy: fixed, delay: 1s }"
        let before = try Self.run(target, "  - { at: 10s, registry: { shrinkTo: 100% } }", lines)
        let after = try Self.run(target, "  - { at: 10s, drop: {} }", lines)
        #expect(after.disconnects.total == 400)
        let isFound = before.gateways.map(\.connectionsAtEnd) == after.gateways.map(\.connectionsAtEnd)
        #expect(isFound == isSame)
    }

    /// Who finds that its gateway is gone asks at once, and nobody goes there a second time.
    @Test func whoFailsAsksAgain() throws {
        let result = try Self.run(
            "gateways: 4, algorithm: random, registry: { cache: 40s, ttl: 3s }",
            "  - { at: 5s, kill: { gateway: 0 } }\n  - { at: 15s, drop: { gateways: [1, 2, 3] } }",
            "sessions: 400\nreconnect: { policy: fixed, delay: 5s }"
        )
        #expect(result.connects.failed.byReason.values.compactMap(\.self).reduce(0, +) == 0)
        #expect(result.sessions.establishedAtEnd == 400)
    }

    @Test(arguments: [("graceful", false), ("kill", true)])
    func whoLeavesPolitelyIsOffTheListAtOnce(how: String, isPickedStill: Bool) throws {
        let result = try Self.run(
            "gateways: 4, algorithm: random, registry: { ttl: 30s }",
            """
              - { at: 5s, restart: { gateway: 0, how: \(how), down: 20s } }
              - { at: 7s, drop: { gateways: [1, 2, 3], return: 0s } }
            """,
            "sessions: 400\nreconnect: { policy: fixed, delay: 500ms, onFailure: stay }"
        )
        let refused = try #require(result.connects.failed.byReason["refused"] ?? nil)
        #expect((refused > 0) == isPickedStill, "\(refused)")
        #expect(result.sessions.establishedAtEnd == 400)
    }

    /// Reports stop at 5 s; everybody leaves at 20 s and comes back. A registry that protects itself sends them to
    /// where it last knew gateways; one that does not has an empty list, and its sessions go through the balancer, or
    /// nowhere.
    @Test(arguments: [
        ("selfProtection: true, fallback: none", UInt64(0), UInt64(400), "400 of its answers came from an old list"),
        ("selfProtection: false, fallback: none", 400, 0, "400 attempts found no gateway on its list and failed"),
        ("selfProtection: false, fallback: slb", 0, 400, "400 attempts found no gateway on its list and went through"),
    ])
    func withoutReports(settings: String, failed: UInt64, established: UInt64, note: String) throws {
        let result = try Self.run(
            "gateways: 4, algorithm: least-reported, registry: { \(settings) }",
            """
              - { at: 5s, registry: { pause: true } }
              - { at: 20s, drop: { return: 0s } }
            """,
            "sessions: 400\nreconnect: { policy: none }"
        )
        #expect(result.connects.failed.byReason["no-gateway"] == failed)
        #expect(result.sessions.establishedAtEnd == established)
        #expect(result.notes.contains { $0.hasPrefix(note) }, "\(result.notes)")
        guard established > 0 else { return }
        #expect(PlanRuns.populations(result) == [100, 100, 100, 100])
    }

    /// A pause shorter than the time to live costs nothing but fresh loads.
    @Test(arguments: [(5, UInt64(0)), (9, 0), (12, 400)])
    func aPauseEndsTheListWithTheTimeToLive(seconds: Int, failed: UInt64) throws {
        let result = try Self.run(
            "gateways: 4, algorithm: random, registry: { selfProtection: false, fallback: none }",
            """
              - { at: 5s, for: \(seconds)s, registry: { pause: true } }
              - { at: \(4 + seconds)s, drop: { return: 950ms } }
              - { at: 30s, resume: {} }
            """,
            "sessions: 400\nreconnect: { policy: none }"
        )
        #expect(result.connects.failed.byReason["no-gateway"] == failed)
        // By hand they find the list full again.
        #expect(result.sessions.establishedAtEnd == 400)
    }

    /// A list of 4 of 10 is not believed, one of 6 is, and one of 4 by who believes everything.
    @Test(arguments: [("true", 40, 10), ("true", 60, 6), ("false", 40, 4)])
    func aShrunkenListIsRefusedBelowHalf(protection: String, percent: Int, used: Int) throws {
        let result = try Self.run(
            "gateways: 10, algorithm: round-robin, registry: { selfProtection: \(protection) }",
            """
              - { at: 5s, for: 10s, registry: { shrinkTo: \(percent)% } }
              - { at: 8s, phase: shrunken, drop: { return: 1s } }
              - { at: 20s, phase: whole, drop: { return: 1s } }
            """,
            "sessions: 600"
        )
        let shrunken = try #require(result.imbalance.phases.first { $0.name == "shrunken" })
        let whole = try #require(result.imbalance.phases.first { $0.name == "whole" })
        let expected = 10 / Double(used)
        #expect(abs(try #require(shrunken.atEnd.maxOverMean) - expected) < 1e-9)
        #expect(whole.atEnd.maxOverMean == 1)
        #expect(result.faults[0].executed == [5, 15])
        #expect(result.disconnects.unexplained == 0)
    }

    /// Who keeps off the gateway that failed is sent elsewhere, unless the answer has one candidate only: the dead one
    /// has the fewest connections until its registration runs out, which is some 18 attempts later.
    @Test(arguments: [("candidates: 1", true), ("candidates: 2", false)])
    func theSecondCandidateSavesAttempts(candidates: String, isSlow: Bool) throws {
        let result = try Self.run(
            "gateways: 4, algorithm: least-reported, registry: { \(candidates), localIncrement: false }",
            """
              - { at: 2s, drop: { gateway: 0, count: 90, return: never } }
              - { at: 5s, for: 30s, kill: { gateway: 0 } }
              - { at: 6s, drop: { fraction: 20%, return: 0s } }
            """,
            "sessions: 400\nreconnect: { policy: fixed, delay: 500ms }"
        )
        #expect(result.sessions.establishedAtEnd == 310)
        let attempts = try #require(result.connects.attemptsPerRestore)
        #expect((attempts > 15) == isSlow, "\(attempts)")
    }

    /// Everybody leaves and comes back while etcd is gone, far longer than a lease lives: the last known list serves
    /// them all, even without self-protection.
    @Test(arguments: ["kill", "pause"])
    func withoutEtcdTheListIsKept(disturbance: String) throws {
        let result = try Self.run(
            "gateways: 4, algorithm: least-reported, registry: { source: etcd, selfProtection: false, fallback: none }",
            """
              - { at: 5s, registry: { \(disturbance): true }, for: 25s }
              - { at: 25s, drop: { return: 0s } }
              - { at: 35s, drop: { return: 0s } }
            """,
            "sessions: 400"
        )
        #expect(result.connects.failed.byReason.values.allSatisfy { ($0 ?? 0) == 0 })
        #expect(result.sessions.establishedAtEnd == 400)
        #expect(result.notes.contains { $0.hasPrefix("400 of its answers came from an old list: etcd was out of") })
    }

    @Test func anOutageIsSurvived() throws {
        let result = try PlanRuns.run("registry-outage")
        #expect(result.verdict == .pass, "\(result.reasons)")
    }
}
