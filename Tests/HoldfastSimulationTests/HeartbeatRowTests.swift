import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// What the articles say on heartbeats, row by row, where a whole run shows it.
@Suite struct HeartbeatRowTests {
    /// Row 30: what Mars finds out about a network; below its minimum it never settles and never stops failing.
    @Test(arguments: [("300s", 250.0), ("28m", 580), ("400s", 370)])
    func whereMarsSettles(aging: String, seconds: Double) throws {
        let result = try PlanRuns.run(
            "smart-heartbeat",
            ["target.middlebox.aging=\(aging)", "expect=[heartbeats.longestSafeIntervalSeconds == \(seconds)]"]
        )
        #expect(result.heartbeats.longestSafeIntervalSeconds == seconds)
        #expect(result.verdict == .pass, "\(result.reasons)")
    }

    /// Row 30: two failures a session at 300 s, as the plan says.
    @Test func marsOn300Seconds() throws {
        let result = try PlanRuns.run("smart-heartbeat")
        #expect(result.verdict == .pass, "\(result.reasons)")
    }

    @Test func marsBehind60Seconds() throws {
        let result = try PlanRuns.run("smart-heartbeat", ["target.middlebox.aging=60s", "expect=[]"])
        #expect(result.heartbeats.longestSafeIntervalSeconds == nil)
        // A cycle is 210 s, the wait of 8 s for the answer, and 1 s until it is back.
        #expect(try #require(result.disconnects.total) > 100 * 6 * 3600 / 225)
    }

    /// 20,070 s from the first beat, at admission, to the end of the search; t0 is at most 2.1 s after that.
    @Test(arguments: [(20_066, false), (20_071, true)])
    func howLongTheSearchTakes(seconds: Int, isSettled: Bool) throws {
        let result = try PlanRuns.run(
            "smart-heartbeat",
            ["target.middlebox.aging=28m", "duration=\(seconds)s", "expect=[]"]
        )
        #expect((result.heartbeats.longestSafeIntervalSeconds != nil) == isSettled)
        #expect(result.disconnects.total == 0)
    }

    // MARK: Who beats, and who judges

    static func run(_ heartbeat: String, _ rest: String = "", gateway: String = "{}") throws -> RunResult {
        try SeedRowTests.run(
            """
            name: beats
            sessions: 1000
            target: { gateways: 2, gateway: \(gateway) }
            heartbeat: \(heartbeat)
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 1000/s }
            duration: 5m
            \(rest)
            """
        )
    }

    /// Row 31: 1,000 sessions at 30 s are 33.3 pings a second from one side and 66.7 from both; whoever beats, it is
    /// answered, and nobody is missed.
    @Test(arguments: [("fixed", 1), ("server", 1), ("bidirectional", 2), ("reported", 1)])
    func bothDirectionsCostTwice(strategy: String, sides: Double) throws {
        let result = try Self.run("{ strategy: \(strategy), interval: 30s, silence: 90s }")
        let sent = try #require(result.heartbeats.sent)
        #expect(abs(Double(sent) - sides * 10_000) <= sides * 1000)
        #expect(try #require(result.heartbeats.answered) + 10 >= sent)
        #expect(result.heartbeats.missed == 0)
        #expect(result.disconnects.total == 0)
        #expect(try #require(result.heartbeats.bytes) >= sent * 20 - 200)
    }

    /// A frozen gateway, by who judges: the session within (12, 15] s wherever it hears beats or answers.
    @Test(arguments: [("fixed", true), ("server", true), ("bidirectional", true), ("reported", false)])
    func whoNoticesAFrozenGateway(strategy: String, isNoticed: Bool) throws {
        let result = try Self.run(
            "{ strategy: \(strategy), interval: 3s, silence: 15s }",
            "timeline: [ { at: 20s, freeze: { gateway: 0 } } ]"
        )
        let detection = try #require(result.detection.byCause["freeze"])
        #expect(detection.count == (isNoticed ? 500 : 0))
        guard isNoticed else { return }
        #expect(try #require(detection.min) > 11.99)
        #expect(try #require(detection.max) <= 15.001)
    }

    /// A client that is gone is noticed by gateways that judge, and by nobody where only clients do.
    @Test(arguments: [("fixed", UInt64(100)), ("server", 0), ("bidirectional", 0), ("reported", 0)])
    func whoNoticesADeadClient(strategy: String, ghosts: UInt64) throws {
        let result = try Self.run(
            "{ strategy: \(strategy), interval: 3s, silence: 15s }",
            "timeline: [ { at: 20s, vanish: { count: 100 } } ]"
        )
        let own = result.gateways.compactMap(\.ownConnectionsAtEnd).reduce(0, +)
        #expect(own == 900 + ghosts)
        #expect(result.sessions.stopped.byReason["departed"] == 100)
    }

    /// Row 28: whatever the plan says, sessions beat as the gateway tells them; and silence grows with the interval.
    @Test(arguments: [("10s", 20.0), ("60s", 20), ("20s", 5)])
    func theGatewayDictates(own: String, dictated: Double) throws {
        let result = try Self.run(
            "{ interval: \(own), silence: \(own == "60s" ? "120s" : "30s") }",
            gateway: "{ heartbeatInterval: \(Int(dictated))s }"
        )
        let expected = 1000 * 300 / dictated
        #expect(abs(Double(try #require(result.heartbeats.sent)) - expected) <= 1000)
        #expect(result.disconnects.total == 0)
    }
}
