import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Imbalance after churn against what can be computed with pencil and paper: n gateways, mean m on each.
@Suite struct ClosedFormTests {
    static func plan(_ lines: String, algorithm: String = "round-robin", seed: UInt64 = 42) throws -> Plan {
        let text = """
            name: closed-form
            seed: \(seed)
            target: { via: embedded, gateways: 10, algorithm: \(algorithm) }
            heartbeat: { strategy: none }
            establish: { rate: 100000/s }
            \(lines)
            """
        return try Plan.parse(text: text, file: "plan.yaml")
    }

    static func populations(_ plan: Plan) -> [Double] {
        PlanRuns.populations(Simulation(plan: plan).run().result).map { Double($0) }
    }

    /// Mean over seeds of the variance of the populations at the end.
    static func variance(_ seeds: ClosedRange<UInt64>, _ algorithm: String, _ lines: String) throws -> Double {
        var sum = 0.0
        for seed in seeds {
            let x = populations(try plan(lines, algorithm: algorithm, seed: seed))
            let mean = x.reduce(0, +) / Double(x.count)
            sum += x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        }
        return sum / Double(seeds.count)
    }

    static let steady = """
        sessions: 1000
        reconnect: { policy: immediate }
        churn: { lifetime: { mean: 5s } }
        duration: 25s
        """

    /// Steady churn with immediate return: m (1 - 1/n) for random, half of it for round robin.
    ///
    /// The variance of ten populations has a relative standard deviation of sqrt(2/9) = 0.47, over 40 seeds 0.075; the
    /// bounds are four of them, and the two forms are a factor of two apart.
    @Test(arguments: [("random", 90.0), ("round-robin", 45.0)])
    func steadyChurn(algorithm: String, expected: Double) throws {
        let found = try Self.variance(1...40, algorithm, Self.steady)
        #expect(abs(found / expected - 1) < 0.3, "\(found)")
    }

    /// With the fewest connections in view nothing ever becomes uneven.
    @Test func steadyChurnWithLeastConnections() throws {
        let x = Self.populations(try Self.plan(Self.steady, algorithm: "least-connections"))
        #expect(x.max()! - x.min()! <= 2)
    }

    /// A fraction f leaves perfect balance and comes back by round robin: m f (1 - f) (1 - 1/n) N/(N - 1) = 37.8.
    @Test func bulkChurn() throws {
        let lines = """
            sessions: 2000
            reconnect: { policy: immediate }
            duration: 5s
            timeline: [ { at: 1s, drop: { fraction: 30% } } ]
            """
        let found = try Self.variance(1...40, "round-robin", lines)
        #expect(abs(found / 37.82 - 1) < 0.3, "\(found)")
    }

    /// Repeated: the fixed point is m (1 - 1/n) (1 - f) / (2 - f) = 74.1.
    @Test func repeatedBulkChurn() throws {
        let events = (1...12).map { "{ at: \($0)s, drop: { fraction: 30% } }" }.joined(separator: ", ")
        let lines = """
            sessions: 2000
            reconnect: { policy: immediate }
            duration: 15s
            timeline: [ \(events) ]
            """
        let found = try Self.variance(1...40, "round-robin", lines)
        #expect(abs(found / 74.1 - 1) < 0.3, "\(found)")
    }

    /// While one of ten is down the others carry m n/(n - 1), level; when it returns it stays empty.
    @Test func aGatewayThatReturnsStaysEmpty() throws {
        let lines = """
            sessions: 1800
            reconnect: { policy: fixed, delay: 1s }
            duration: 12s
            timeline: [ { at: 1s, for: 6s, phase: dead, kill: { gateway: 4 } } ]
            """
        let result = Simulation(plan: try Self.plan(lines)).run().result
        var x = PlanRuns.populations(result)
        #expect(x.remove(at: 4) == 0)
        #expect(x.allSatisfy { (199...201).contains($0) })
        let values = result.imbalance.atEnd
        #expect(abs(values.maxOverMean! - 10.0 / 9) < 0.01)
        #expect(abs(values.cv! - 1.0 / 3) < 0.005)
        #expect(abs(values.jain! - 0.9) < 0.005)
    }

