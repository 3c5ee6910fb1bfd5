import HoldfastResult
import Testing

extension EndToEnd {
    /// A rolling restart moves everybody and nobody comes back, behind our proxy, behind HAProxy and behind nginx.
    @Suite struct RollingRestartTests {
        @Test(
            arguments: EndToEnd.pairs([
                ("rolling-restart", "round-robin", [45, 27, 0]), ("rolling-restart", "least-connections", [36, 36, 0]),
                ("haproxy", "round-robin", [45, 27, 0]), ("haproxy", "least-connections", [36, 36, 0]),
                ("nginx", "round-robin", [45, 27, 0]), ("nginx", "least-connections", [36, 36, 0]),
            ])
        )
        func ofThree(cases: [(String, String, [Int])]) async throws {
            try await EndToEnd.together(cases) { plan, algorithm, expected in
                // nginx counts failures in whole seconds of ours, whatever the plan's are.
                let scale = plan == "nginx" ? 1 : 2
                let ended = try await Program.plan(
                    plan,
                    replacing: ["target.algorithm=\(algorithm)", "timeScale=\(scale)"]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                let counts = result.gateways.compactMap(\.connectionsAtEnd)
                #expect(counts.reduce(0, +) == 72)
                #expect(zip(counts, expected).allSatisfy { abs(Int($0) - $1) <= 1 }, "\(counts)")
                #expect(result.disconnects.unexplained == 0)
            }
        }

        /// What IPVS does to whoever restarts, and what one that counts does.
        @Test(
            arguments: EndToEnd.pairs([
                ("embedded", "round-robin", 2...2), ("embedded", "least-connections", 6...6),
                ("haproxy", "round-robin", 2...2), ("haproxy", "least-connections", 6...6),
                // nginx tries one that failed with one connection: whoever comes before that is there goes elsewhere.
                ("nginx", "least-connections", 5...6),
            ])
        )
        func restartOfOne(cases: [(String, String, ClosedRange<Int>)]) async throws {
            try await EndToEnd.together(cases) { via, algorithm, expected in
                let ended = try await Program.plan(
                    "restart-of-one",
                    replacing: [
                        "target={ gateways: 3, via: \(via), algorithm: \(algorithm) }",
                        "expect=['gateways.connections{gateway=1} at end in "
                            + "\(expected.lowerBound)..\(expected.upperBound)']",
                        "timeScale=\(via == "embedded" ? 2 : 1)",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
            }
        }

        /// Turns that workers take alone begin with gateway 0 in each; turns that they take together are even.
        @Test(arguments: ["nginx", "embedded"])
        func workersThatShareNothing(via: String) async throws {
            let alone = try await Program.plan("nginx-workers", "--set", "target.via=\(via)")
            #expect(alone.status == 0, "\(alone.errors)")
            let census = try alone.result().census
            #expect(census.balancer == (via == "nginx" ? nil : 120))
            guard via == "nginx" else { return }
            let together = try await Program.plan(
                "nginx-workers",
                "--set",
                "target.balancer={ shards: 16 }",
                "--set",
                "expect=[imbalance.maxOverMean at end == 1]"
            )
            #expect(together.status == 0, "\(together.errors) \(together.output)")
        }

        @Test func ofTen() async throws {
            let ended = try await Program.plan(
                "rolling-restart",
                replacing: ["target.gateways=10", "sessions=2000", "duration=62s", "timeScale=3"]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            let worst = try #require(result.imbalance.atEnd.maxOverMean)
            #expect(abs(worst - 1.755) <= 0.02, "\(worst)")
            #expect(result.disconnects.unexplained == 0)
        }
    }
}
