import HoldfastResult
import Testing

extension EndToEnd {
    /// What goes over the connections beside heartbeats, live.
    @Suite struct WorkloadTests {
        private static let fleet = [
            "sessions=200", "workers=2", "target={ gateways: 2 }", "reconnect={ policy: fixed, delay: 1s }",
            "timeScale=5", "expect=[]",
        ]

        private static func run(_ how: String, _ values: [String]) async throws -> RunResult {
            let words = [how, "Plans/quickstart.yaml"] + Program.settings(fleet + values)
            let ended = try await Program.run(words)
            #expect(ended.status == 0, "\(ended.errors)")
            return try ended.result()
        }

        /// Row 25: who asks every 5 s and beats after 10 s of silence never beats; who beats whatever it hears does
        /// so six times a minute. The requests are the same, to the last one, as in a simulation.
        @Test(arguments: [("piggyback", 0.0...0), ("fixed", 900...1_000)])
        func answersAreProof(strategy: String, beats: ClosedRange<Double>) async throws {
            let values = [
                "heartbeat={ strategy: \(strategy), interval: 10s, silence: 30s, first: after }", "duration=50s",
                "workload={ request: { every: 5s, timeout: 3s } }", "timeline=[]",
            ]
            let live = try await WorkloadTests.run("run", values)
            #expect(live.heartbeats.sent.map { beats.contains(Double($0)) } == true, "\(live.heartbeats)")
            #expect(live.requests.sent == 2_000)
            #expect(live.requests.timedOut == 0)
            #expect(live.requests.failed == 0)
            #expect(live.requests.onStaleConnection == 0)
            let simulated = try await WorkloadTests.run("simulate", values)
            #expect(live.requests.sent == simulated.requests.sent)
            #expect(live.requests.reused == simulated.requests.reused)
            #expect(live.messages.pushed == nil)
        }

        /// Half of the sessions are away for a second, and a gateway is killed: what is pushed meanwhile waits until
        /// they are back, on whatever gateway, or is lost, as much of it as in a simulation.
        @Test(arguments: ["offline", "none"])
        func whatIsPushedToWhoIsAway(queue: String) async throws {
            let values = [
                "heartbeat={ interval: 10s, silence: 30s }", "duration=40s",
                "workload={ push: { every: 500ms, queue: \(queue), until: 37s } }",
                "timeline=[{ at: 10s, drop: { fraction: 50%, return: 2s } }, "
                    + "{ at: 22s, kill: { gateway: 0 }, for: 6s }]",
            ]
            let live = try await WorkloadTests.run("run", values).messages
            let simulated = try await WorkloadTests.run("simulate", values).messages
            let pushed = try #require(live.pushed)
            #expect(pushed == simulated.pushed)
            #expect(live.pending == 0)
            let sum = try #require(live.delivered) + #require(live.lost)
            #expect(sum == pushed)
            #expect(live.latencySeconds?.count == live.delivered)
            // 100 sessions for two seconds and another hundred for one, with two messages a second: 600.
            guard queue == "offline" else {
                let expected = Double(try #require(simulated.lost))
                #expect(abs(expected - 600) < 4 * 600.0.squareRoot())
                #expect(live.lost.map { abs(Double($0) - expected) < 4 * expected.squareRoot() + 60 } == true)
                #expect(live.delayed == 0)
                return
            }
            #expect(live.lost == 0)
            #expect(live.delivered == pushed)
            let delayed = Double(try #require(simulated.delayed))
            #expect(live.delayed.map { abs(Double($0) - delayed) < 4 * delayed.squareRoot() + 60 } == true)
            #expect(live.latencySeconds?.max.map { $0 >= 0.3 } == true)
        }

        /// A poll: each request has a connection of its own, which is closed when it is answered, and what is pushed
        /// waits for the next one. From t0 on as in a simulation: the connections of establishing end there.
        @Test func aConnectionForEachRequest() async throws {
            let values = [
                "heartbeat={ strategy: none }", "duration=40s", "timeline=[]",
                "workload={ push: { every: 20s, queue: offline }, request: { every: 10s, timeout: 3s, maxIdle: 0s } }",
            ]
            let live = try await WorkloadTests.run("run", values)
            let simulated = try await WorkloadTests.run("simulate", values)
            #expect(live.requests.sent == 800)
            #expect(live.requests.answered == 800)
            #expect(live.requests.reused == 0)
            #expect(live.disconnects.total == simulated.disconnects.total)
            #expect(live.disconnects.byCause["scheduled"] == live.disconnects.total)
            #expect(live.messages.pushed == simulated.messages.pushed)
            #expect(live.messages.lost == 0)
            let (one, other) = (try #require(live.messages.delivered), try #require(simulated.messages.delivered))
            #expect(abs(Int64(one) - Int64(other)) <= 3)
            #expect(live.messages.delayed == one)
        }

        /// Row 37: fifty clients are gone and their gateways do not know: each of them is sent a message, and that
        /// three times more, in vain.
        @Test func pushesToGhosts() async throws {
            let result = try await WorkloadTests.run(
                "run",
                [
                    "heartbeat={ strategy: none }", "duration=40s",
                    "workload={ push: { every: 20s, arrivals: regular, retries: 3, timeout: 2s, until: 20s } }",
                    "timeline=[{ at: 0s, drop: { count: 50, by: vanish, return: never } }]",
                ]
            )
            #expect(result.messages.pushed == 200)
            #expect(result.messages.delivered == 150)
            #expect(result.messages.lost == 50)
            #expect(result.messages.wasted == 150)
            #expect(result.messages.pending == 0)
            #expect(result.messages.bytes == (200 + 150) * UInt64(20 + 200))
        }

        /// A frozen gateway answers nobody: what its sessions ask meanwhile times out; that of the others does not.
        /// Each request may be the last on its connection, which moves sessions and fails nothing.
        @Test func requestsToAFrozenGatewayTimeOut() async throws {
            let result = try await WorkloadTests.run(
                "run",
                [
                    "heartbeat={ strategy: none }", "duration=40s",
                    "target={ gateways: 2, gateway: { goawayChance: 2% } }",
                    "workload={ request: { every: 2s, timeout: 1s, until: 30s } }",
                    "timeline=[{ at: 10s, freeze: { gateway: 0 }, for: 10s }]",
                ]
            )
            let (sent, unsent) = (try #require(result.requests.sent), try #require(result.requests.unsent))
            #expect(sent + unsent == 3_000)
            // Five of each of about a hundred.
            #expect(result.requests.timedOut.map { (350...650).contains($0) } == true, "\(result.requests)")
            let known = try [result.requests.answered, result.requests.timedOut, result.requests.failed]
                .map { try #require($0) }
            #expect(known.reduce(0, +) == sent)
            // 2,500 requests were answered at once, and two of a hundred were the last on their connection.
            #expect(result.disconnects.byMechanism["goaway"]?.map { (20...110).contains($0) } == true)
            #expect(result.disconnects.unexplained == 0)
        }
    }
}
