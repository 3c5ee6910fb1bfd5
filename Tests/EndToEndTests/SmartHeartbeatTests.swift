import HoldfastResult
import Testing

extension EndToEnd {
    /// Sessions that find out how long their NAT remembers them.
    @Suite struct SmartHeartbeatTests {
        /// Mars' rule in haste behind a NAT of 300 s: 210 and 270 s hold, 330 s fails twice, and 250 s is kept. Live
        /// and simulated, whichever worker a session is in.
        @Test func whatHoldsIsKept() async throws {
            let values = [
                "sessions=20", "workers=2", "duration=50m", "timeScale=200", "expect=[]",
                "heartbeat={ strategy: adaptive, successes: 2, failures: 2, misses: 1, timeout: 50s }",
            ]
            let live = try await Program.plan("smart-heartbeat", replacing: values)
            #expect(live.status == 0, "\(live.errors)")
            let words = ["simulate", "Plans/smart-heartbeat.yaml"] + Program.settings(values)
            let simulated = try await Program.run(words, limit: 60)
            #expect(simulated.status == 0, "\(simulated.errors)")
            for result in [try live.result(), try simulated.result()] {
                #expect(result.heartbeats.longestSafeIntervalSeconds == 250)
                #expect(result.disconnects.byMechanism["heartbeat"] == 40)
                #expect(result.disconnects.total == 40)
                #expect(result.disconnects.unexplained == 0)
                #expect(result.sessions.establishedAtEnd == 20)
            }
        }
    }
}
