import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Whole runs of sessions that a gateway ends for their silence, while something else goes on.
@Suite struct IdleEndTests {
    private static func run(_ parts: String) throws -> RunResult {
        let text = """
            name: idle
            sessions: 100
            reconnect: { policy: fixed, delay: 1s }
            duration: 120s
            \(parts)

            """
        return Simulation(plan: try Plan.parse(text: text, file: "idle.yaml")).run().result
    }

    private static let silent = """
        target: { gateways: 2, gateway: { idleTimeout: 9s } }
        heartbeat: { strategy: none }
        """

    /// Nobody beats, so a network that does nothing worth mentioning ends nobody.
    @Test(arguments: [
        "loseResets: {}", "delay: { add: 1ms }", "delay: { add: 400ms, jitter: 300ms }", "loss: { rate: 1% }",
        "congest: { rate: 500/s, queue: 100 }", "overload: { gateway: 0, delay: 1ms }",
        "for: 5s, partition: { gateway: 1 }",
    ])
    func silenceIsNobodysFault(fault: String) throws {
        let result = try Self.run("\(Self.silent)\ntimeline: [ { at: 30s, \(fault) } ]")
        #expect(result.disconnects.unexplained == 0)
        #expect(try #require(result.disconnects.total) > 900)
        // A welcome that was lost twice makes the silence that follows it seem too short: one in ten thousand.
        let blamed = try #require(result.disconnects.byCause["consequence"].flatMap { $0 })
        #expect(blamed <= (fault.hasPrefix("loss:") ? 2 : 0))
        #expect(result.disconnects.byCause["scheduled"] == (try #require(result.disconnects.total)) - blamed)
        let inferred = try #require(result.inferredIdleTimeouts?.first)
        #expect(abs(inferred.seconds - 9) <= 1)
    }

    /// A delay on another gateway, and one that is hardly any, make a kill responsible for no more than it did.
    @Test(arguments: ["delay: { gateway: 1, add: 1ms }", "delay: { gateway: 0, add: 1ms }"])
    func aDelayWidensNoOtherWindow(delay: String) throws {
        func victims(_ at: String) throws -> UInt64 {
            let result = try Self.run(
                """
                \(Self.silent)
                churn: { lifetime: { mean: 10s } }
                timeline:
                  - { at: 10s, for: 3s, kill: { gateway: 0 } }
                  - { at: \(at), for: 1s, \(delay) }
                """
            )
            #expect(result.disconnects.unexplained == 0)
            return try #require(result.faults[0].victims)
        }
        #expect(try victims("11s") == (try victims("110s")))
    }

    /// A timeout below the round trip is found out, whatever happens to resets.
    @Test(arguments: ["[]", "[ { at: 30s, loseResets: {} } ]"])
    func aHeartbeatThatFailsByItselfStaysUnexplained(timeline: String) throws {
        let result = try Self.run(
            """
            target:
              gateways: 2
              balancer: { region: there }
              gateway: { region: there }
              regions: { here: { here: 1ms, there: 300ms }, there: { there: 1ms } }
            groups: [ { name: all, share: 1, region: here } ]
            heartbeat: { interval: 3s, misses: 1, timeout: 100ms }
            timeline: \(timeline)
            """
        )
        #expect(try #require(result.disconnects.total) > 1_000)
        #expect(result.disconnects.unexplained == result.disconnects.total)
        #expect(result.heartbeats.falsePositives == result.disconnects.total)
    }

    /// What a session wrote last its gateway hears half a round trip later, and its end takes as long again.
    @Test(arguments: ["240ms", "260ms", "400ms"])
    func silenceIsCountedFromTheGateway(roundTrip: String) throws {
        let result = try Self.run(
            """
            target:
              gateways: 2
              balancer: { region: there }
              gateway: { idleTimeout: 9s, region: there }
              regions: { here: { here: 1ms, there: \(roundTrip) }, there: { there: 1ms } }
            groups: [ { name: all, share: 1, region: here } ]
            heartbeat: { strategy: none }
            workload: { push: { rate: 1/m, receipts: false } }
            """
        )
        #expect(try #require(result.disconnects.total) >= 1_000)
        #expect(result.disconnects.byCause["scheduled"] == result.disconnects.total)
    }
}
