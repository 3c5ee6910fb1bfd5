import Foundation
import HoldfastHTTP
import HoldfastResult
import Testing

extension EndToEnd {
    /// Sessions that ask a real registry where to go.
    @Suite struct RegistryTests {
        /// 400 sessions of which 120 depart and one gateway restarts: fresh reports make up for both.
        /// Who keeps the registrations makes no difference.
        @Test(arguments: ["registry", "etcd"])
        func leastReportedIsEven(source: String) async throws {
            let ended = try await Program.plan(
                "slb-vs-client",
                replacing: [
                    "sessions=400",
                    "target={ gateways: 4, via: client, algorithm: least-reported, "
                        + "registry: { source: \(source), reportInterval: 200ms } }",
                    "duration=14s", "churn={ lifetime: { mean: 8s } }",
                    "expect=[imbalance.maxOverMean at end < 1.1, \"disconnects{cause=injected} in 90..120\"]",
                ]
            )
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.notes.contains { $0.hasPrefix("the registry answered ") }, "\(result.notes)")
            // A gateway that restarts says goodbye; whoever had its address already finds it closed.
            #expect(Self.failed(result) < 100)
        }

        /// Its report runs out: until then it is on the list, after that it is not.
        @Test(arguments: ["registry", "etcd"])
        func aDeadGatewayIsOnTheListForItsTTL(source: String) async throws {
            let run = try Program.start(
                plan: "quickstart",
                replacing: [
                    "sessions=100",
                    "target={ gateways: 4, via: client, algorithm: random, "
                        + "registry: { source: \(source), ttl: 3s, reportInterval: 500ms } }",
                    "duration=10s", "timeline=[{ at: 2s, kill: { gateway: 0 } }]", "expect=[]",
                ]
            )
            try await run.reach(second: 1)
            let url = try #require(run.registryURL)
            #expect(try await Self.list(url).map(\.id) == [0, 1, 2, 3])
            try await run.reach(second: 3)
            let dead = try #require(try await Self.list(url).first)
            #expect(dead.id == 0)
            #expect(dead.ageSeconds > 0.5 && dead.ageSeconds < 3, "\(dead.ageSeconds)")
            try await run.reach(second: 7)
            let left = try await Self.list(url)
            #expect(left.map(\.id) == [1, 2, 3])
            #expect(left.allSatisfy { $0.ageSeconds < 2.5 }, "\(left)")
            let ended = try await run.end(within: 60)
            #expect(ended.status == 0, "\(ended.errors)")
        }

        /// Whoever cannot ask goes through the balancer, and the run does not pass.
        @Test func aRegistryThatIsKilledIsMissedAndDoneWithout() async throws {
            let run = try Program.start(plan: "slb-vs-client", replacing: Self.churned("slb"))
            try await run.reach(second: 2)
            kill(try #require(run.agents("registry")[0]), SIGKILL)
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.reasons.contains { $0.contains("registry 0 was lost") }, "\(result.reasons)")
            let note = "attempts could not ask the registry and went through the balancer"
            #expect(result.notes.contains { $0.hasSuffix(note) }, "\(result.notes)")
            #expect(Self.failed(result) == 0)
        }

        /// Without a balancer to go to they wait for their next attempt, in vain.
        @Test func withoutAFallbackAttemptsFail() async throws {
            let run = try Program.start(plan: "slb-vs-client", replacing: Self.churned("none"))
            try await run.reach(second: 2)
            kill(try #require(run.agents("registry")[0]), SIGKILL)
            let ended = try await run.end(within: 60)
            let result = try ended.result()
            let note = "attempts could not ask the registry and failed"
            #expect(result.notes.contains { $0.hasSuffix(note) }, "\(result.notes)")
            #expect(Self.failed(result) > 50)
        }

        /// Everybody is dropped, and goes back to where it was told to go before: just where the simulator has them
        /// without a drop.
        @Test func whatIsRememberedIsNotAsked() async throws {
            let values = [
                "sessions=200", "duration=6s", "expect=[]", "reconnect={ policy: fixed, delay: 200ms }",
                "target={ gateways: 4, via: client, algorithm: random, registry: { cache: 1m } }",
            ]
            let ended = try await Program.plan("quickstart", replacing: values + ["timeline=[{ at: 3s, drop: {} }]"])
            #expect(ended.status == 0, "\(ended.errors)")
            let words = ["simulate", "Plans/quickstart.yaml"] + Program.settings(values + ["timeline=[]"])
            let undisturbed = try await Program.run(words)
            let result = try ended.result()
            #expect(result.disconnects.total == 200)
            #expect(
                try result.gateways.map(\.connectionsAtEnd) == undisturbed.result().gateways.map(\.connectionsAtEnd)
            )
        }

