import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// Real gateways come and go while sessions are there.
    @Suite struct ScaleOutTests {
        @Test(
            arguments: EndToEnd.pairs([
                ("embedded, algorithm: round-robin", 4), ("embedded, algorithm: least-connections", 12),
                ("embedded, algorithm: least-connections, balancer: { mode: handoff }", 12),
                ("embedded, algorithm: round-robin, balancer: { shards: 2 }", 4),
                ("haproxy, algorithm: round-robin", 4),
                ("haproxy, algorithm: least-connections", 12),
                // It is reloaded to learn of the third, and has forgotten who the others have.
                ("nginx, algorithm: round-robin", 4), ("nginx, algorithm: least-connections", 4),
            ])
        )
        func twoBecomeThree(cases: [(String, UInt64)]) async throws {
            try await EndToEnd.together(cases) { via, expected in
                let ended = try await Program.plan(
                    "scale-out",
                    replacing: [
                        "target={ gateways: 2, via: \(via) }",
                        "expect=['gateways.connections{gateway=2} at 4s == 0', 'connects.failed == 0']",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                #expect(result.gateways.map(\.connectionsAtEnd).last == expected)
                #expect(result.disconnects.total == 12)
                #expect(result.census.gateway == 60)
                #expect(result.census.reconciled == true)
            }
        }

        /// A balancer that counts, and forgets its counts with the new gateway, is no better than turns; one that keeps
        /// them gives it everybody.
        @Test(arguments: [
            ("embedded", "false", [28, 28, 4]), ("embedded", "true", [24, 24, 12]), ("haproxy", "false", [28, 28, 4]),
        ])
        func aReloadForgetsCounts(via: String, keeps: String, expected: [UInt64]) async throws {
            let ended = try await Program.plan(
                "scale-out",
                replacing: [
                    "target={ gateways: 2, via: \(via), algorithm: least-connections }",
                    "timeline=[{ at: 2s, scale: { to: 3 } }, { at: 3s, reloadBalancer: { keepCounts: \(keeps) } }, "
                        + "{ at: 5s, drop: { gateway: 0, count: 6, return: 500ms } }, "
                        + "{ at: 5s, drop: { gateway: 1, count: 6, return: 500ms } }]",
                    "expect=['sessions.establishedAtEnd == 60']",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd) == expected)
            #expect(result.gateways.map(\.balancerConnectionsAtEnd) == expected)
            let executed = try #require(result.faults[1].executed?.first ?? nil)
            #expect((3..<4).contains(executed))
        }

        /// Nobody is on the gateway that goes, it comes back, and what is killed then has no cause in the plan.
        @Test func anEmptyOneGoesAndComesBack() async throws {
            let run = try Program.start(
                plan: "scale-out",
                replacing: [
                    "target={ gateways: 2, gateway: { drain: 1s } }", "duration=14s",
                    "timeline=[{ at: 1s, scale: { to: 3 } }, { at: 3s, scale: { to: 2 } }, "
                        + "{ at: 5s, scale: { to: 3 } }, { at: 6s, drop: { count: 30, return: 500ms } }]",
                    "expect=['gateways.connections{gateway=2} at 7s == 10']",
                ]
            )
            try await run.reach(second: 9)
            kill(try #require(run.agents("gateway")[2]), SIGKILL)
            let ended = try await run.end(within: 60)
            #expect(ended.status != 0)
            let result = try ended.result()
            #expect(result.disconnects.byCause["injected"] == 30)
            #expect(result.disconnects.unexplained == 10)
            #expect(result.expectations.first?.outcome == .pass, "\(result.reasons)")
            let end = try #require(result.faults[1].executed?.last ?? nil)
            #expect(end >= 5 && end < 6)
        }

        /// Whoever is on the gateway that goes is told to, and is on the others half a second later.
        @Test(arguments: EndToEnd.pairs(["embedded", "haproxy", "nginx", "client, registry: { reportInterval: 5s }"]))
        func threeBecomeTwoAndThreeAgain(cases: [String]) async throws {
            try await EndToEnd.together(cases) { via in
                let ended = try await Program.plan(
                    "scale-out",
                    replacing: [
                        "target={ gateways: 3, algorithm: least-connections, gateway: { drain: 2s }, via: \(via) }",
                        "duration=10s",
                        "timeline=[{ at: 2s, scale: { to: 2 } }, { at: 5s, scale: { to: 3 } }]",
                        "expect=['gateways.connections{gateway=2} at 1s == 20', "
                            + "'gateways.connections{gateway=2} at 5s == 0', 'sessions.establishedAtEnd == 60']",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                #expect(result.gateways.map(\.connectionsAtEnd) == [30, 30, 0])
                #expect(result.disconnects.byCause["consequence"] == 20)
                #expect(result.disconnects.unexplained == 0)
                #expect(result.census.reconciled == true)
            }
        }
    }
}
