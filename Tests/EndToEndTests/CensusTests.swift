import HoldfastResult
import Testing

extension EndToEnd {
    /// Sessions, gateways and the balancer count the same connections, and what they do not agree about are the ghosts.
    @Suite struct CensusTests {
        /// nginx's stream module does not tell its counts; a balancer that gave a connection away hears of its end.
        @Test(
            arguments: EndToEnd.pairs([
                "via: client, algorithm: random", "balancer: { mode: handoff }", "via: nginx", "via: embedded",
                "balancer: { shards: 2 }", "via: haproxy",
            ])
        )
        func theDifferenceIsTheGhosts(targets: [String]) async throws {
            try await EndToEnd.together(targets) { target in
                // Whoever vanishes is back after half a second, and its old connection stays for three minutes.
                let ended = try await Program.plan(
                    "quickstart",
                    replacing: [
                        "sessions=300", "target={ gateways: 3, \(target) }", "duration=6s",
                        "heartbeat={ interval: 60s, silence: 180s }", "expect=[]",
                        "timeline=[{ at: 2400ms, drop: { count: 50, by: vanish, return: 500ms } }]",
                    ]
                )
                #expect(ended.status == 0, "\(ended.errors)")
                let census = try ended.result().census
                #expect(census.client == 300)
                #expect(census.gateway == 350, "\(target)")
                let tells = !target.contains("client") && !target.contains("nginx")
                #expect(census.balancer == (tells ? 350 : nil), "\(target)")
                #expect(try ended.result().gateways.compactMap(\.ghostsPeak).reduce(0, +) == 50)
                #expect(census.reconciled == false)
                let agreement = try #require(census.agreement)
                // Three cuts before, and four at which the gateways have the ghosts and the balancers know them.
                #expect(agreement.cuts == 7 && agreement.cutsAgreed == 3, "\(target): \(census)")
                #expect(agreement.balancerCuts == (tells ? 7 : 0), "\(target): \(census)")
                #expect(agreement.balancerCutsAgreed == agreement.balancerCuts, "\(target): \(census)")
            }
        }

        @Test func whereNobodyGoesTheyAreOne() async throws {
            let ended = try await Program.plan(
                "quickstart",
                replacing: ["sessions=300", "duration=3s", "timeline=[]", "expect=[]", "defaults=[census]"]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.expectations.map(\.expression) == ["census.reconciled == true"])
            let agreement = try #require(result.census.agreement)
            #expect(agreement.cutsAgreed == 4)
            #expect(agreement.balancerCutsAgreed == 4)
        }
    }
}
