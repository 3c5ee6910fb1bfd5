import HoldfastResult
import Testing

extension EndToEnd {
    /// Clients that move to another network, or come by another address all of a sudden.
    @Suite struct NetworkTests {
        private static let values = [
            "sessions=1000", "heartbeat={ interval: 1s, silence: 3s }", "reconnect={ policy: fixed, delay: 500ms }",
            "expect=['sessions.establishedAtEnd == 1000']",
        ]

        /// 200 of 1,000 know that they have moved and are back at once: their old connections are ghosts until the
        /// gateway's idle timeout, or stay, with what the gateway keeps of each, where it has none. Live and simulated.
        @Test(arguments: [("idleTimeout: 4s, ", UInt64(1_000)), ("", 1_200)])
        func whoMovesLeavesAGhost(idle: String, atEnd: UInt64) async throws {
            let values = [
                "target={ gateways: 1, gateway: { \(idle)stateBytes: 2KiB } }", "duration=11s",
                "timeline=[{ at: 3s, switchNetwork: { count: 200 } }]",
            ]
            try await EndToEnd.together(["run", "simulate"]) { command in
                let words = [command, "Plans/ghost-sessions.yaml"] + Program.settings(Self.values + values)
                let ended = try await Program.run(words)
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                #expect(result.gateways[0].ghostsPeak == 200)
                #expect(result.gateways[0].stateBytesPeak == 1_200 * 2_048)
                #expect(result.census.client == 1_000 && result.census.gateway == atEnd)
                #expect(result.disconnects.byCause["injected"] == 200 && result.disconnects.total == 200)
                #expect(result.heartbeats.falsePositives == 0)
                #expect(result.faults[0].applied == (command == "run" ? "client" : "simulated"))
            }
        }

        /// Nobody tells them, and their heartbeat does: 3 s after the last thing that they heard.
        @Test(arguments: ["changeAddress: { count: 200 }", "switchNetwork: { count: 200, known: false }"])
        func whoIsNotToldFindsOut(event: String) async throws {
            let values = ["target={ gateways: 2 }", "duration=9s", "timeline=[{ at: 2s, \(event) }]"]
            try await EndToEnd.together(["run", "simulate"]) { command in
                let words = [command, "Plans/ghost-sessions.yaml"] + Program.settings(Self.values + values)
                let ended = try await Program.run(words)
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                #expect(result.disconnects.byMechanism["heartbeat"] == 200 && result.disconnects.total == 200)
                #expect(result.disconnects.byCause["consequence"] == 200)
                let detection = result.faults[0].detection
                #expect(detection.count == 200)
                let (least, most) = (try #require(detection.min), try #require(detection.max))
                #expect(least > 1.9 && most < 3.3, "\(detection)")
            }
        }

        /// At home they are remembered for ten minutes, which is enough for beats eight minutes apart, and where they
        /// move to for five. 120 times as fast, live and simulated.
        @Test func aMoveIsBehindAnotherMiddlebox() async throws {
            let values = [
                "sessions=60", "target={ gateways: 2, middlebox: { aging: 10m } }", "timeScale=120", "duration=30m",
                "heartbeat={ interval: 8m, misses: 1, timeout: 60s }", "reconnect={ policy: fixed, delay: 10s }",
                "timeline=[{ at: 1m, switchNetwork: { network: china-mobile-2g, count: 30 } }]", "expect=[]",
            ]
            var seen: [[UInt64?]] = []
            for command in ["run", "simulate"] {
                let words = [command, "Plans/ghost-sessions.yaml"] + Program.settings(values)
                let ended = try await Program.run(words)
                #expect(ended.status == 0, "\(ended.errors)")
                let disconnects = try ended.result().disconnects
                #expect(disconnects.unexplained == 0)
                #expect(disconnects.byMechanism["local"] == 30)
                seen.append([disconnects.byMechanism["heartbeat"] ?? nil, disconnects.total])
            }
            #expect(seen[0] == seen[1])
            #expect(try #require(seen[1][0]) > 30)
        }
    }
}
