import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// `connect.rateLimit`: attempts that are due wait for their turn.
@Suite struct RateLimitRunTests {
    /// All of 1,000 sessions are dropped at once and come back at once, as far as they may.
    private func run(_ connect: String = "connect: { rateLimit: 100/s }", segments: Int = 1) throws -> RunResult {
        let text = """
            name: limited
            sessions: 1000
            target: { gateways: 3, via: client, algorithm: random }
            heartbeat: { interval: 30s }
            reconnect: { policy: immediate }
            establish: { rate: 100/s, timeout: 60s }
            duration: 30s
            timeline: [{ at: 5s, drop: { fraction: 100% } }]
            \(connect)
            """
        let plan = try PlanReader.read(text: text, file: "limited.yaml").plan
        return Simulation(plan: plan, segments: segments).run().result
    }

    /// Three go at once, the other 997 one each 10 ms: the last one 9.97 s after the drop, and two round trips later it
    /// is admitted.
    @Test func sessionsComeBackOneAfterTheOther() throws {
        let result = try run()
        #expect(result.connects.attempted == 1_000)
        #expect(result.connects.succeeded == 1_000)
        #expect(result.connects.askedPeakPerSecond == 1_000)
        #expect(result.connects.peakPerSecond == 100)
        // At the cut one second after the drop, before what is due at that instant.
        #expect(result.connects.duePeak == 898)
        let last = try #require(result.restore.seconds100)
        #expect((9.97..<9.98).contains(last))
    }

    @Test func segmentsAreNoDifference() throws {
        let runs = try [1, 7].map { try run(segments: $0) }
        #expect(runs[0].eventHash == runs[1].eventHash)
        #expect(runs[0].connects == runs[1].connects)
    }

    /// 20 ms of it are more than all sessions.
    @Test func aLimitThatNobodyReachesIsNone() throws {
        let (limited, free) = (try run("connect: { rateLimit: 1000000/s }"), try run(""))
        #expect(limited.eventHash == free.eventHash)
        #expect(limited.connects == free.connects)
        #expect(free.connects.duePeak == 0)
    }

    /// Whoever is refused on the spot stands in line again: 10 s of 20 a second, and the one for each that is let in.
    @Test func attemptsThatFailAtOnceGoNoFaster() throws {
        let text = """
            name: limited
            sessions: 50
            target: { gateways: 1, via: client }
            heartbeat: { interval: 30s }
            reconnect: { policy: immediate }
            connect: { rateLimit: 20/s }
            establish: { rate: 20/s }
            duration: 30s
            timeline: [{ at: 5s, for: 10s, kill: { gateway: 0 } }]
            """
        let result = Simulation(plan: try PlanReader.read(text: text, file: "limited.yaml").plan).run().result
        let attempted = try #require(result.connects.attempted)
        #expect((245...255).contains(attempted))
        #expect(result.sessions.establishedAtEnd == 50)
    }
}
