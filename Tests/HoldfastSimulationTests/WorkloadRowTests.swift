import Foundation
import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// What the articles say on business over long connections, row by row.
@Suite struct WorkloadRowTests {
    static func run(_ text: String) throws -> RunResult { try SeedRowTests.run(text) }

    /// 100 sessions that ask something every 5 s and beat every 10 s.
    private func asking(_ strategy: String, until: String? = nil) throws -> RunResult {
        try Self.run(
            """
            name: asking
            sessions: 100
            target: { gateways: 2 }
            heartbeat: { strategy: \(strategy), interval: 10s, silence: 30s, first: after }
            establish: { rate: 1000/s }
            workload: { request: { every: 5s, timeout: 3s\(until.map { ", until: \($0)" } ?? "") } }
            duration: 60s
            """
        )
    }

    /// Row 25: an answer every 5 s is proof enough, and no beat is sent; when the requests stop after 30 s, the first
    /// beat comes 10 s after the last answer, and then one every 10 s.
    @Test func piggyback() throws {
        let asked = try asking("piggyback")
        // The first 5 s may pass without a request, and the login before t0 was one answer.
        #expect(asked.heartbeats.sent == 0)
        #expect(asked.requests.sent == 1_200)
        #expect(asked.requests.answered.map { (1_190...1_200).contains($0) } == true)
        let stopped = try asking("piggyback", until: "30s")
        // Last answers between 25 and 30 s: beats after 35 to 40, and 45 to 50, and 55 to 60.
        #expect(stopped.heartbeats.sent.map { (200...300).contains($0) } == true)
        #expect(stopped.requests.sent == 600)
    }

    /// Row 26: with the same traffic a heartbeat that is put off by what is written sends fewer than a fixed one: none.
    @Test func afterIdle() throws {
        let (fixed, idle) = (try asking("fixed"), try asking("idle"))
        #expect(fixed.heartbeats.sent.map { $0 >= 500 } == true)
        #expect(idle.heartbeats.sent == 0)
        #expect(idle.requests == fixed.requests)
    }

    /// Row 37: 200 ghosts get a message each, which is sent again three times: 600 wasted, the first counted apart.
    @Test func pushesToGhosts() throws {
        let result = try Self.run(
            """
            name: ghosts
            sessions: 1000
            target: { gateways: 2 }
            heartbeat: { strategy: none }
            establish: { rate: 1000/s }
            workload: { push: { every: 60s, arrivals: regular, retries: 3, timeout: 1s, until: 60s } }
            duration: 65s
            timeline: [ { at: 0s, vanish: { count: 200 } } ]
            """
        )
        #expect(result.messages.pushed == 1_000)
        #expect(result.messages.delivered == 800)
        #expect(result.messages.lost == 200)
        #expect(result.messages.wasted == 600)
        #expect(result.messages.pending == 0)
        #expect(result.messages.bytes == (1_000 + 600) * UInt64(20 + 200))
    }