    /// It fills with churn at rate r: m (1 - exp(-r t)), 90 % after 2.3 lifetimes; three standard deviations, 20 seeds.
    @Test(arguments: ["round-robin", "random"])
    func anEmptyGatewayFillsWithTheChurn(algorithm: String) throws {
        let lines = """
            sessions: 2000
            reconnect: { policy: immediate }
            churn: { lifetime: { mean: 5s } }
            duration: 14s
            timeline: [ { at: 0s, for: 2500ms, kill: { gateway: 4 } } ]
            """
        var sum = 0.0
        for seed in UInt64(1)...20 {
            sum += Self.populations(try Self.plan(lines, algorithm: algorithm, seed: seed))[4]
        }
        // A Poisson population of 180: its standard deviation is 13.4 at most, 3 of the mean of 20.
        #expect(abs(sum / 20 - 180) < 9, "\(sum / 20)")
    }

    /// With least connections it takes every arrival: full after 1/(n r) = 0.5 s.
    @Test func leastConnectionsFillAtOnce() throws {
        let lines = """
            sessions: 2000
            reconnect: { policy: immediate }
            churn: { lifetime: { mean: 5s } }
            duration: 5s
            timeline: [ { at: 0s, for: 3s, kill: { gateway: 4 } } ]
            """
        let result = Simulation(plan: try Self.plan(lines, algorithm: "least-connections")).run().result
        let x = PlanRuns.populations(result)
        #expect((198...202).contains(x[4]))
        // A normal rate is 40 a second; nearly all 400 of one second went there.
        #expect(try #require(result.gateways[4].acceptsPeakPerSecond) > 200)
    }

    /// Gateways that are added are empty: max/mean (n + k)/n, Jain n/(n + k), CV sqrt(k/n); here 8 and 2.
    @Test func gatewaysThatAreAddedAreEmpty() throws {
        let lines = """
            sessions: 1600
            reconnect: { policy: fixed, delay: 1s }
            duration: 12s
            timeline: [ { at: 0s, for: 6s, kill: { gateways: [8, 9] } } ]
            """
        let values = Simulation(plan: try Self.plan(lines)).run().result.imbalance.atEnd
        #expect(abs(values.maxOverMean! - 1.25) < 0.01)
        #expect(abs(values.jain! - 0.8) < 0.005)
        #expect(abs(values.cv! - 0.5) < 0.005)
    }

    static let rolling = """
        sessions: 2000
        reconnect: { policy: fixed, delay: 1s }
        duration: 85s
        timeline: [ { at: 1s, rollingRestart: { down: 3s, every: 8s } } ]
        """

    /// Everybody returns to the gateway that its hash prefers: the i-th restarted ends with 2 m (n - i)/(n - 1).
    ///
    /// Hashes deal like dice: at most 400 each, standard deviation below 20. The shares of a ring vary by another 8 %
    /// of 400 at most, which makes 38.
    @Test(arguments: [("rendezvous", 80.0), ("maglev", 80), ("consistent-hash", 152)])
    func aRollingRestartWithHashing(algorithm: String, bound: Double) throws {
        let x = Self.populations(try Self.plan(Self.rolling, algorithm: algorithm))
        for (index, count) in x.enumerated() {
            let expected = 400 * Double(9 - index) / 9
            #expect(abs(count - expected) < bound, "gateway \(index): \(count)")
        }
        #expect(x[9] == 0)
    }

    /// All but the last carry m n/(n - 1), the last nothing: CV 1/sqrt(n - 1).
    @Test func aRollingRestartWithLeastConnections() throws {
        let result = Simulation(plan: try Self.plan(Self.rolling, algorithm: "least-connections")).run().result
        let x = PlanRuns.populations(result)
        #expect(x[9] == 0)
        #expect(x[..<9].allSatisfy { (221...224).contains($0) })
        #expect(abs(result.imbalance.atEnd.cv! - 1.0 / 3) < 0.005)
    }

    /// Two choices lie between: max/mean 1.41 and CV 0.48, as a mean over seeds.
    @Test func aRollingRestartWithTwoChoices() throws {
        var worst = 0.0
        var cv = 0.0
        for seed in UInt64(1)...5 {
            let plan = try Self.plan(Self.rolling, algorithm: "power-of-two", seed: seed)
            let values = Simulation(plan: plan).run().result.imbalance.atEnd
            worst += values.maxOverMean! / 5
            cv += values.cv! / 5
        }
        #expect(abs(worst - 1.41) < 0.06, "\(worst)")
        #expect(abs(cv - 0.48) < 0.04, "\(cv)")
    }
}
