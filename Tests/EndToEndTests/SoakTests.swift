import HoldfastResult
import Testing

extension EndToEnd {
    /// Nights in short.
    @Suite struct SoakTests {
        /// Five minutes: as many are hit as in the simulator, by everything, and all of it is explained.
        @Test(.timeLimit(.minutes(15))) func fiveMinutesOfEverything() async throws {
            let simulated = try await Program.run(["simulate", "Plans/soak-smoke.yaml"], limit: 120)
            #expect(simulated.status == 0, "\(simulated.errors)")
            let live = try await Program.plan("soak-smoke", limit: 400)
            #expect(live.status == 0, "\(live.errors)")
            let (result, expected) = (try live.result(), try simulated.result())
            #expect(result.disconnects.unexplained == 0)
            let causes = result.disconnects.byCause.values.compactMap { $0 }.reduce(0, +)
            #expect(causes == result.disconnects.total)
            #expect(result.census.reconciled == true)
            #expect(result.faults.count >= 11)
            for (fault, other) in zip(result.faults, expected.faults) {
                let (victims, others) = (Double(fault.victims ?? 0), Double(other.victims ?? 0))
                // Who happens to be where differs by a few: lives end and balancers count a little earlier or later.
                #expect(abs(victims - others) <= 8 + others / 20, "\(fault.kind): \(victims) against \(others)")
            }
            #expect(try #require(result.harness.memoryGrowth) < 0.05)
        }

        /// 250 sessions on each of two gateways, which live for a second: who loses something of each connection grows,
        /// and who does not stays as it was.
        @Test(arguments: [["1KiB", "0B"]])
        func aLeakIsFound(leaks: [String]) async throws {
            try await EndToEnd.together(leaks) { leak in
                let ended = try await Program.plan(
                    "quickstart",
                    replacing: [
                        "sessions=500", "target={ gateways: 2, gateway: { leak: \(leak) } }", "duration=12s",
                        "timeline=[]", "churn={ lifetime: { mean: 1s } }", "reconnect={ policy: fixed, delay: 100ms }",
                        "expect=['harness.memoryGrowth <= 10%']",
                    ]
                )
                #expect(ended.status == (leak == "0B" ? 0 : 99), "\(ended.errors)")
                let growths = try ended.result().harness.processes.filter { $0.role == "gateway" }.map(\.memoryGrowth)
                #expect(growths.count == 2)
                for growth in growths { #expect((try #require(growth) > 0.1) == (leak != "0B")) }
            }
        }
    }
}