    /// Row 38: what is pushed while the app is away waits until it is opened, and is late; without a queue it is lost.
    @Test(arguments: [("offline", true), ("none", false)])
    func theAppIsOpened(queue: String, isKept: Bool) throws {
        let result = try Self.run(
            """
            name: opened
            sessions: 100
            target: { gateways: 2 }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 1h }
            establish: { rate: 1000/s }
            workload: { push: { every: 60s, arrivals: regular, queue: \(queue), until: 60s } }
            duration: 80s
            timeline:
              - { at: 0s, drop: { fraction: 100% } }
              - { at: 70s, foreground: {} }
            """
        )
        #expect(result.messages.pushed == 100)
        #expect(result.messages.delivered == (isKept ? 100 : 0))
        #expect(result.messages.delayed == result.messages.delivered)
        #expect(result.messages.lost == (isKept ? 0 : 100))
        #expect(result.sessions.establishedAtEnd == 100)
        // Opened after 70 s, so the first waited for 70 s less its own time.
        if isKept { #expect(result.messages.latencySeconds?.min.map { $0 >= 10 } == true) }
    }

    /// Row 53: a reset every 90 s and a second to come back: 1.1 % of whole cycles is spent offline, and as many of the
    /// messages are lost, within four standard errors; behind a balancer of 900 s none is.
    @Test(arguments: [("90s", 1 / 91.0), ("900s", 0)])
    func whatIsPushedWhileOffline(aging: String, share: Double) throws {
        let result = try PlanRuns.run(
            "rst-every-90s",
            ["target.middlebox.aging=\(aging)", "duration=546s", "expect=[]"]
        )
        let pushed = Double(try #require(result.messages.pushed))
        let lost = Double(try #require(result.messages.lost))
        #expect(abs(pushed - 54_600) < 4 * 54_600.0.squareRoot())
        #expect(abs(lost - pushed * share) <= 4 * (pushed * share).squareRoot())
        #expect(result.disconnects.unexplained == 0)
    }

    /// Row 54: every reuse of a pooled connection that a balancer forgot times out; a pool that lets go first has none.
    @Test(arguments: [("300s", true), ("60s", false)])
    func stalePool(maxIdle: String, isStale: Bool) throws {
        let result = try PlanRuns.run(
            "stale-pool",
            ["workload.request.maxIdle=\(maxIdle)"] + (isStale ? [] : ["expect=[]"])
        )
        #expect(result.verdict == .pass, "\(result.reasons)")
        let reused = try #require(result.requests.reused)
        let sent = try #require(result.requests.sent)
        #expect(result.disconnects.unexplained == 0)
        guard isStale else {
            #expect(reused == 0)
            #expect(result.requests.timedOut == 0)
            #expect(result.requests.onStaleConnection == 0)
            #expect(sent > 1_400)
            return
        }
        #expect(reused > 1_000)
        // Those of the last three seconds have not timed out yet, and those of a connection that was given up failed.
        let unanswered = try #require(result.requests.timedOutReused)
        #expect(reused - unanswered <= 10 + (result.requests.failed ?? 0))
        #expect(result.requests.onStaleConnection.map { $0 >= reused } == true)
        #expect(result.requests.answered == sent - (result.requests.onStaleConnection ?? 0))
    }

    /// Row 25 as a plan: no beats against six a minute, and the same detection within an interval.
    @Test func schemes() throws {
        let second = try PlanRuns.run("scheme-1-vs-2")
        #expect(second.verdict == .pass, "\(second.reasons)")
        let first = try PlanRuns.run("scheme-1-vs-2", ["heartbeat.strategy=fixed"])
        #expect(first.verdict == .pass, "\(first.reasons)")
        let quiet = ["timeline=[]", "expect=[]"]
        #expect(try PlanRuns.run("scheme-1-vs-2", quiet).heartbeats.sent == 0)
        let beats = try #require(
            try PlanRuns.run("scheme-1-vs-2", quiet + ["heartbeat.strategy=fixed"]).heartbeats.sent
        )
        #expect(abs(Int64(beats) - 1_800) <= 100)
        for result in [first, second] {
            let detection = try #require(result.detection.byCause["freeze"])
            #expect(detection.count == 50)
        }
    }

    /// Row 49: at a round trip of 30 ms a connection for each request costs 30 ms more, with TLS 1.3 60 ms, and what
    /// is pushed waits for the next poll: half the interval on average.
    @Test func longAgainstPoll() throws {
        let long = try PlanRuns.run("long-vs-poll")
        let poll = try PlanRuns.run("long-vs-poll", ["workload.request.maxIdle=0s"])
        #expect(long.verdict == .pass, "\(long.reasons)")
        #expect(poll.verdict == .pass, "\(poll.reasons)")
        for (version, seconds) in [("1.3", 0.090), ("1.2", 0.120)] {
            let overrides = ["workload.request.maxIdle=0s", "protocol={tls: \(version)}"]
            let secured = try #require(try PlanRuns.run("long-vs-poll", overrides).requests.latencySeconds)
            #expect(secured.p50.map { abs($0 - seconds) < 0.0015 } == true)
        }
        let (one, own) = (try #require(long.requests.latencySeconds), try #require(poll.requests.latencySeconds))
        #expect(one.p50.map { abs($0 - 0.030) < 0.0005 } == true)
        #expect(own.p50.map { abs($0 - 0.060) < 0.001 } == true)
        let (pushed, polled) = (try #require(long.messages.latencySeconds), try #require(poll.messages.latencySeconds))
        #expect(pushed.p50.map { abs($0 - 0.015) < 0.0005 } == true)
        // 2,000 messages, evenly spread over 10 s: four standard errors are 0.26 s.
        #expect(polled.mean.map { abs($0 - 5.05) < 0.3 } == true)
        #expect(poll.messages.delayed.map { $0 > 1_850 } == true, "\(poll.messages)")
    }

    /// Closed form 10: with a chance p after each of r requests a second a connection lives for 1 / (p r), whoever asks
    /// more moves more, and who asks nothing never.
    @Test(arguments: [("1s", 1.0), ("4s", 0.25)])
    func goawayChance(every: String, rate: Double) throws {
        let result = try Self.run(
            """
            name: chance
            sessions: 500
            target: { gateways: 4, gateway: { goawayChance: 2% } }
            heartbeat: { strategy: none }
            reconnect: { policy: immediate }
            establish: { rate: 1000/s }
            workload: { request: { every: \(every), timeout: 3s } }
            duration: 200s
            """
        )
        let expected = 500 * 200 * 0.02 * rate
        let ended = Double(try #require(result.disconnects.total))
        #expect(abs(ended - expected) < 4 * expected.squareRoot())
        #expect(result.disconnects.byMechanism["goaway"] == result.disconnects.total)
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
        #expect(result.requests.timedOut == 0)
    }
}
