import HoldfastResult
import Testing

extension EndToEnd {
    /// Accounts that have one connection at a time in the whole fleet, live and simulated.
    @Suite struct AccountTests {
        private static func run(_ how: String, _ values: [String]) async throws -> RunResult {
            let ended = try await Program.run([how, "Plans/mutual-kick.yaml"] + Program.settings(values))
            #expect(ended.status == 0, "\(ended.errors)")
            return try ended.result()
        }

        /// Somebody is always between the gateway's end of a connection and its own, also at the end of the run.
        private static let unending = ["expect=[]", "defaults=[unexplained, admitted]"]

        private static func ends(_ result: RunResult, _ cause: String) throws -> UInt64 {
            try #require(result.disconnects.byCause[cause] ?? nil)
        }

        /// Row 39, a minute in ten seconds: with a notice each of the 100 users has one device ended, and no more;
        /// without one both come back a second later and end the other, about 6,000 times.
        @Test(arguments: [("notify", UInt64(100)...100, UInt64(100)), ("silent", 5_000...6_000, 0)])
        func kickingEachOther(rule: String, ends: ClosedRange<UInt64>, stopped: UInt64) async throws {
            let values =
                ["timeScale=6", "workers=2", "target.gateway.duplicateLogin=\(rule)"]
                + (rule == "notify" ? [] : AccountTests.unending)
            for how in ["simulate", "run"] {
                let result = try await AccountTests.run(how, values)
                let total = try #require(result.disconnects.total)
                #expect(ends.contains(total), "\(how): \(total)")
                #expect(result.disconnects.byCause["scheduled"] == total, "\(how): \(result.disconnects)")
                #expect(result.disconnects.unexplained == 0)
                #expect(result.sessions.stopped.byReason["kicked"] == stopped)
                #expect(rule == "silent" || result.disconnects.byMechanism["kicked"] == 100)
                #expect(rule == "silent" || result.census.reconciled == true)
                #expect(result.census.ghostsPeak.map { $0 <= 2 } == true)
            }
        }

        /// A gateway of two processes is killed and comes back, another one is frozen: what it holds is ended when it
        /// runs again, the accounts of the killed one are free, and each end is that of a newer login or the kill's.
        @Test func killedAndFrozenGateways() async throws {
            let events = "{ at: 10s, kill: { gateway: 1 }, for: 4s }, { at: 20s, freeze: { gateway: 0 }, for: 8s }"
            let values =
                [
                    "timeScale=4", "workers=2", "duration=40s", "heartbeat={ interval: 10s, silence: 30s }",
                    "target.gateway={ duplicateLogin: silent, shards: 2 }",
                    "timeline=[\(events)]",
                ] + AccountTests.unending
            let simulated = try await AccountTests.run("simulate", values)
            let live = try await AccountTests.run("run", values)
            for result in [simulated, live] {
                #expect(result.disconnects.unexplained == 0)
                let scheduled = try AccountTests.ends(result, "scheduled")
                let victims = try AccountTests.ends(result, "consequence")
                #expect(scheduled + victims == result.disconnects.total, "\(result.disconnects)")
                // A quarter of those who are there: each of a hundred accounts has one, or waits to log in.
                #expect((5...50).contains(victims), "\(result.disconnects)")
            }
            let one = Double(try AccountTests.ends(live, "scheduled"))
            let other = Double(try AccountTests.ends(simulated, "scheduled"))
            #expect(one > 0.75 * other && one < 1.1 * other, "\(one) live, \(other) simulated")
        }
    }
}
