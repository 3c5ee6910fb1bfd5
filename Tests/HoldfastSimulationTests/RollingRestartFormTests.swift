import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Rolling restarts against their closed form: q = n/(n - 1), the gateway restarted i-th ends with m (q^n - q^i).
@Suite struct RollingRestartFormTests {
    static func run(
        gateways: Int,
        mean: Int,
        algorithm: String,
        via: String = "embedded",
        seed: UInt64 = 42
    ) throws -> RunResult {
        let text = """
            name: rolling
            seed: \(seed)
            sessions: \(gateways * mean)
            target: { gateways: \(gateways), via: \(via), algorithm: \(algorithm) }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 100000/s }
            duration: \(8 * gateways + 5)s
            timeline: [ { at: 1s, rollingRestart: { down: 3s, every: 8s } } ]
            """
        return Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
    }

    /// What each gateway ends with, in the order of their restarts.
    static func expected(gateways: Int, mean: Int) -> [Double] {
        let q = Double(gateways) / Double(gateways - 1)
        func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * q } }
        return (1...gateways).map { Double(mean) * (power(gateways) - power($0)) }
    }

    /// With m a power of n - 1 every share is whole, so round robin meets the form itself; 256 on five misses by less
    /// than a session in the last share alone.
    @Test(arguments: [(2, 100), (3, 24), (4, 81), (5, 256)])
    func roundRobin(gateways: Int, mean: Int) throws {
        let result = try Self.run(gateways: gateways, mean: mean, algorithm: "round-robin")
        let found = PlanRuns.populations(result)
        for (count, expected) in zip(found, Self.expected(gateways: gateways, mean: mean)) {
            #expect(abs(Double(count) - expected) <= 1, "\(found)")
        }
        #expect(found.last == 0)
    }

    /// The i-th restart moves m q^(i - 1) sessions, all together m (n - 1) (q^n - 1): 81 * 3 * (256/81 - 1) = 525, and
    /// each of them needs one attempt.
    @Test func whatItMoves() throws {
        let result = try Self.run(gateways: 4, mean: 81, algorithm: "round-robin")
        #expect(result.disconnects.total == 525)
        #expect(result.connects.succeeded == 525)
        #expect(result.connects.attemptsPerRestore == 1)
        #expect(result.disconnects.unexplained == 0)
    }

    /// Under `random` sessions move independently of each other, so a population is binomial with the form as its mean.
    ///
    /// Its variance is below E (1 - E/N) <= 81; the mean of 20 seeds has a standard deviation below 2.02. Five of them,
    /// for four gateways: a wrong alarm in less than 1 of 400,000 draws of the seeds.
    @Test func random() throws {
        let seeds = UInt64(1)...20
        var sums = [Double](repeating: 0, count: 4)
        for seed in seeds {
            let result = try Self.run(gateways: 4, mean: 81, algorithm: "random", seed: seed)
            for (gateway, count) in PlanRuns.populations(result).enumerated() { sums[gateway] += Double(count) }
        }
        for (sum, expected) in zip(sums, Self.expected(gateways: 4, mean: 81)) {
            #expect(abs(sum / 20 - expected) < 10.1, "\(sums.map { $0 / 20 })")
        }
    }

    /// Whose home is down goes to its second choice and stays until that one restarts: the i-th restarted ends with
    /// those at home there, less what its own restart drove away, and those that come home: 2 m (n - i)/(n - 1).
    ///
    /// Homes and second choices are what the ring says, so the populations are known to the session, for a balancer
    /// that has the ring and for sessions that have it themselves.
    @Test(arguments: ["embedded", "client"]) func consistentHash(via: String) throws {
        let (gateways, sessions) = (5, SessionID(1_000))
        var balancer = Balancer(algorithm: .consistentHash, gateways: gateways, seed: Seed(42))
        let homes = (0..<sessions).map { balancer.pick(session: $0, ordinal: 0, now: .zero) }
        var places = homes
        for gone in 0..<GatewayID(gateways) {
            let now = Instant.zero + .seconds(Int64(gone))
            _ = balancer.pickAgain(after: gone, session: 0, ordinal: 0, attempt: 9, now: now)
            for session in 0..<sessions where places[Int(session)] == gone {
                places[Int(session)] = balancer.pick(session: session, ordinal: 0, now: now)
            }
        }
        let expected = (0..<GatewayID(gateways)).map { gateway in UInt64(places.count { $0 == gateway }) }
        let result = try Self.run(gateways: gateways, mean: 200, algorithm: "consistent-hash", via: via)
        #expect(PlanRuns.populations(result) == expected)
        #expect(expected.last == 0)
    }
}
