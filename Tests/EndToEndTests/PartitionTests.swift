import HoldfastResult
import Testing

extension EndToEnd {
    /// Lines that are cut and mended, boxes that forget all of a sudden, and resets that are lost, live and simulated.
    @Suite struct PartitionTests {
        private static let values = [
            "sessions=300", "heartbeat={ interval: 1s, silence: 3s }", "reconnect={ policy: fixed, delay: 500ms }",
            "expect=['sessions.establishedAtEnd == 300']",
        ]

        private static func both(
            _ plan: String,
            _ values: [String],
            _ check: @escaping @Sendable (RunResult) throws -> Void
        ) async throws {
            try await EndToEnd.together(["run", "simulate"]) { command in
                let ended = try await Program.run([command, "Plans/\(plan).yaml"] + Program.settings(values))
                #expect(ended.status == 0, "\(ended.errors)")
                try check(ended.result())
            }
        }

        /// Rows 32 to 34: the lines of one gateway of two are cut. Nobody moves whose gateway judges, or a prober, or
        /// nobody; with the proper heartbeat all 500 do. Live, ten times as fast.
        @Test(
            arguments: EndToEnd.pairs([
                ("{ strategy: none }", UInt64(0)), ("{ strategy: reported, interval: 3s, silence: 15s }", 0),
                ("{ strategy: third-party, interval: 3s }", 0), ("{ preset: article-3x5 }", 500),
            ])
        )
        func mistakesAndTheProperDesign(cases: [(heartbeat: String, moved: UInt64)]) async throws {
            try await EndToEnd.together(cases) { heartbeat, moved in
                let values = ["timeScale=10", "heartbeat=\(heartbeat)", "expect=[]"]
                let ended = try await Program.plan("design-mistakes", replacing: values)
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                #expect(result.disconnects.total == moved)
                #expect(result.gateways[1].connectionsAtEnd == 500 + moved)
                #expect(result.disconnects.byMechanism["heartbeat"] == moved && result.disconnects.unexplained == 0)
                #expect(result.faults[0].applied == "client")
            }
        }

        /// What is lost for a second is sent again, and nobody notices; for longer than the silence, everybody does,
        /// whichever way it is cut, and is back where it was.
        @Test(
            arguments: EndToEnd.pairs([
                ("partition: {}, for: 1s", UInt64(0)), ("partition: { direction: to-client }, for: 5s", 300),
                ("partition: { direction: to-gateway, fraction: 100% }, for: 5s", 300),
                ("partition: { count: 100 }, for: 4s", 100), ("partition: { gateway: 1 }, for: 5s", 150),
            ])
        )
        func whatIsCutIsMended(cases: [(event: String, victims: UInt64)]) async throws {
            try await EndToEnd.together(cases) { event, victims in
                let values = [
                    "target={ gateways: 2, balancer: { connectTimeout: 1s } }", "duration=15s",
                    "timeline=[{ at: 3s, \(event) }]",
                ]
                try await Self.both("ghost-sessions", Self.values + values) { result in
                    #expect(result.disconnects.total == victims)
                    #expect(result.disconnects.byMechanism["heartbeat"] == victims)
                    #expect(result.disconnects.byCause["consequence"] == victims)
                    #expect(result.census.client == 300)
                    guard victims > 0 else { return }
                    let detection = result.faults[0].detection
                    let (least, most) = (try #require(detection.min), try #require(detection.max))
                    #expect(least > 1.9 && most < 3.3, "\(detection)")
                }
            }
        }

        /// A box forgets entries, or gives them another address: silence, or a reset for who speaks on.
        @Test(arguments: [
            ("gateways: 2", "expireNat: { count: 100 }", "heartbeat", UInt64(100)),
            ("gateways: 2, middlebox: { aging: 60s, onExpire: answer }", "expireNat: { count: 100 }", "reset", 100),
            (
                "gateways: 2, via: client, algorithm: random, middlebox: { aging: 60s, onExpire: answer }",
                "rebindNat: { gateway: 0 }", "heartbeat", 146
            ),
        ])
        func aBoxForgets(target: String, event: String, mechanism: String, victims: UInt64) async throws {
            let values = ["target={ \(target) }", "duration=9s", "timeline=[{ at: 3s, \(event) }]"]
            try await Self.both("ghost-sessions", Self.values + values) { result in
                #expect(result.disconnects.total == victims)
                #expect(result.disconnects.byMechanism[mechanism] == victims)
                #expect(result.disconnects.byCause["consequence"] == victims)
                // Nobody told the gateway.
                #expect(result.census.client == 300 && result.census.gateway == 300 + victims)
            }
        }

        /// A pool reuses connections whose reset never arrived, 20 times as fast: each such request times out. Where it
        /// lets go in time, only those do that waited for their first request throughout the warm-up.
        @Test func resetsAreLost() async throws {
            let cases = [("300s", UInt64(650)...800), ("60s", 0...40)]
            try await EndToEnd.together(cases) { maxIdle, timedOut in
                let values = [
                    "timeScale=20", "duration=8m", "workload.request.maxIdle=\(maxIdle)",
                    "expect=['disconnects{cause=unexplained} == 0']",
                ]
                try await Self.both("stale-pool", values) { result in
                    #expect(result.requests.sent == 800)
                    let count = try #require(result.requests.timedOut)
                    #expect(timedOut.contains(count), "\(count)")
                }
            }
        }
    }
}
