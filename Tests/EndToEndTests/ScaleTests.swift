import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// The large plans with a fiftieth of their sessions: what they count, never how fast this machine is today.
    @Suite struct ScaleTests {
        @Test func aStormLeavesHeartbeatsAlone() async throws {
            let ended = try await Program.plan(
                "reconnect-storm",
                replacing: [
                    "sessions=4000",
                    "target.gateways=2",
                    "heartbeat={ interval: 2s, silence: 10s }",
                    "duration=12s",
                    "timeline=[{ at: 4s, phase: storm, drop: { fraction: 50%, by: reset } }]",
                    "expect=['disconnects{cause=injected} == 2000', connects.attemptsPerRestore == 1]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.connects.attempted == 2_000)
            #expect(result.connects.succeeded == 2_000)
            #expect(try #require(result.connects.askedPeakPerSecond) > 1_000)
            #expect(result.connects.duePeak != nil)
            #expect(result.harness.latenessByTimer.attempt.count == 2_000)
            #expect(result.restore.seconds100 != nil)
            // Pings under way on connections that were reset are missed; no other is.
            #expect(try #require(result.heartbeats.missed) <= 2_000)
            #expect(result.disconnects.total == 2_000)
            let accepts = result.gateways.compactMap(\.acceptsPeakPerSecond)
            #expect(accepts.count == 2 && accepts.allSatisfy { $0 > 0 })
        }

        /// Two workers share the limit: 2,000 sessions come back at 500 a second.
        @Test func aLimitOfAttemptsIsKept() async throws {
            let ended = try await Program.plan(
                "reconnect-storm",
                replacing: [
                    "sessions=4000",
                    "workers=2",
                    "target.gateways=2",
                    "connect={ rateLimit: 500/s }",
                    "establish={ rate: 500/s }",
                    "duration=12s",
                    "timeline=[{ at: 4s, phase: storm, drop: { fraction: 50%, by: reset } }]",
                    "expect=[connects.attemptsPerRestore == 1]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let connects = try ended.result().connects
            #expect(connects.succeeded == 2_000)
            // A machine that stands still for a moment makes the second between two cuts a longer one.
            #expect(try #require(connects.peakPerSecond) < 1_000)
            #expect(try #require(connects.askedPeakPerSecond) > 1_000)
            #expect(try #require(connects.duePeak) > 500)
            #expect(try #require(ended.result().restore.seconds100) >= 3.9)
        }

        /// Two thousand connects a second, as in the plan, from a fiftieth of the addresses.
        @Test func reconnectsUseNothingUp() async throws {
            let running = try Program.start(
                ["run", "Plans/day-of-reconnects.yaml"]
                    + Program.settings([
                        "sessions=2000",
                        "target.gateways=2",
                        "churn={ lifetime: { distribution: exponential, mean: 1s } }",
                        "duration=20s",
                        "expect=[connects.failed == 0, connects.succeeded > 20000]",
                    ])
            )
            try await running.reach(second: 2)
            let ephemeral = try #require(LocalPorts.firstEphemeral)
            let used = LocalPorts.ofSessions()
            #expect(!used.isEmpty && used.allSatisfy { (1_024..<ephemeral).contains($0) })
            // Of threads that the runtime had started before the run began.
            #expect(try Processes.threadHeaps(of: running.process.processIdentifier) <= 2)
            // Another program that lets the kernel choose its ports notices nothing.
            #expect(try LocalPorts.connects(3_000) == 3_000)
            let ended = try await running.end(within: 120)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.connects.failed.byReason["no-port"] == 0)
            for process in result.harness.processes where process.role == "worker" {
                // One for each session, and the same few however many connections there have been.
                #expect(try #require(process.fdsPeak) < 2_000 + 64)
            }
            #expect(try #require(result.harness.bytesPerSessionAtEnd) < 4_096)
        }

        /// What a gateway keeps of its connections is memory that it has.
        @Test func stateTakesMemory() async throws {
            let ended = try await Program.plan(
                "uneven-departures",
                replacing: [
                    "target.gateway={ stateBytes: 64KiB }",
                    "expect=['gateways.stateBytesPeak{gateway=0} == 32768000']",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            for (index, gateway) in result.gateways.enumerated() {
                let state = try #require(gateway.stateBytesPeak)
                #expect(state == 500 << 16)
                let process = result.harness.processes.first { $0.role == "gateway" && $0.index == index }
                #expect(try #require(process?.rssPeakBytes) > state)
                #expect(try #require(process?.rssPeakBytes) < state + 64 << 20)
            }
        }

        @Test func aBalancerAtScaleInShort() async throws {
            let ended = try await Program.plan(
                "slb-at-scale",
                replacing: [
                    "sessions=4000",
                    "target.gateways=4",
                    "duration=10s",
                    "timeline=[{ at: 3s, phase: killed, kill: { gateway: 0 }, for: 4s }]",
                    """
                    expect=['disconnects{cause=consequence} == 1000', imbalance.maxOverMean at end == 1.334,
                    sessions.establishedAtEnd == 4000]
                    """,
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map { $0.connectionsAtEnd ?? 0 }.sorted() == [0, 1_333, 1_333, 1_334])
            let balancer = try #require(result.harness.processes.first { $0.role == "balancer" })
            #expect(try #require(balancer.fdsPeak) < 500)
        }

        @Test func aMillionInShort() async throws {
            let ended = try await Program.plan(
                "million",
                replacing: [
                    "sessions=20000",
                    "target.gateways=3",
                    "heartbeat={ interval: 5s, silence: 20s }",
                    "duration=12s",
                    "expect=[disconnects == 0, sessions.establishedAtEnd == 20000]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.harness.processes.count { $0.role == "worker" } >= 2)
            #expect(try #require(result.heartbeats.answered) > 20_000)
            #expect(result.heartbeats.missed == 0)
            #expect(try #require(result.harness.bytesPerSession) < 512)
        }
    }
}
