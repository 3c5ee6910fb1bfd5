import HoldfastCore
import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// A balancer in front of a host without power: its connects are swallowed, and it learns when they time out.
@Suite struct BalancerConnectTests {
    /// A hundred sessions that nobody beats for are on gateway 0, whose host dies at 10 s. Each drop sends one of them
    /// back to the balancer, which takes the first gateway in service.
    private static func run(_ balancer: String, _ drops: [String], connect: String = "30s") throws -> RunResult {
        let events = drops.map { "{ at: \($0), drop: { count: 1, return: 0s } }" }
        return try SeedRowTests.run(
            """
            name: swallowed
            sessions: 100
            target: { gateways: 2, algorithm: first, gateway: { capacity: 100 }, balancer: { \(balancer) } }
            connect: { timeout: \(connect) }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 1000/s }
            duration: 90s
            timeline: [ { at: 10s, crash: { gateway: 0 } }, \(events.joined(separator: ", ")) ]
            """
        )
    }

    private static func failures(_ result: RunResult) -> UInt64 {
        result.connects.failed.byReason.values.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// Who comes before the balancer has learnt waits as long as the first; who comes after is on another gateway at
    /// once. A first segment takes a moment to the balancer.
    @Test(arguments: [(3_999, true), (4_001, false)])
    func whoComesBeforeTheTimeoutWaits(milliseconds: Int, waits: Bool) throws {
        let balancer = "connectTimeout: 4s, failTimeout: 60s"
        let result = try Self.run(balancer, ["20s", "\(20_000 + milliseconds)ms"])
        #expect(result.outageSeconds.count == 2)
        #expect(abs(try #require(result.outageSeconds.max) - 4) < 0.01)
        #expect(abs(try #require(result.outageSeconds.min) - (waits ? 4 : 0)) < 0.01)
        #expect(Self.failures(result) == 0)
        #expect(result.sessions.establishedAtEnd == 100)
    }

    /// It forgets again after the `failTimeout`, and learns anew: four seconds for the first that comes then.
    @Test(arguments: [(33_990, 0.0), (34_010, 4.0)])
    func itForgetsAfterTheFailTimeout(milliseconds: Int, outage: Double) throws {
        let result = try Self.run("connectTimeout: 4s, failTimeout: 10s", ["20s", "\(milliseconds)ms"])
        #expect(abs(try #require(result.outageSeconds.min) - outage) < 0.01)
    }

    /// A client with less patience than the balancer fails, and the balancer learns all the same; with more it is
    /// connected by its first attempt.
    @Test(arguments: [("3999ms", UInt64(1)), ("4001ms", 0)])
    func whoHasMorePatience(patience: String, failures: UInt64) throws {
        let result = try Self.run("connectTimeout: 4s, failTimeout: 60s", ["20s", "40s"], connect: patience)
        #expect(Self.failures(result) == failures)
        #expect((result.connects.failed.byReason["timeout"] ?? 0) == failures)
        #expect(abs(try #require(result.outageSeconds.min)) < 0.01)
        #expect(result.sessions.establishedAtEnd == 100)
    }

    /// One that looks at nothing keeps sending clients there, and tells each of them after the timeout: every 5 s.
    @Test func withoutAHealthCheckNothingIsLearnt() throws {
        let result = try Self.run("healthCheck: none, connectTimeout: 4s", ["20s"])
        #expect(Self.failures(result) == 14)
        #expect((result.connects.failed.byReason["reset"] ?? 0) == Self.failures(result))
    }

    /// Nobody is forgotten in the balancer's counts, whoever gave up first.
    @Test(arguments: ["3s", "4s", "5s"]) func countsStayRight(patience: String) throws {
        let plan = try Plan.parse(
            text: """
                name: counted
                sessions: 200
                target: { gateways: 3, algorithm: least-connections, balancer: { connectTimeout: 4s } }
                connect: { timeout: \(patience) }
                heartbeat: { preset: article-3x5 }
                reconnect: { policy: fixed, delay: 1s }
                establish: { rate: 1000/s }
                duration: 120s
                timeline: [ { at: 10s, for: 50s, crash: { gateway: 0 } } ]
                """,
            file: "plan.yaml"
        )
        let result = Simulation(plan: plan).run().result
        #expect(result.sessions.establishedAtEnd == 200)
        #expect(result.gateways.compactMap(\.connectionsAtEnd).reduce(0, +) == 200)
        #expect(result.disconnects.unexplained == 0)
    }
}
