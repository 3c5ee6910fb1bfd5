import HoldfastResult
import Testing

extension EndToEnd {
    /// What fleets do about imbalance, and what it costs, on real sockets.
    @Suite struct RemedyTests {
        /// 20 of 60 are asked to go over two seconds and are dealt to the two others; the gateway is back at 6 s, and
        /// 12 drops at 7 s bring it a third of them, or all where somebody counts.
        @Test(arguments: [
            ("embedded", "algorithm: round-robin", [UInt64(4), 28, 28]),
            ("embedded", "algorithm: least-connections, balancer: { mode: handoff }", [12, 24, 24]),
            ("haproxy", "algorithm: least-connections", [12, 24, 24]),
        ])
        func aDrainEmptiesAGatewayForAWhile(via: String, algorithm: String, expected: [UInt64]) async throws {
            let ended = try await Program.plan(
                "scale-out",
                replacing: [
                    "target={ gateways: 3, via: \(via), \(algorithm) }",
                    "timeline=[{ at: 2s, for: 4s, phase: drained, drain: { gateway: 0, over: 2s } }, "
                        + "{ at: 7s, phase: natural, drop: { fraction: 20%, return: 300ms } }]",
                    "expect=['gateways.connections{gateway=0} at 5s == 0', "
                        + "'imbalance.maxOverMean at 5s == 1', 'connects.failed == 0', "
                        + "'disconnects{cause=scheduled} == 20']",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd).reduce(0) { $0 + ($1 ?? 0) } == 60)
            #expect(result.gateways[0].connectionsAtEnd == expected[0])
            #expect(result.disconnects.byMechanism["goaway"] == 20)
            #expect(result.disconnects.unexplained == 0)
            #expect(result.faults[0].applied == "client")
            #expect(result.census.reconciled == true)
            let executed = try #require(result.faults[0].executed)
            let (start, end) = (try #require(executed[0]), try #require(executed[1]))
            #expect((2..<2.5).contains(start) && (6..<6.5).contains(end), "\(executed)")
        }

        /// Who goes to gateways by itself is sent to the one that is named: the 24 of gateway 1, which seed and turns
        /// say, stay where they are.
        @Test func aDrainSaysWhereTo() async throws {
            let ended = try await Program.plan(
                "scale-out",
                replacing: [
                    "target={ gateways: 3, via: client, algorithm: round-robin }", "duration=6s",
                    "timeline=[{ at: 2s, drain: { gateway: 0, over: 1s, to: 2 } }]",
                    "expect=['gateways.connections{gateway=0} at 5s == 0', 'connects.failed == 0', "
                        + "'gateways.connections{gateway=1} at 1s == 24']",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd) == [0, 24, 36])
            #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
            #expect(result.disconnects.byMechanism["goaway"] == result.disconnects.total)
            #expect(result.census.reconciled == true)
        }

        /// 0/36/36 becomes 24/24/24, and what moved is what was above the mean. Turns send two of three to gateways
        /// that refuse them; a balancer that counts sends nobody there.
        @Test(arguments: [("embedded", "round-robin"), ("haproxy", "least-connections")])
        func sheddingMakesUpForAReturn(via: String, algorithm: String) async throws {
            let ended = try await Program.plan(
                "remedies",
                replacing: ["target.via=\(via)", "target.algorithm=\(algorithm)"]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd) == [24, 24, 24])
            #expect(result.disconnects.byCause["scheduled"] == 24)
            #expect(result.disconnects.byMechanism["goaway"] == 24)
            #expect(result.disconnects.unexplained == 0)
            #expect(result.outageSeconds.count == 48)
            #expect(result.census.reconciled == true)
            let rejected = try #require(result.connects.failed.byReason["rejected"] ?? nil)
            #expect((rejected > 0) == (algorithm == "round-robin"))
        }
    }
}
