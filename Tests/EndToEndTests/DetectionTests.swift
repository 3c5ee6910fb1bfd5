import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// Frozen, stopped and killed gateways: who notices, when, and who is held responsible.
    @Suite struct DetectionTests {
        @Test func aFrozenGatewayIsNoticedInTwelveToFifteenSeconds() async throws {
            let ended = try await Program.plan("detect-3x5")
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            let detection = try #require(result.detection.byCause["freeze"])
            // 50 ms beside the window for the timers of a busy machine.
            #expect(detection.min.map { $0 >= 11.95 } == true, "\(detection)")
            #expect(detection.max.map { $0 <= 15.05 } == true, "\(detection)")
            #expect(detection.count == result.disconnects.total)
            #expect(result.disconnects.byCause["consequence"] == result.disconnects.total)
            #expect(result.disconnects.byMechanism["heartbeat"] == result.disconnects.total)
            #expect(result.gateways.map(\.connectionsAtEnd) == [1000, 0])
        }

        /// The kernel of a stopped process answers probes, and acknowledges what it gets: neither keepalive nor a user
        /// timeout sees anything, for as long as it stands. Beats do.
        @Test func keepaliveDoesNotSeeAFrozenGateway() async throws {
            let ended = try await Program.plan(
                "detect-3x5",
                replacing: [
                    "sessions=90", "duration=9s", "heartbeat={ interval: 500ms, silence: 2s }",
                    "reconnect={ policy: none }",
                    "groups=[{ name: probing, share: 30%, heartbeat: { strategy: tcp-keepalive, idle: 1s, "
                        + "interval: 1s, probes: 1 } }, { name: waiting, share: 30%, heartbeat: { interval: 1s, "
                        + "silence: 30s, userTimeout: 1s } }, { name: beating, share: 40% }]",
                    "timeline=[{ at: 2s, freeze: { gateway: 0 } }]",
                    "expect=['disconnects{group=probing|waiting} == 0', 'disconnects{group=beating} in 5..31']",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.disconnects.total == result.disconnects.byMechanism["heartbeat"])
            #expect(result.disconnects.unexplained == 0)
        }

        @Test func aGatewayStoppedFromOutsideIsUnexplained() async throws {
            let run = try Program.start(
                ["run", "Plans/detect-3x5.yaml", "--set", "timeline=[]", "--set", "expect=[]"]
            )
            try await run.reach(second: 1)
            let gateway = try #require(run.agents("gateway")[1])
            kill(gateway, SIGSTOP)
            let ended = try await run.end(within: 90)
            #expect(ended.status == 99, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.verdict == .fail)
            let total = try #require(result.disconnects.total)
            #expect(total > 400)
            #expect(result.disconnects.unexplained == total)
        }

        @Test func aGatewayKilledFromOutsideDuringADropElsewhereIsUnexplained() async throws {
            let run = try Program.start(
                [
                    "run", "Plans/uneven-departures.yaml", "--set", "duration=10s", "--set", "expect=[]", "--set",
                    "timeline=[{ at: 3s, drop: { gateway: 0, count: 100, return: 1s } }]",
                ]
            )
            try await run.reach(second: 3)
            let gateway = try #require(run.agents("gateway")[1])
            kill(gateway, SIGKILL)
            let ended = try await run.end(within: 90)
            #expect(ended.status == 99, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.disconnects.byCause["injected"] == 100)
            let unexplained = try #require(result.disconnects.unexplained)
            #expect(unexplained >= 500)
            #expect(result.disconnects.total == 100 + unexplained)
        }

        /// Somebody else looks at the gateways: to a prober one that is frozen is up, and nobody on it moves; one that
        /// is killed is not, which the sessions knew before. Live and simulated.
        @Test(arguments: [["run", "simulate"]])
        func aProberSeesKernelsOnly(commands: [String]) async throws {
            let values = [
                "sessions=30", "target={ gateways: 3 }", "heartbeat={ strategy: third-party, interval: 1s }",
                "timeline=[{ at: 1s, freeze: { gateway: 0 } }, { at: 3500ms, kill: { gateway: 1 } }]", "duration=8s",
                "reconnect={ policy: fixed, delay: 500ms }", "expect=['disconnects{fault=0} count == 0']",
            ]
            try await EndToEnd.together(commands) { command in
                let words = [command, "Plans/design-mistakes.yaml"] + Program.settings(values)
                let ended = try await Program.run(words, limit: 60)
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                let found = result.notes.filter { $0.hasPrefix("the prober found ") }
                #expect(
                    found == [
                        "the prober found gateway 0 up 7 of 7 times", "the prober found gateway 1 up 3 of 7 times",
                        "the prober found gateway 2 up 7 of 7 times",
                    ]
                )
                #expect(result.disconnects.total == 10)
                #expect(result.disconnects.unexplained == 0)
            }
        }
    }
}
