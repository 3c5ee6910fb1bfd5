import HoldfastResult
import Testing

extension EndToEnd {
    /// Sessions that differ, in the same processes.
    @Suite struct GroupTests {
        /// 200 sessions, the half of which beats every ten seconds, some of which live for 3.3 s, and some of which
        /// notice within two seconds that their gateway is frozen; the dealer keeps turns, so every second one of
        /// each group may be anywhere.
        static let plan = [
            "sessions=200", "workers=2", "duration=12s", "target={ gateways: 2 }", "rebalance={ band: 100% }",
            "heartbeat={ interval: 10s, silence: 30s }",
            "groups=[{ name: still, share: 50% }, { name: restless, share: 30%, "
                + "churn: { lifetime: { distribution: fixed, mean: 3300ms } }, "
                + "reconnect: { policy: fixed, delay: 1s } }, { name: watchful, share: 20%, "
                + "heartbeat: { interval: 500ms, silence: 2s }, reconnect: { policy: fixed, delay: 500ms } }]",
            "timeline=[{ at: 2s, drop: { group: restless, fraction: 20% } }, { at: 2s, kick: { group: 0, count: 3 } }, "
                + "{ at: 6s, freeze: { gateway: 1 }, for: 3s }]",
            "expect=['disconnects{group=still} == 3', 'disconnects{group=restless,cause=scheduled} == 180', "
                + "'disconnects{group=restless,cause=injected} == 12', "
                + "'disconnects{group=watchful,mechanism!=heartbeat} == 0', "
                + "'disconnects{group=watchful,cause=consequence} in 10..30', "
                + "'sessions.establishedAtEnd{group=still} == 97', "
                + "'connects.handshakeSeconds{group=restless} max < 1s']",
        ]

        @Test(arguments: ["run", "simulate"])
        func everyGroupLivesByItsOwnRules(how: String) async throws {
            let words = [how, "Plans/quickstart.yaml"] + Program.settings(GroupTests.plan)
            let ended = try await Program.run(words)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            let groups = try #require(result.groups)
            #expect(groups.map(\.sessions) == [100, 60, 40])
            #expect(groups.map(\.admittedOnce) == [100, 60, 40])
            #expect(groups.map(\.establishedAtEnd) == [97, 60, 40])
            #expect(groups[0].stopped.byReason["kicked"] == 3)
            #expect(groups[1].connects.succeeded == 192)
            #expect(groups[2].connects.succeeded == groups[2].disconnects.total)
            #expect(groups.map(\.disconnects.total).reduce(0) { $0 + ($1 ?? 0) } == result.disconnects.total)
            #expect(groups.map(\.connects.attempted).reduce(0) { $0 + ($1 ?? 0) } == result.connects.attempted)
            #expect(result.disconnects.unexplained == 0)
            #expect(result.census.reconciled == true)
            // Silence of 2 s since the last of the answers that came every half second.
            let detection = try #require(result.detection.byMechanism["heartbeat"])
            #expect(detection.count == groups[2].disconnects.total)
        }
    }
}
