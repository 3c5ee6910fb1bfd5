import HoldfastResult
import Testing

extension EndToEnd {
    /// Sessions, gateways and the balancer count the same connections, and what they do not agree about are the ghosts.
    @Suite struct CensusTests {
        /// nginx's stream module does not tell its counts; a balancer that gave a connection away hears of its end.
        @Test(arguments: [
            "via: client, algorithm: random", "balancer: { mode: handoff }", "via: nginx", "via: embedded",
            "balancer: { shards: 2 }", "via: haproxy",
        ])
        func theDifferenceIsTheGhosts(target: String) async throws {
            for vanished: UInt64 in [0, 50] {
                // Whoever vanishes is back after half a second, and its old connection stays for three minutes.
                let drop = "{ at: 2s, drop: { count: \(vanished), by: vanish, return: 500ms } }"
                let ended = try await Program.plan(
                    "quickstart",
                    replacing: [
                        "sessions=300", "target={ gateways: 3, \(target) }", "duration=\(vanished == 0 ? 2 : 6)s",
                        "heartbeat={ interval: 60s, silence: 180s }", "timeline=[\(vanished == 0 ? "" : drop)]",
                        "expect=[]",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let census = try ended.result().census
                #expect(census.client == 300)
                #expect(census.gateway == 300 + vanished, "\(target)")
                let tells = !target.contains("client") && !target.contains("nginx")
                #expect(census.balancer == (tells ? 300 + vanished : nil), "\(target)")
                #expect(try ended.result().gateways.compactMap(\.ghostsPeak).reduce(0, +) == vanished)
                #expect(census.reconciled == (vanished == 0), "\(target)")
            }
        }
    }
}
