import HoldfastResult
import Testing

extension EndToEnd {
    /// What balancers do beside picking: they end idle connections, spare who comes back, and send away whom nobody has
    /// room for.
    @Suite struct BalancerPolicyTests {
        private static func plan(_ target: String, _ others: [String]) async throws -> Program.Ended {
            let values = ["target={ gateways: 2, \(target) }", "reconnect={ policy: fixed, delay: 500ms }"] + others
            return try await Program.plan("restart-of-one", replacing: values)
        }

        /// Sessions beat every 5 s, and their balancer forgets them after 3 s, or tells nobody, and they are reset when
        /// they beat: in 12 s everybody is ended two or three times, and everybody knows why.
        @Test(
            arguments: EndToEnd.pairs([
                ("embedded", "reset", "reset", UInt64(160)...180), ("embedded", "answer", "reset", 110...130),
                ("haproxy", "fin", "fin", 160...180), ("nginx", "fin", "fin", 160...180),
            ])
        )
        func idleConnectionsEnd(cases: [(String, String, String, ClosedRange<UInt64>)]) async throws {
            try await EndToEnd.together(cases) { via, onIdle, by, expected in
                let ended = try await Self.plan(
                    "via: \(via), algorithm: round-robin, balancer: { idleTimeout: 3s, onIdle: \(onIdle) }",
                    [
                        "sessions=60", "heartbeat={ interval: 5s, silence: 12s }", "duration=12s", "timeline=[]",
                        "expect=['disconnects{cause=unexplained} count == 0']",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let disconnects = try ended.result().disconnects
                let total = try #require(disconnects.total)
                #expect(expected.contains(total), "\(disconnects)")
                #expect(disconnects.byCause["scheduled"] == total)
                #expect(disconnects.byMechanism[by] == total)
            }
        }

        /// Gateway 1 is back at about 3 s, and 40 sessions come a twentieth of its time later: in turn it would get 20
        /// of them.
        @Test(arguments: ["embedded", "haproxy"])
        func whoComesBackIsSpared(via: String) async throws {
            let ended = try await Self.plan(
                "via: \(via), algorithm: round-robin, balancer: { slowStart: 20s }",
                [
                    "sessions=100", "heartbeat={ interval: 60s, silence: 180s }", "duration=6s",
                    "timeline=[{ at: 2s, restart: { gateway: 1, how: kill, down: 500ms } }, "
                        + "{ at: 4500ms, drop: { gateway: 0, count: 40, return: 100ms } }]",
                    "expect=['connects.failed >= 0']",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let gateways = try ended.result().gateways.compactMap(\.connectionsAtEnd)
            #expect(gateways.reduce(0, +) == 100)
            #expect((0...10).contains(gateways[1]), "\(gateways)")
        }

        /// Ten of forty find both gateways full.
        @Test(arguments: ["embedded", "nginx"])
        func fullGatewaysTakeNobody(via: String) async throws {
            let ended = try await Self.plan(
                "via: \(via), algorithm: round-robin, balancer: { maxConnections: 15 }",
                [
                    "sessions=40", "heartbeat={ interval: 60s, silence: 180s }", "duration=3s", "timeline=[]",
                    "establish={ rate: 100/s, timeout: 2s }", "defaults=[]",
                    "expect=['sessions.establishedAtEnd == 30', 'connects.failed > 0']",
                ]
            )
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd) == [15, 15], "\(ended.errors)")
            #expect(result.sessions.establishedAtEnd == 30)
        }
    }
}
