import HoldfastResult
import Testing

extension EndToEnd {
    /// Nothing measured depends on how sessions are spread over workers.
    @Suite struct FairnessTests {
        @Test func digestsDoNotDependOnTheNumberOfWorkers() async throws {
            var seen: [[String]] = []
            for workers in 1...3 {
                let ended = try await Program.plan(
                    "uneven-departures",
                    "--set",
                    "target.via=client",
                    "--set",
                    "target.algorithm=random",
                    "--set",
                    "target.gateways=4",
                    "--set",
                    "workers=\(workers)",
                    "--set",
                    "timeline=[{ at: 2s, drop: { fraction: 30%, return: 1s } }]",
                    "--set",
                    "expect=[]"
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let result = try ended.result()
                seen.append(result.gateways.map { $0.digestAtEnd ?? "" })
                #expect(result.census.reconciled == true)
                #expect(result.harness.processes.count { $0.role == "worker" } == workers)
            }
            #expect(seen[0].count == 4 && !seen[0].contains(""))
            #expect(seen[0] == seen[1])
            #expect(seen[0] == seen[2])
        }

        @Test(arguments: ["random", "round-robin"])
        func populationsBehindTheBalancerDoNotEither(algorithm: String) async throws {
            var seen: [[UInt64?]] = []
            for workers in 1...3 {
                let ended = try await Program.plan(
                    "uneven-departures",
                    "--set",
                    "target.algorithm=\(algorithm)",
                    "--set",
                    "target.gateways=4",
                    "--set",
                    "workers=\(workers)",
                    "--set",
                    "timeline=[]",
                    "--set",
                    "expect=[]"
                )
                #expect(ended.status == 0, "\(ended.errors)")
                seen.append(try ended.result().gateways.map(\.connectionsAtEnd))
            }
            #expect(seen[0] == seen[1])
            #expect(seen[0] == seen[2])
        }
    }
}
