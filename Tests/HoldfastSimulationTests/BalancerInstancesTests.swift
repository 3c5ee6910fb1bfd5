import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// What independent balancers do to algorithms that count.
@Suite struct BalancerInstancesTests {
    /// 1,000 sessions on 10 gateways, each reconnecting about five times.
    static func lines(_ instances: Int) -> String {
        """
        sessions: 1000
        reconnect: { policy: immediate }
        churn: { lifetime: { mean: 5s } }
        duration: 25s
        target: { gateways: 10, algorithm: least-connections, balancer: { instances: \(instances) } }
        """
    }

    static func populations(_ instances: Int, seed: UInt64) throws -> [Double] {
        let text = """
            name: instances
            seed: \(seed)
            heartbeat: { strategy: none }
            establish: { rate: 100000/s }
            \(lines(instances))
            """
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        return PlanRuns.populations(Simulation(plan: plan).run().result).map { Double($0) }
    }

    /// Each instance is level by itself; what does not divide by ten lies anywhere. With r of them left over its counts
    /// have variance (r/n) (1 - r/n), and those of independent instances add up.
    static func expected(_ count: Int) -> Double {
        let balancer = Balancer(algorithm: .leastConnections, gateways: 10, seed: Seed(1))
        let instances = BalancerInstances(balancer, count: count)
        var passed = [Int](repeating: 0, count: count)
        for session in SessionID(0)..<1_000 { passed[instances.instance(of: session)] += 1 }
        return passed.reduce(0) { sum, sessions in
            let rest = Double(sessions % 10) / 10
            return sum + rest * (1 - rest)
        }
    }

    /// The variance of ten populations has a relative standard deviation of 0.47, over 40 seeds 0.075; four of them.
    @Test(arguments: [16, 64]) func leastConnectionsOfManyIsUneven(count: Int) throws {
        let expected = Self.expected(count)
        #expect(expected > Double(count) / 10)
        var sum = 0.0
        for seed in UInt64(1)...40 {
            let x = try Self.populations(count, seed: seed)
            let mean = x.reduce(0, +) / 10
            sum += x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10
        }
        #expect(abs(sum / 40 / expected - 1) < 0.3, "\(sum / 40) instead of \(expected)")
    }

    /// One that sees everything has nothing left over: 100 on each, but for those on their way.
    @Test func leastConnectionsOfOneIsEven() throws {
        #expect(Self.expected(1) == 0)
        for seed in UInt64(1)...5 {
            let x = try Self.populations(1, seed: seed)
            #expect(x.max()! - x.min()! <= 2)
        }
    }
}
