import HoldfastPlan
import HoldfastResult
import Testing

/// Clients that move between carriers: each has a middlebox of its own, and what an adaptive heartbeat learnt there.
@Suite struct NetworkSwitchTests {
    /// Mars behind 300 s, from 6 h on behind the 28 minutes of `us-4g`, and from 13 h on back home.
    private static let there = "{ at: 6h, switchNetwork: { network: us-4g } }"
    private static let back = "{ at: 13h, switchNetwork: { network: home } }"

    private static func mars(_ duration: String, _ events: [String]) throws -> RunResult {
        let timeline = "timeline=[ \(events.joined(separator: ", ")) ]"
        return try PlanRuns.run("smart-heartbeat", ["duration=\(duration)", "expect=[]", timeline])
    }

    /// 250 s at home; 20,070 s of climbing to 580 s abroad without one failure; 250 s again as soon as it is back.
    @Test(arguments: [
        (21_599, [], 250.0), (43_200, [there], 580), (46_799, [there], 580), (46_860, [there, back], 250),
        (57_600, [there, back], 250),
    ])
    func whatWasLearntIsKeptForEachNetwork(duration: Int, events: [String], seconds: Double) throws {
        let result = try Self.mars("\(duration)s", events)
        #expect(result.heartbeats.longestSafeIntervalSeconds == seconds)
        // Two failures each, in the one search that found a limit.
        #expect(result.disconnects.byMechanism["heartbeat"] == 200)
        #expect(result.disconnects.byCause["injected"] ?? 0 == UInt64(100 * events.count))
        #expect(result.disconnects.unexplained == 0)
    }

    /// Back home the beats are at 250 s after the three at the minimum that begin every connection: a search would go
    /// through 210 s and 270 s in the same time.
    @Test func beatsAreAtTheKnownIntervalAtOnce() throws {
        let events = [Self.there, Self.back]
        let before = try Self.mars("46802s", events)
        let after = try Self.mars("50800s", events)
        let sent = try #require(after.heartbeats.sent) - #require(before.heartbeats.sent)
        // 210, 420 and 630 s, then every 250 s up to 4,000 s: 13 more.
        #expect(sent == 100 * 16)
    }

    /// Who is not told stays on the connection that is dead, and searches where its next one begins.
    @Test func whoIsNotToldLearnsWhereItsNextConnectionBegins() throws {
        let event = "{ at: 6h, switchNetwork: { network: us-4g, known: false } }"
        let result = try Self.mars("12h", [event])
        #expect(result.heartbeats.longestSafeIntervalSeconds == 580)
        #expect(result.disconnects.byMechanism["heartbeat"] == 300)
        #expect(result.disconnects.byCause["consequence"] == 100)
    }

    private static func fixed(_ interval: String, _ timeline: String, timeScale: Int = 1) throws -> RunResult {
        try SeedRowTests.run(
            """
            name: moving
            sessions: 100
            target: { gateways: 2 }
            heartbeat: { interval: \(interval), silence: 180s }
            reconnect: { policy: fixed, delay: 1s }
            establish: { rate: 1000/s }
            duration: 30m
            timeScale: \(timeScale)
            timeline: [ \(timeline) ]
            """
        )
    }

    /// A beat just below the aging of the network that the client is on keeps the connection, one just above loses it:
    /// only there, only while it is there, and in the plan's time.
    @Test(arguments: [1, 10]) func theBoxOfTheOtherNetworkForgets(timeScale: Int) throws {
        let there = "{ at: 1m, switchNetwork: { network: china-mobile-4g } }"
        let lives = try Self.fixed("59s", there, timeScale: timeScale)
        #expect(lives.disconnects.byCause["injected"] == 100)
        #expect(lives.disconnects.total == 100)
        let dies = try Self.fixed("61s", there, timeScale: timeScale)
        // U(0, 61 s) to the first beat, 180 s of silence and a second until it is back: 1,740 / 211.5 cycles.
        let aged = try #require(dies.disconnects.byMechanism["heartbeat"] ?? nil)
        #expect((7 * 100...8 * 100 + 50).contains(aged))
        let back = "{ at: 90s, switchNetwork: { network: home } }"
        let brief = try Self.fixed("61s", "\(there), \(back)", timeScale: timeScale)
        #expect(brief.disconnects.byCause["injected"] == 200)
        #expect(brief.disconnects.total == 200)
    }

    /// One network is not another, even where boxes are alike; and a part of the sessions moves alone.
    @Test func onlyTheVictimsMove() throws {
        let event = "{ at: 1m, switchNetwork: { network: china-mobile-4g, count: 30 } }"
        let result = try Self.fixed("61s", event)
        #expect(result.disconnects.byCause["injected"] == 30)
        #expect((30 * 7...30 * 9).contains(Int(try #require(result.disconnects.byMechanism["heartbeat"] ?? nil))))
    }
}
