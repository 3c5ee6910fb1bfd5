import HoldfastResult
import Testing

extension EndToEnd {
    /// Gateways whose programs answer late, or not at all, while their kernels do, live and simulated.
    @Suite struct SlownessTests {
        private static let values = [
            "sessions=60", "workers=2", "target={ gateways: 2 }", "reconnect={ policy: fixed, delay: 500ms }",
        ]

        /// 30 hear nothing for 2 s since the last of the answers that came every half second. Half of them are dealt
        /// to the gateway that stands, wait there for their login to be answered, and it is once the gateway looks at
        /// what it has read.
        @Test(arguments: ["run", "simulate"])
        func whoeverReadsAndSaysNothingIsSilent(how: String) async throws {
            let values = [
                "duration=10s", "heartbeat={ interval: 500ms, silence: 2s }",
                "timeline=[{ at: 2s, stall: { gateway: 0 }, for: 6s }]",
                "expect=['disconnects{mechanism=heartbeat} == 30', 'disconnects{cause=consequence} == 30', "
                    + "'gateways.connections{gateway=0} at end == 15', 'connects.failed == 0']",
            ]
            let words = [how, "Plans/quickstart.yaml"] + Program.settings(Self.values + values)
            let ended = try await Program.run(words)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            let detection = try #require(result.detection.byCause["stall"])
            #expect(detection.count == 30)
            let (least, most) = (try #require(detection.min), try #require(detection.max))
            #expect(least > 1.4 && most < 2.2, "\(detection)")
            #expect(result.disconnects.total == 30)
            #expect(result.census.reconciled == true)
            #expect(result.faults[0].applied == (how == "run" ? "client" : "simulated"))
            let executed = try #require(result.faults[0].executed)
            let (start, end) = (try #require(executed[0]), try #require(executed[1]))
            #expect((2..<2.5).contains(start) && (8..<8.5).contains(end), "\(executed)")
        }

        /// Beats and logins are answered a second late, and nobody leaves: they wait for five.
        @Test(arguments: ["run", "simulate"])
        func whoeverAnswersLateIsStillThere(how: String) async throws {
            let values = [
                "duration=8s", "heartbeat={ interval: 2s, silence: 5s }",
                "timeline=[{ at: 2s, overload: { gateway: 0, delay: 1s }, for: 3s }, "
                    + "{ at: 3s, drop: { fraction: 20%, return: 200ms } }]",
                "expect=['disconnects == 12', 'disconnects{cause=injected} == 12', 'connects.failed == 0', "
                    + "'heartbeats.rttSeconds max in 1s..1200ms', 'heartbeats.rttSeconds p50 < 100ms', "
                    + "'connects.seconds max in 1s..1200ms', 'connects.handshakeSeconds max < 500ms']",
            ]
            let words = [how, "Plans/quickstart.yaml"] + Program.settings(Self.values + values)
            let ended = try await Program.run(words)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.compactMap(\.connectionsAtEnd).reduce(0, +) == 60)
            #expect(result.census.reconciled == true)
        }

        /// All 200 come back at once to two gateways. Logins that take 20 ms, one after the other, take the slower one
        /// 104 of them; and a gateway that takes 50 a second and lets 20 wait has most of them come again, a second
        /// later and more, when their kernels send their first segments again. No program notices either.
        @Test(arguments: [("loginTime: 20ms", 1.9...2.8), ("acceptRate: 50/s, backlog: 20", 2.8...8)])
        func whoHasToWaitWaits(door: String, expected: ClosedRange<Double>) async throws {
            let values = [
                "sessions=200", "target={ gateways: 2, via: client, algorithm: random, gateway: { \(door) } }",
                "timeline=[{ at: 2s, drop: { fraction: 100%, by: fin } }]", "establish={ rate: 80/s, timeout: 20s }",
                "connect={ timeout: 20s, loginTimeout: 20s }", "reconnect={ policy: fixed, delay: 100ms }",
                "duration=11s", "expect=['connects.failed == 0', 'connects.attempted == 200']",
            ]
            try await EndToEnd.together(["run", "simulate"]) { command in
                let words = [command, "Plans/quickstart.yaml"] + Program.settings(values)
                let ended = try await Program.run(words)
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                #expect(result.gateways.map(\.connectionsAtEnd) == [104, 96])
                #expect(expected.contains(try #require(result.restore.seconds100)), "\(result.restore)")
            }
        }
    }
}
