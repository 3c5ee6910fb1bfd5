import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// Gateways that take their time, in whole runs.
@Suite struct FrontDoorRunTests {
    static func killed(_ door: String, backoff: String = "{ policy: fixed, delay: 100ms }") throws -> RunResult {
        try SeedRowTests.run(
            """
            name: door
            sessions: 1000
            target: { gateways: 2, gateway: { \(door) } }
            heartbeat: { interval: 30s }
            reconnect: \(backoff)
            connect: { timeout: 30s, loginTimeout: 30s }
            establish: { rate: 50/s }
            duration: 60s
            timeline: [ { at: 10s, kill: { gateway: 0 } } ]
            """
        )
    }

    /// 500 that come back at once to a gateway that accepts 100, or logs in 50, a second need 5, or 10 seconds.
    @Test(arguments: [("acceptRate: 100/s", 5.0), ("loginTime: 20ms", 10), ("acceptRate: 50/s, loginTime: 1ms", 10)])
    func aStormTakesItsTime(door: String, seconds: Double) throws {
        let result = try Self.killed(door)
        #expect(abs(try #require(result.restore.seconds100) - seconds - 0.1) < 0.1)
        #expect(result.connects.attempted == 500)
        #expect(result.disconnects.total == 500)
    }

    /// With room for a hundred the other four hundred come again when their kernels repeat their first segments, a
    /// second apart: nobody's program notices, and it takes as long.
    @Test func aFullQueueMakesKernelsRepeat() throws {
        let result = try Self.killed("acceptRate: 100/s, backlog: 100")
        #expect(result.connects.attempted == 500)
        #expect(result.sessions.establishedAtEnd == 1000)
        #expect(try #require(result.restore.seconds100) >= 4)
        #expect(result.reasons.isEmpty)
    }
}
