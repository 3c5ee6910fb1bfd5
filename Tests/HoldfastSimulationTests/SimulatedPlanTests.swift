import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// The plans that a live run carries out give the same verdicts and populations in virtual time.
@Suite struct SimulatedPlanTests {
    @Test func unevenDepartures() throws {
        let result = try PlanRuns.run("uneven-departures")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(PlanRuns.populations(result) == [400, 100])
        #expect(result.gateways.map(\.ownConnectionsAtEnd) == [400, 100])
        let values = result.imbalance.atEnd
        #expect(values.maxOverMean == 1.6)
        #expect(values.cv == 0.6)
        #expect(values.gini.map { abs($0 - 0.3) < 1e-9 } == true)
        #expect(values.hoover.map { abs($0 - 0.3) < 1e-9 } == true)
        #expect(values.jain.map { abs($0 - 0.7353) < 1e-4 } == true)
        #expect(result.disconnects.unexplained == 0)
        #expect(result.disconnects.total == 500)
        #expect(result.census.reconciled == true)
        #expect(result.mode == .simulated)
    }

    @Test(arguments: [("round-robin", [UInt64(650), 350], UInt64(1)), ("least-connections", [500, 500], 0)])
    func unevenReturn(algorithm: String, expected: [UInt64], tolerance: UInt64) throws {
        let result = try PlanRuns.run("uneven-return", ["target.algorithm=\(algorithm)"])
        for (count, expected) in zip(PlanRuns.populations(result), expected) {
            #expect(max(count, expected) - min(count, expected) <= tolerance)
        }
        #expect(result.census.reconciled == true)
    }

    @Test(arguments: ["rolling-restart", "haproxy", "nginx", "external-slb"])
    func rollingRestart(plan: String) throws {
        let result = try PlanRuns.run(plan)
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(PlanRuns.populations(result) == [45, 27, 0])
        let least = try PlanRuns.run(plan, ["target.algorithm=least-connections", "expect=[]"])
        #expect(PlanRuns.populations(least) == [36, 36, 0])
    }

    /// Round robin gives the one that restarted its turns of the six that come back, and no more; one that counts gives
    /// it all of them.
    @Test func restartOfOne() throws {
        let turns = try PlanRuns.run("restart-of-one")
        #expect(turns.verdict == .pass, "\(turns.reasons)")
        let counts = try PlanRuns.run("restart-of-one", ["target.algorithm=least-connections", "expect=[]"])
        #expect(PlanRuns.populations(counts)[1] == 6)
    }

    /// A third of twelve, or all of them.
    @Test func scaleOut() throws {
        let turns = try PlanRuns.run("scale-out")
        #expect(turns.verdict == .pass, "\(turns.reasons)")
        let counts = try PlanRuns.run("scale-out", ["target.algorithm=least-connections", "expect=[]"])
        #expect(PlanRuns.populations(counts)[2] == 12)
    }

    /// Workers that know nothing of each other: 18.1 sessions are expected on gateway 0, and 3.5 on gateway 9.
    @Test func workersOfTheirOwn() throws {
        let runs = try (1...20).map { seed in try PlanRuns.run("nginx-workers", seed: UInt64(seed)) }
        #expect(runs.allSatisfy { $0.verdict == .pass }, "\(runs.map(\.reasons))")
        func mean(_ gateway: Int) -> Double {
            runs.map { Double(PlanRuns.populations($0)[gateway]) }.reduce(0, +) / Double(runs.count)
        }
        // Of twenty means, whose standard deviation is below sqrt(16/4)/sqrt(20) = 0.45.
        #expect(abs(mean(0) - 18.1) < 1.8)
        #expect(abs(mean(9) - 3.5) < 1.8)
        let shared = try PlanRuns.run("nginx-workers", ["target.balancer={ shards: 16 }", "expect=[]"])
        #expect(PlanRuns.populations(shared) == [UInt64](repeating: 12, count: 10))
    }

    /// The gateway restarted i-th ends with mean * (q^n - q^i), q = n / (n - 1): max/mean 1.757 for ten.
    @Test func rollingRestartOfTen() throws {
        let overrides = ["target.gateways=10", "sessions=2000", "duration=82s", "expect=[]"]
        let result = try PlanRuns.run("rolling-restart", overrides)
        let worst = try #require(result.imbalance.atEnd.maxOverMean)
        #expect(abs(worst - 1.755) < 0.02)
        #expect(PlanRuns.populations(result)[9] == 0)
    }

    /// A frozen gateway's kernel still acknowledges: only the heartbeat notices, within (12 s, 15 s] of the freeze.
    @Test(arguments: [UInt64(1), 2, 3])
    func detect3x5(seed: UInt64) throws {
        let result = try PlanRuns.run("detect-3x5", seed: seed)
        #expect(result.verdict == .pass, "\(result.reasons)")
        let freeze = try #require(result.detection.byCause["freeze"])
        #expect(freeze.count > 400)
        #expect(try #require(freeze.min) >= 12 - 0.001)
        #expect(try #require(freeze.max) <= 15.001)
        #expect(result.disconnects.unexplained == 0)
    }
}
