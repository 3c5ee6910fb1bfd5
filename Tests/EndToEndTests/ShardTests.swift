import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// A gateway of several processes is one gateway.
    @Suite struct ShardTests {
        /// Whose turn it is does not matter: sessions choose for themselves.
        private static let target = "gateways: 4, via: client, algorithm: random"

        @Test func populationsDoNotDependOnProcesses() async throws {
            let one = try await populations("\(ShardTests.target), gateway: { shards: 1 }")
            let three = try await populations("\(ShardTests.target), gateway: { shards: 3 }")
            #expect(one.gateways.map(\.connectionsAtEnd) == three.gateways.map(\.connectionsAtEnd))
            #expect(one.gateways.compactMap(\.digestAtEnd).count == 4)
            #expect(one.gateways.map(\.digestAtEnd) == three.gateways.map(\.digestAtEnd))
            #expect(one.gateways.map(\.accepted) == three.gateways.map(\.accepted))
            for result in [one, three] {
                #expect(result.census.reconciled == true)
                #expect(result.gateways.map(\.ownConnectionsAtEnd) == result.gateways.map(\.connectionsAtEnd))
            }
            let processes = three.harness.processes.filter { $0.role == "gateway" }
            #expect(processes.map(\.index) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
            #expect(processes.map(\.shard) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
            // The kernel spreads some 500 connections over three processes.
            let descriptors = processes.compactMap(\.fdsPeak)
            #expect(descriptors.count == 12 && descriptors.allSatisfy { (60...400).contains($0) }, "\(descriptors)")
        }

        /// 2,000 sessions, of which 600 are reset and come back at once.
        private func populations(_ target: String) async throws -> RunResult {
            let ended = try await Program.plan(
                "quickstart",
                replacing: [
                    "target={ \(target) }",
                    "duration=5s",
                    "timeline=[{ at: 1s, drop: { fraction: 30%, by: reset } }]",
                    "reconnect={ policy: immediate }",
                    "expect=['disconnects{cause=injected} == 600', sessions.establishedAtEnd == 2000]",
                ]
            )
            #expect(ended.status == 0, "\(target): \(ended.errors)")
            return try ended.result()
        }

        @Test func capacityIsTheGateways() async throws {
            let ended = try await Program.plan(
                "quickstart",
                replacing: [
                    "target={ \(ShardTests.target), gateway: { shards: 3, capacity: 400, acceptRate: 300/s } }",
                    "duration=4s",
                    "timeline=[]",
                    "reconnect={ policy: fixed, delay: 1s }",
                    "establish={ rate: 2000/s, timeout: 4s }",
                    "defaults=[unexplained]",
                    "expect=[sessions.establishedAtEnd == 1600]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let gateways = try ended.result().gateways
            #expect(gateways.map(\.connectionsAtEnd) == [400, 400, 400, 400])
            #expect(gateways.map(\.connectionsPeak) == [400, 400, 400, 400])
            // Of each process alone it would be three times as many. A turn that came late is made up for.
            let accepts = gateways.compactMap(\.acceptsPeakPerSecond)
            #expect(accepts.count == 4 && accepts.allSatisfy { (100...350).contains($0) }, "\(accepts)")
        }

        /// One gateway is killed, one started again, one frozen, and all sessions are back in the end.
        private func faults(_ target: String) -> [String] {
            [
                "target={ \(target) }",
                "duration=17s",
                "heartbeat={ interval: 1s, silence: 3s }",
                """
                timeline=[{ at: 2s, kill: { gateway: 0 }, for: 1s }, { at: 6s, restart: { gateway: 1 } },
                { at: 10s, freeze: { gateway: 2 }, for: 4s }]
                """,
                "expect=['disconnects{cause=consequence} > 1000', sessions.establishedAtEnd == 2000]",
            ]
        }

        @Test func faultsAreTheGateways() async throws {
            let run = try Program.start(
                ["run", "Plans/quickstart.yaml"]
                    + Program.settings(faults("\(ShardTests.target), gateway: { shards: 3, drain: 2s }"))
            )
            try await run.reach(second: 12)
            let gateways = Processes.children(of: run.process.processIdentifier).filter {
                $0.arguments.contains("gateway")
            }
            let frozen = gateways.filter { Processes.state(of: $0.pid) == "T" }
            #expect(gateways.count == 12)
            #expect(frozen.map(\.arguments).count { $0.contains("2") } == 3)
            #expect(frozen.count == 3)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.census.reconciled == true)
            #expect(result.faults.map(\.kind) == ["kill", "restart", "freeze"])
        }

        /// `random` is keyed by session and ordinal: whoever has the connections, and in which order they come.
        @Test func populationsDoNotDependOnWhoCarries() async throws {
            let targets = [
                "balancer: { shards: 1 }", "balancer: { shards: 3 }", "balancer: { mode: handoff }",
                "balancer: { mode: handoff }, gateway: { shards: 2 }",
            ]
            var results: [RunResult] = []
            for target in targets { results.append(try await populations("gateways: 4, algorithm: random, \(target)")) }
            for (target, result) in zip(targets, results) {
                #expect(result.gateways.map(\.digestAtEnd) == results[0].gateways.map(\.digestAtEnd), "\(target)")
                #expect(result.census.reconciled == true, "\(target)")
                let believed = result.gateways.map(\.balancerConnectionsAtEnd)
                #expect(believed == result.gateways.map(\.connectionsAtEnd), "\(target)")
            }
            // Of the balancer and its three carriers; one of them has a third of 2,000 clients and their gateways.
            let balancers = results[1].harness.processes.filter { $0.role == "balancer" }
            #expect(balancers.map(\.shard) == [0, 1, 2, 3])
            #expect(balancers.dropFirst().compactMap(\.fdsPeak).allSatisfy { (1_333...1_500).contains($0) })
            // Who hands off keeps nothing.
            let own = try #require(results[2].harness.processes.first { $0.role == "balancer" }?.fdsPeak)
            #expect(own < 300)
        }

        private static let fifths = "timeline=[{ at: 1s, drop: { gateway: 1, fraction: 80%, by: fin } }]"

        /// 400 leave gateway 1. Everybody who left is known before anybody comes back, so the emptiest are filled up
        /// evenly; a cursor that all share gives each gateway a quarter of them.
        @Test(arguments: [
            ("algorithm: least-connections, balancer: { shards: 3 }", [500, 500, 500, 500]),
            ("algorithm: least-connections, balancer: { mode: handoff }", [500, 500, 500, 500]),
            ("algorithm: round-robin, balancer: { shards: 3 }", [600, 200, 600, 600]),
        ])
        func cursorAndCountsAreTheBalancers(_ target: String, _ populations: [UInt64]) async throws {
            let ended = try await Program.plan(
                "quickstart",
                replacing: [
                    "target={ gateways: 4, \(target) }", "duration=4s", ShardTests.fifths,
                    "reconnect={ policy: fixed, delay: 1s }", "expect=[sessions.establishedAtEnd == 2000]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(try ended.result().gateways.map(\.connectionsAtEnd) == populations)
        }

        @Test func faultsBehindAHandoff() async throws {
            let ended = try await Program.plan(
                "quickstart",
                replacing: faults("gateways: 4, balancer: { mode: handoff }, gateway: { drain: 2s }")
            )
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(try ended.result().census.reconciled == true)
        }
    }
}
