import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Fleets that change on purpose, held to the closed forms.
@Suite struct FleetChangeTests {
    static func run(
        _ target: String,
        _ timeline: [String],
        sessions: Int = 1_200,
        expect: [String] = []
    ) throws -> RunResult {
        let text = """
            name: fleet
            sessions: \(sessions)
            target: { \(target) }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 2000/s }
            duration: 60s
            timeline: [\(timeline.joined(separator: ", "))]
            expect: [\(expect.map { "'\($0)'" }.joined(separator: ", "))]
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.disconnects.unexplained == 0)
        return result
    }

    // MARK: One less

    /// Survivors carry mean * n / (n - 1); on return nobody moves: max/mean n / (n - 1), CV 1 / sqrt(n - 1), Jain
    /// (n - 1) / n.
    @Test(arguments: [2, 3, 5, 10], ["least-connections", "round-robin"])
    func oneOfNIsDown(gateways: Int, algorithm: String) throws {
        let mean = 60 * (gateways - 1)
        let result = try PlanRuns.run(
            "capacity-n-minus-1",
            [
                "target.gateways=\(gateways)", "target.algorithm=\(algorithm)", "sessions=\(gateways * mean)",
                "expect=['gateways.connections{gateway=1} at 25s == \(60 * gateways)', "
                    + "'imbalance.maxOverMean at 25s == 1']",
            ]
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(PlanRuns.populations(result) == [0] + Array(repeating: UInt64(60 * gateways), count: gateways - 1))
        let n = Double(gateways)
        #expect(abs(try #require(result.imbalance.atEnd.maxOverMean) - n / (n - 1)) < 1e-9)
        #expect(abs(try #require(result.imbalance.atEnd.cv) - 1 / (n - 1).squareRoot()) < 1e-9)
        #expect(abs(try #require(result.imbalance.atEnd.jain) - (n - 1) / n) < 1e-9)
    }

    @Test func thePlanHolds() throws {
        let result = try PlanRuns.run("capacity-n-minus-1")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(PlanRuns.populations(result) == [0, 250, 250, 250, 250])
    }

    // MARK: Scaling

    /// n to n + k: max/mean (n + k) / n, Jain n / (n + k), CV sqrt(k / n), and it stays so while nobody comes.
    @Test(arguments: [(4, 6), (3, 4), (2, 6)])
    func scaleOutAloneMovesNobody(before: Int, after: Int) throws {
        let result = try Self.run("gateways: \(before)", ["{ at: 10s, phase: more, scale: { to: \(after) } }"])
        let (n, all) = (Double(before), Double(after))
        #expect(abs(try #require(result.imbalance.atEnd.maxOverMean) - all / n) < 1e-9)
        #expect(abs(try #require(result.imbalance.atEnd.jain) - n / all) < 1e-9)
        #expect(abs(try #require(result.imbalance.atEnd.cv) - ((all - n) / n).squareRoot()) < 1e-9)
        #expect(result.imbalance.phases.first?.worst.maxOverMean == 1)
        #expect(result.disconnects.total == 0)
        #expect(result.gateways.map(\.inServiceAtEnd) == Array(repeating: true, count: after))
        #expect(result.census.reconciled == true)
    }

    /// 400 of 1,200 leave the four old gateways evenly and come back to six: all to the new ones, or the same to each.
    @Test(arguments: [("least-connections", [UInt64(200), 200, 200, 200, 200, 200]), ("round-robin", [266, 66])])
    func arrivalsFillTheNew(algorithm: String, expected: [UInt64]) throws {
        let drops = (0..<4).map { "{ at: 20s, drop: { gateway: \($0), count: 100 } }" }
        let result = try Self.run(
            "gateways: 4, algorithm: \(algorithm)",
            ["{ at: 10s, scale: { to: 6 } }"] + drops
        )
        let populations = PlanRuns.populations(result)
        guard expected.count == 2 else { return #expect(populations == expected) }
        // 400 / 6 each, in whole sessions.
        for (gateway, count) in populations.enumerated() {
            let least = expected[gateway < 4 ? 0 : 1]
            #expect(count == least || count == least + 1)
        }
    }

    /// 6 to 4: the last two are asked to go, and the others get all of it.
    @Test(arguments: ["least-connections", "round-robin"])
    func scaleInMovesTheirSessions(algorithm: String) throws {
        let result = try Self.run("gateways: 6, algorithm: \(algorithm)", ["{ at: 10s, scale: { to: 4 } }"])
        #expect(PlanRuns.populations(result) == [300, 300, 300, 300, 0, 0])
        #expect(result.disconnects.total == 400)
        #expect(result.disconnects.byMechanism["goaway"] == 400)
        #expect(result.disconnects.byCause["consequence"] == 400)
        #expect(result.connects.attempted == 400)
        #expect(result.gateways.map(\.inServiceAtEnd) == [true, true, true, true, false, false])
        #expect(result.imbalance.atEnd.maxOverMean == 1)
        #expect(result.census.reconciled == true)
    }

    /// Gone and back: the ids are the same, and they begin empty.
    @Test func scaleInAndOutAgain() throws {
        let result = try Self.run(
            "gateways: 3",
            ["{ at: 10s, scale: { to: 1 } }", "{ at: 30s, scale: { to: 4 } }"],
            expect: ["gateways.connections{gateway=0} at 25s == 1200", "imbalance.maxOverMean at 25s == 1"]
        )
        #expect(PlanRuns.populations(result) == [1200, 0, 0, 0])
        #expect(result.imbalance.atEnd.maxOverMean == 4)
        #expect(result.gateways.map(\.inServiceAtEnd) == [true, true, true, true])
    }

    // MARK: Draining

    /// 300 sessions over 10 s are 30 a second; it is out of service for 20 s, and empty when it is back.
    @Test func aDrainIsEven() throws {
        let result = try Self.run(
            "gateways: 4",
            ["{ at: 10s, for: 20s, phase: drained, drain: { gateway: 0, over: 10s } }"],
            expect: [
                "gateways.connections{gateway=0} at 10s == 300", "gateways.connections{gateway=0} at 11s == 270",
                "gateways.connections{gateway=0} at 15s == 150", "gateways.connections{gateway=0} at 20s == 0",
                "gateways.connections{gateway=1} at 29s == 400", "imbalance.maxOverMean at 29s == 1",
            ]
        )
        #expect(PlanRuns.populations(result) == [0, 400, 400, 400])
        #expect(abs(try #require(result.imbalance.atEnd.maxOverMean) - 4.0 / 3) < 1e-9)
        #expect(result.disconnects.byMechanism["goaway"] == 300)
        // A policy of the fleet, as maxAge is.
        #expect(result.disconnects.byCause["scheduled"] == 300)
        #expect(result.disconnects.byCause["consequence"] == 0)
        #expect(result.faults[0].victims == 300)
    }

    @Test func aDrainWithoutAnEndKeepsItOut() throws {
        let result = try Self.run(
            "gateways: 2",
            ["{ at: 10s, drain: { gateway: 1, over: 0s } }", "{ at: 30s, drop: { fraction: 50% } }"]
        )
        #expect(PlanRuns.populations(result) == [1200, 0])
        #expect(result.gateways.map(\.inServiceAtEnd) == [true, false])
        #expect(result.connects.failed.byReason.values.allSatisfy { ($0 ?? 0) == 0 })
    }

    /// Whose turn goes on by itself is on gateway 1 next; who is told to is on gateway 2. Nobody else moves.
    @Test(arguments: [("", 1), (", to: 2", 2)])
    func aDrainMaySayWhereTo(target: String, next: Int) throws {
        let fleet = "gateways: 3, via: client, algorithm: round-robin"
        var expected = PlanRuns.populations(try Self.run(fleet, []))
        let moved = expected[0]
        expected[next] += moved
        expected[0] = 0
        let result = try Self.run(
            fleet,
            ["{ at: 10s, for: 20s, drain: { gateway: 0, over: 5s\(target) } }"],
            expect: ["gateways.connections{gateway=0} at 16s == 0"]
        )
        #expect(PlanRuns.populations(result) == expected)
        #expect(result.disconnects.total == moved)
        #expect(result.disconnects.byCause["scheduled"] == moved)
        #expect(result.connects.failed.byReason.values.allSatisfy { ($0 ?? 0) == 0 })
    }

    /// Whoever is sent to a gateway that is not there goes on as usual.
    @Test func whereToMayBeGone() throws {
        let result = try Self.run(
            "gateways: 3, via: client, algorithm: round-robin",
            ["{ at: 5s, kill: { gateway: 2 } }", "{ at: 20s, drain: { gateway: 0, over: 5s, to: 2 } }"]
        )
        #expect(PlanRuns.populations(result) == [0, 1200, 0])
        let refused = try #require(result.connects.failed.byReason["refused"] ?? nil)
        #expect(refused >= 600)
    }

    // MARK: A balancer that begins anew

    /// 400 of gateway 0 leave for 10 s. Who remembers 100 and 500 sends all of them back there; who does not, half.
    @Test(arguments: [("true", [UInt64(500), 500]), ("false", [300, 700])])
    func aReloadedBalancerForgetsItsCounts(keeps: String, expected: [UInt64]) throws {
        let result = try Self.run(
            "gateways: 2, algorithm: least-connections",
            [
                "{ at: 10s, drop: { gateway: 0, count: 400, return: 10s } }",
                "{ at: 15s, reloadBalancer: { keepCounts: \(keeps) } }",
                "{ at: 40s, drop: { count: 100, return: never } }",
            ],
            sessions: 1_000,
            expect: expected.enumerated().map { "gateways.connections{gateway=\($0)} at 30s == \($1)" }
        )
        #expect(result.sessions.establishedAtEnd == 900)
        #expect(result.gateways.map(\.balancerConnectionsAtEnd) == result.gateways.map(\.connectionsAtEnd))
        #expect(result.census.reconciled == true)
    }
}
