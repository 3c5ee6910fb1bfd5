import HoldfastResult
import Testing

extension EndToEnd {
    /// A balancer that looks at gateways by itself, live and simulated.
    @Suite struct HealthCheckTests {
        /// Ten come while gateway 1 stands still, and ten when it runs again. A kernel that accepts is enough for
        /// `tcp`: five of the first ten wait there until it runs. `application` wants an answer, and all ten go to the
        /// other.
        @Test(arguments: [
            ("run", "embedded", "tcp", [10, 30]), ("run", "embedded", "application", [15, 25]),
            ("run", "haproxy", "tcp", [10, 30]), ("run", "haproxy", "application", [15, 25]),
            ("simulate", "embedded", "tcp", [10, 30]), ("simulate", "haproxy", "application", [15, 25]),
        ])
        func aFrozenGateway(command: String, via: String, check: String, expected: [UInt64]) async throws {
            let balancer = "{ healthCheck: \(check), interval: 200ms, fall: 2, rise: 2 }"
            let values = [
                "sessions=40", "target={ gateways: 2, via: \(via), algorithm: round-robin, balancer: \(balancer) }",
                "duration=11s",
                "heartbeat={ interval: 60s, silence: 180s }", "expect=['connects.failed == 0']",
                "timeline=[{ at: 2s, freeze: { gateway: 1 }, for: 4s }, "
                    + "{ at: 4s, drop: { gateway: 0, count: 10, return: 500ms } }, "
                    + "{ at: 8s, drop: { gateway: 0, count: 10, return: 500ms } }]",
            ]
            let words = [command, "Plans/restart-of-one.yaml"] + Program.settings(values)
            let ended = try await Program.run(words, limit: 60)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd) == expected)
            #expect(result.disconnects.total == 20)
        }

        /// Who is refused meanwhile goes elsewhere, and so does everybody until two checks were good.
        @Test(
            arguments: EndToEnd.pairs([
                ("embedded", "tcp"), ("embedded", "application"), ("haproxy", "tcp"), ("haproxy", "application"),
            ])
        )
        func aRollingRestart(cases: [(String, String)]) async throws {
            try await EndToEnd.together(cases) { via, check in
                let balancer = "{ healthCheck: \(check), interval: 100ms, fall: 2, rise: 2 }"
                let ended = try await Program.plan(
                    "rolling-restart",
                    replacing: [
                        "target={ gateways: 3, via: \(via), algorithm: round-robin, balancer: \(balancer) }",
                        "timeScale=2",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(try ended.result().gateways.compactMap(\.connectionsAtEnd).sorted() == [0, 27, 45])
            }
        }
    }
}