        /// No report reaches it: all run out, and self-protection keeps the list.
        @Test(arguments: ["registry, ttl: 1s", "etcd, ttl: 2s"])
        func aPausedRegistryKeepsItsList(source: String) async throws {
            let timeline = "timeline=[{ at: 2s, registry: { pause: true }, for: 4s }]"
            let ended = try await Program.plan("slb-vs-client", replacing: Self.churned("none", timeline, source))
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.notes.contains { $0.contains("came from an old list") }, "\(result.notes)")
            #expect(Self.failed(result) == 0)
            #expect(result.faults.first?.executed?.count == 2, "\(result.faults)")
            #expect(result.faults.first?.applied == (source.hasPrefix("etcd") ? "signal" : "proxy"))
        }

        /// etcd is killed in the middle, and started again: nobody is without a gateway, and the list is fresh again.
        @Test func anEtcdThatIsKilledIsDoneWithout() async throws {
            let run = try Program.start(plan: "registry-outage", replacing: [])
            try await run.reach(second: 4)
            #expect(run.program("etcd") == nil)
            let url = try #require(run.registryURL)
            let old = try await Self.list(url)
            #expect(old.map(\.id) == [0, 1, 2, 3])
            #expect(old.allSatisfy { $0.ageSeconds > 1 }, "\(old)")
            try await run.reach(second: 10)
            #expect(run.program("etcd") != nil)
            let new = try await Self.list(url)
            #expect(new.map(\.id) == [0, 1, 2, 3])
            #expect(new.allSatisfy { $0.ageSeconds < 2.5 }, "\(new)")
            let ended = try await run.end(within: 60)
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.notes.contains { $0.contains("etcd was out of reach") }, "\(result.notes)")
            #expect(result.faults.first?.executed?.count == 2, "\(result.faults)")
        }

        /// Killed by somebody else it is started again, and the run does not pass.
        @Test func anEtcdThatEndsIsStartedAgain() async throws {
            let run = try Program.start(plan: "registry-outage", replacing: ["timeline=[]"])
            try await run.reach(second: 2)
            let first = try #require(run.program("etcd"))
            kill(first, SIGKILL)
            try await run.reach(second: 8)
            let second = try #require(run.program("etcd"))
            #expect(second != first)
            let list = try await Self.list(try #require(run.registryURL))
            #expect(list.count == 4 && list.allSatisfy { $0.ageSeconds < 2.5 }, "\(list)")
            let ended = try await run.end(within: 60)
            #expect(ended.status == 111, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.reasons.contains { $0.contains("etcd ended (signal 9)") }, "\(result.reasons)")
            #expect(Self.failed(result) == 0)
        }

        private static func churned(
            _ fallback: String,
            _ timeline: String = "timeline=[]",
            _ source: String = "registry, ttl: 1s"
        ) -> [String] {
            [
                "sessions=200",
                "target={ gateways: 4, via: client, algorithm: random, "
                    + "registry: { source: \(source), reportInterval: 200ms, fallback: \(fallback) } }",
                "churn={ lifetime: { mean: 4s } }", "duration=9s", timeline,
                "expect=[\"disconnects{cause=scheduled} > 100\"]",
            ]
        }

        private static func failed(_ result: RunResult) -> UInt64 {
            result.connects.failed.byReason.values.reduce(0) { $0 + ($1 ?? 0) }
        }

        private struct Listed {
            var id: Int
            var ageSeconds: Double
        }

        private static func list(_ url: String) async throws -> [Listed] {
            let client = HTTPClient(name: "test")
            defer { client.shutdown() }
            let answer = await client.get(HTTPRequest(url: url + "/v1/gateways"))
            let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            let gateways = try #require(object?["gateways"] as? [[String: Any]])
            return try gateways.map { gateway in
                Listed(
                    id: try #require(gateway["id"] as? Int),
                    ageSeconds: try #require(gateway["ageSeconds"] as? Double)
                )
            }
        }
    }
}
