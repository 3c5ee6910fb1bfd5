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
                "expect=['disconnects{cause=unexplained} == 0']",
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
        /// it in silence; whoever has no NAT beats as rarely and lives.
        @Test func rowOne() async throws {
            let values = [
                "sessions=200", "timeScale=60", "duration=9m", "defaults=[unexplained, admitted]",
                "target={ gateways: 2, via: client, algorithm: random, middlebox: { preset: china-mobile-4g } }",
                "heartbeat={ interval: 270s, misses: 1, timeout: 20s }",
                "groups=[{ name: qq, share: 30%, heartbeat: { interval: 45s } }, { name: wechat, share: 50% }, "
                    + "{ name: desks, share: 20%, network: none }]",
                "expect=['disconnects{group=qq|desks} == 0', 'disconnects{group=wechat} > 100', "
                    + "'connects.failed == 0']",
            ]
            let (live, model) = try await Self.both("nat-carriers", values)
            for result in [live, model] {
                let total = try #require(result.disconnects.total)
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

        /// Half of the resets arrive, of the same sessions in both; whoever gets none finds out by its first beat.
        @Test func resetsThatAreLost() async throws {
            let values = [
                "sessions=200", "timeScale=20", "duration=4m", "defaults=[unexplained, admitted]",
                "target={ gateways: 2, balancer: { mode: handoff }, "
                    + "middlebox: { aging: 120s, onExpire: reset, resetLoss: 50% } }",
                "heartbeat={ interval: 180s, first: after, misses: 1, timeout: 10s }", "reconnect={ policy: none }",
                "expect=['disconnects{cause=scheduled} == 200', 'sessions.establishedAtEnd == 0']",
            ]
            let (live, model) = try await Self.both("nat-carriers", values)
            let resets = try #require(live.disconnects.byMechanism["reset"] ?? nil)
            #expect((70...130).contains(resets))
            #expect(model.disconnects.byMechanism["reset"] == resets)
            for result in [live, model] { #expect(result.disconnects.byMechanism["heartbeat"] == 200 - resets) }
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
