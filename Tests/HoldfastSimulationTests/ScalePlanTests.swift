import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// The large plans, with fewer sessions.
@Suite struct ScalePlanTests {
    @Test func aStormIsOverWithOneAttemptEach() throws {
        let overrides = [
            "sessions=2000", "target.gateways=2",
            "expect=['disconnects{cause=injected} == 1000', connects.attemptsPerRestore == 1]",
        ]
        let result = try PlanRuns.run("reconnect-storm", overrides)
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.connects.askedPeakPerSecond == 1_000)
        #expect(result.connects.duePeak == 0)
        #expect(result.sessions.establishedAtEnd == 2_000)
    }

    /// Renewals: 1,000 sessions that live for 50 s end 24,000 connections in 20 minutes, give or take 5 standard
    /// deviations.
    @Test func aDayOfReconnectsIsAsLongAsADay() throws {
        let overrides = ["sessions=1000", "target.gateways=2", "expect=[connects.failed == 0]"]
        let result = try PlanRuns.run("day-of-reconnects", overrides)
        #expect(result.verdict == .pass, "\(result.reasons)")
        let reconnects = try #require(result.connects.succeeded)
        #expect((24_000 - 775...24_000 + 775).contains(Int(reconnects)))
    }

    /// 1,000 sessions of one gateway of four are dealt out over three: 1,333 or 1,334 each, and so it stays.
    @Test func nothingBringsAnyoneHomeBehindABalancer() throws {
        let overrides = [
            "sessions=4000", "target.gateways=4",
            "expect=['disconnects{cause=consequence} == 1000', imbalance.maxOverMean at end == 1.334]",
        ]
        let result = try PlanRuns.run("slb-at-scale", overrides)
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.gateways.map { $0.connectionsAtEnd ?? 0 }.sorted() == [0, 1_333, 1_333, 1_334])
    }

    @Test func nobodyOfAMillionIsLost() throws {
        let overrides = [
            "sessions=2000", "target.gateways=4", "expect=[disconnects == 0, sessions.establishedAtEnd == 2000]",
        ]
        let result = try PlanRuns.run("million", overrides)
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.heartbeats.missed == 0)
    }
}
