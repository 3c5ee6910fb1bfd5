import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// A maximum age of connections as a remedy: what it costs, and how long it takes.
@Suite struct AgeFormTests {
    static func run(_ age: String, _ timeline: String = "", duration: String) throws -> RunResult {
        try SeedRowTests.run(
            """
            name: age
            sessions: 2000
            target: { gateways: 4, algorithm: random, gateway: { \(age) } }
            heartbeat: { interval: 60s }
            reconnect: { policy: fixed, delay: 10ms }
            establish: { rate: 2000/s }
            duration: \(duration)
            rebalance: { band: 15% }
            timeline: [ \(timeline) ]
            """
        )
    }

    /// Every session reconnects once an age, for ever: N / A a second. Ages of a session are independent draws of
    /// A (1 +- 0.1), so that 30 of them vary by less than a renewal.
    @Test func whatItCosts() throws {
        let result = try Self.run("maxAge: 60s, maxAgeJitter: 10%", duration: "30m")
        let disconnects = Double(try #require(result.disconnects.total))
        #expect(abs(disconnects / (2000 * 30) - 1) < 0.02, "\(disconnects)")
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
        #expect(result.disconnects.byMechanism["goaway"] == result.disconnects.total)
    }

    /// A gateway that comes back empty is filled within about an age, and never without one.
    @Test(arguments: [("maxAge: 60s, maxAgeJitter: 50%", true), ("drain: 10s", false)])
    func howLongARefillTakes(age: String, isFilled: Bool) throws {
        let kill = "{ at: 60s, for: 5s, phase: back, kill: { gateway: 0 } }"
        let result = try Self.run(age, kill, duration: "160s")
        let last = Double(try #require(result.gateways[0].connectionsAtEnd))
        // A quarter of 2,000 within four standard deviations of random placement, 77; else what little is left.
        #expect(isFilled ? abs(last - 500) < 78 : last < 1)
    }

    /// Without jitter everybody who came within a second leaves within a second, at every age again.
    @Test func aCohortComesBackAtEveryAge() throws {
        let spread = try Self.run("maxAge: 60s, maxAgeJitter: 50%", duration: "10m")
        let together = try Self.run("maxAge: 60s, maxAgeJitter: 0%", duration: "10m")
        let (calm, storm) = (try #require(spread.connects.peakPerSecond), try #require(together.connects.peakPerSecond))
        // 2,000 in the second in which they were established, against 2,000 / 60 s and its first wave.
        #expect(storm > 1500)
        #expect(calm < 300)
    }
}
