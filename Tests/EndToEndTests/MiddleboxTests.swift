import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// A middlebox between sessions and everything else, live and simulated.
    @Suite struct MiddleboxTests {
        private static func both(
            _ plan: String,
            _ values: [String]
        ) async throws -> (live: RunResult, model: RunResult) {
            let ended = try await Program.plan(plan, replacing: values)
            #expect(ended.status == 0, "\(ended.errors)")
            let simulated = try await Program.run(["simulate", "Plans/\(plan).yaml"] + Program.settings(values))
            #expect(simulated.status == 0, "\(simulated.errors)")
            return (try ended.result(), try simulated.result())
        }

        /// Row 52: cut 90 s after a session last wrote, and back a second later: six times in six times 91 s. A tenth
        /// of a second of plan time is 2 ms here, which every cycle takes longer than planned.
        @Test func rowFiftyTwo() async throws {
            let values = [
                "sessions=1000", "target={ gateways: 2, middlebox: { preset: slb-90s } }",
                "heartbeat={ interval: 240s, first: after, silence: 720s }",
                "reconnect={ policy: fixed, delay: 1s }", "timeScale=60", "duration=546s",
                "expect=['disconnects.unexplained == 0']",
            ]
            let (live, model) = try await Self.both("nat-carriers", values)
            #expect(model.disconnects.total == 6_000)
            let total = try #require(live.disconnects.total)
            #expect((5_700...6_000).contains(total))
            #expect(live.disconnects.byMechanism["reset"] == total)
            #expect(live.disconnects.byCause["scheduled"] == total)
            for result in [live, model] {
                let inferred = try #require(result.inferredIdleTimeouts)
                #expect(inferred.map(\.end) == ["reset"])
                #expect(inferred.allSatisfy { abs($0.seconds - 90) <= 0.9 }, "\(inferred)")
            }
        }

        /// Row 1, and nobody balances between them: behind a NAT of 60 s beats of 45 s live, and those of 270 s die of
        /// it in silence.
        @Test(arguments: [("45s", false), ("270s", true)])
        func agingBeforeGateways(interval: String, dies: Bool) async throws {
            let values = [
                "sessions=200", "timeScale=60", "duration=9m", "defaults=[unexplained, admitted]",
                "target={ gateways: 2, via: client, algorithm: random, middlebox: { preset: china-mobile-4g } }",
                "heartbeat={ interval: \(interval), misses: 1, timeout: 20s }", "expect=['connects.failed == 0']",
            ]
            let (live, model) = try await Self.both("nat-carriers", values)
            for result in [live, model] {
                let total = try #require(result.disconnects.total)
                #expect(dies ? total >= 200 : total == 0)
                #expect(result.disconnects.byCause["scheduled"] == total)
                #expect(result.disconnects.byMechanism["heartbeat"] == total)
            }
            let (there, expected) = (try #require(live.disconnects.total), try #require(model.disconnects.total))
            // The draws of the first beats are alike, and what they are counted from is not.
            #expect(there.distance(to: expected).magnitude <= 30, "\(there) live, \(expected) simulated")
        }

        /// Row 3: a table of 500 entries has no room for the other hundred of 600 sessions.
        @Test func rowThree() async throws {
            let values = [
                "sessions=600", "target={ gateways: 2, middlebox: { aging: 300s, ports: 500 } }",
                "heartbeat={ interval: 30s }", "reconnect={ policy: none }",
                "establish={ rate: 1000/s, timeout: 3s }", "timeScale=1", "duration=3s", "defaults=[unexplained]",
                "expect=['sessions.establishedAtEnd == 500']",
            ]
            let (live, model) = try await Self.both("nat-carriers", values)
            // A program has to accept before it can refuse.
            #expect(live.connects.failedWhileEstablishing.byReason["reset"] == 100)
            #expect(model.connects.failedWhileEstablishing.byReason["unreachable"] == 100)
            #expect(live.census.balancer == 500)
        }

        /// Half of the resets arrive; whoever gets none finds out by its beats.
        @Test func resetsThatAreLost() async throws {
            let values = [
                "sessions=200", "timeScale=60", "duration=4m", "defaults=[unexplained, admitted]",
                "target={ gateways: 2, balancer: { mode: handoff }, "
                    + "middlebox: { aging: 60s, onExpire: reset, resetLoss: 50% } }",
                "heartbeat={ interval: 90s, first: after, misses: 1, timeout: 20s }",
                "reconnect={ policy: fixed, delay: 10m }", "expect=['connects.failed == 0']",
            ]
            let (live, model) = try await Self.both("nat-carriers", values)
            for result in [live, model] { #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total) }
            // Those that are reset before t0 are not counted, and the others are not either.
            #expect(live.sessions.establishedAtEnd == 0)
        }

        @Test func oneThatIsKilledFromOutsideIsSaid() async throws {
            let run = try Program.start(plan: "nat-carriers", replacing: ["timeScale=10", "duration=30s"])
            try await run.reach(second: 5)
            kill(try #require(run.agents("middlebox")[0]), SIGKILL)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 99, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.reasons.contains { $0.contains("middlebox 0 was lost") }, "\(result.reasons)")
            #expect(result.disconnects.unexplained == 100)
        }
    }
}
