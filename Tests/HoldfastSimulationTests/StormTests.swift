import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// How large a storm is when everybody is cut off at once, by the policy with which they come back.
@Suite struct StormTests {
    static let sessions = 4000

    /// Everybody leaves at 5 s; establishing is slow so that no second of it is larger than a storm.
    static func peak(_ reconnect: String) throws -> Double {
        let text = """
            name: storm
            sessions: \(sessions)
            target: { gateways: 4 }
            heartbeat: { strategy: none }
            reconnect: \(reconnect)
            establish: { rate: 200/s }
            duration: 30s
            timeline: [ { at: 5s, drop: { fraction: 100% } } ]
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.connects.attempted == UInt64(sessions))
        #expect(result.sessions.establishedAtEnd == UInt64(sessions))
        return try #require(result.connects.peakPerSecond)
    }

    /// Without a spread everybody is back in the same second.
    @Test(arguments: [
        "{ policy: immediate }", "{ policy: fixed, delay: 4s }", "{ preset: phoenix }",
        "{ policy: exponential, base: 8s, cap: 60s, jitter: none }",
    ])
    func withoutJitterTheHerdStaysTogether(reconnect: String) throws {
        #expect(try Self.peak(reconnect) == Double(Self.sessions))
    }

    /// Spread evenly over w seconds, a second has N/w of them, binomially.
    ///
    /// The standard deviation is sqrt(N/w (1 - 1/w)) <= 29.4 for w >= 3.2. The largest of at most ten seconds exceeds
    /// N/w by five of them, 147, in less than 1 of 300,000 draws. At the least it is N shared by w + 2 seconds.
    @Test(arguments: [("full", 8, 8.0), ("equal", 8, 4), ("proportional", 8, 3.2), ("decorrelated", 4, 8)])
    func jitterDividesThePeakByItsWidth(jitter: String, base: Int, width: Double) throws {
        let peak = try Self.peak("{ policy: exponential, base: \(base)s, cap: 60s, jitter: \(jitter) }")
        let mean = Double(Self.sessions) / width
        #expect(peak < mean + 147, "\(peak)")
        #expect(peak > Double(Self.sessions) / (width + 2), "\(peak)")
    }

    /// A gateway of n that dies sends N/n after another door, and each survivor takes N/n/(n - 1) of them.
    @Test(arguments: [2, 4, 5])
    func aDeadGatewaySendsItsShare(gateways: Int) throws {
        let text = """
            name: dead
            sessions: 4000
            target: { gateways: \(gateways) }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 1s }
            duration: 10s
            timeline: [ { at: 5s, kill: { gateway: 0 } } ]
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.disconnects.byCause["consequence"] == UInt64(4000 / gateways))
        #expect(result.connects.attempted == UInt64(4000 / gateways))
        let each = 4000.0 / Double(gateways - 1)
        for count in PlanRuns.populations(result)[1...] { #expect(abs(Double(count) - each) <= 1) }
        #expect(try #require(result.imbalance.atEnd.maxOverMean) < 1 + 1 / each)
    }

    /// Connections that live A on average cost N/A connects a second for ever: 1000 sessions, 10 s, 100 s: 10,000.
    ///
    /// Independent exponential lives make a Poisson count of standard deviation 100; five of them.
    @Test func whatLifetimesCost() throws {
        let text = """
            name: cost
            sessions: 1000
            target: { gateways: 4 }
            heartbeat: { strategy: none }
            reconnect: { policy: immediate }
            churn: { lifetime: { mean: 10s } }
            duration: 100s
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        let total = Double(try #require(result.disconnects.total))
        #expect(abs(total - 10_000) < 500, "\(total)")
    }
}
