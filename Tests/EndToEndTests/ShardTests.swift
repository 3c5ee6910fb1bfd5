import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// A gateway of several processes is one gateway.
    @Suite struct ShardTests {
        /// Whose turn it is does not matter: sessions choose for themselves.
        private static let target = "gateways: 4, via: client, algorithm: random"

        @Test func populationsDoNotDependOnProcesses() async throws {
            let one = try await populations(shards: 1)
            let three = try await populations(shards: 3)
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

        private func populations(shards: Int) async throws -> RunResult {
            let ended = try await Program.plan(
                "quickstart",
                replacing: [
                    "target={ \(ShardTests.target), gateway: { shards: \(shards) } }",
                    "duration=5s",
                    "timeline=[{ at: 1s, drop: { fraction: 30%, by: reset } }]",
                    "reconnect={ policy: immediate }",
                    "expect=['disconnects{cause=injected} == 600', sessions.establishedAtEnd == 2000]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
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

        @Test func faultsAreTheGateways() async throws {
            let run = try Program.start(
                ["run", "Plans/quickstart.yaml"]
                    + Program.settings([
                        "target={ \(ShardTests.target), gateway: { shards: 3, drain: 2s } }",
                        "duration=17s",
                        "heartbeat={ interval: 1s, silence: 3s }",
                        """
                        timeline=[{ at: 2s, kill: { gateway: 0 }, for: 1s }, { at: 6s, restart: { gateway: 1 } },
                        { at: 10s, freeze: { gateway: 2 }, for: 4s }]
                        """,
                        "expect=['disconnects{cause=consequence} > 1000', sessions.establishedAtEnd == 2000]",
                    ])
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
    }
}
