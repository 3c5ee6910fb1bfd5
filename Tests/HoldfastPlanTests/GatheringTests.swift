import HoldfastCore
import Testing

@testable import HoldfastPlan

/// Where sessions gather: the closed forms of rolling restarts and of weights.
@Suite struct GatheringTests {
    private static let rolling =
        "timeline: [ { at: 5s, rollingRestart: { gateways: [0, 1, 2], down: 3s, every: 10s } } ]"

    @Test(arguments: [
        // (24, 24, 24), (0, 36, 36), (18, 0, 54), (45, 27, 0).
        ("round-robin", rolling, 54),
        // (24, 24, 24), (0, 36, 36), (36, 0, 36), (36, 36, 0).
        ("least-connections", rolling, 36),
        ("round-robin", "timeline: []", 36),
        // All down at once, and the first one back has all.
        (
            "round-robin",
            "timeline: [ { at: 1s, for: 1s, kill: { gateway: 0 } }, { at: 1s, for: 5s, kill: { gateway: 1 } }, "
                + "{ at: 1s, for: 6s, kill: { gateway: 2 } } ]", 72
        ),
        // A fourth is empty and takes 12 of the 24 that the third leaves, (36, 36, 0, 0), or nothing.
        ("round-robin", "timeline: [ { at: 1s, scale: { to: 4 } }, { at: 2s, scale: { to: 2 } } ]", 36),
        // A half of gateway 0's 24 goes to all three: (16, 28, 28), less than with one of them down. Whoever leaves one
        // by one mixes them: 36 + 4 * sqrt(36 * 1/2) = 53.0.
        ("round-robin", "timeline: [ { at: 1s, drop: { gateway: 0, fraction: 50% } } ]", 53),
        ("random", "timeline: []", 53),
        // All 24 of gateway 0 go where there were fewest: (0, 48, 24), and then 48 to gateway 0.
        ("least-reported, via: client, registry: {}", "timeline: [ { at: 1s, kill: { gateway: 0 } } ]", 48),
        ("least-connections, via: client, registry: {}", "timeline: [ { at: 1s, kill: { gateway: 0 } } ]", 48),
        // A ring's share of 36 has a variance of 36 * 36/160 besides 36 * 1/2; twice 24 come home.
        ("consistent-hash", "timeline: []", 57),
    ])
    func ofSeventyTwoOnThree(algorithm: String, timeline: String, most: Int) throws {
        let text = """
            name: p
            sessions: 72
            target: { gateways: 3, algorithm: \(algorithm) }
            duration: 60s
            \(timeline)
            """
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        #expect(plan.sessionsOnFullestGateway == most)
    }

    /// The last of a thousand has 1000 times (1000/999) to the power of 999, 2717, before it goes.
    @Test(arguments: [(1_000, 2_710...2_720), (1_001, 3_000...3_010)])
    func ofAThousand(gateways: Int, most: ClosedRange<Int>) throws {
        let text = """
            name: p
            sessions: 1000000
            target: { gateways: \(gateways) }
            establish: { rate: 100000/s }
            duration: 3h
            timeline: [ { at: 1s, rollingRestart: { gateways: all, down: 3s, every: 6s } } ]
            """
        #expect(most.contains(try Plan.parse(text: text, file: "plan.yaml").sessionsOnFullestGateway))
    }

    /// 1,000 in the mean, and 4 * sqrt(1000 * 1/6) = 51.6 more.
    @Test func theHeaviestHasMost() throws {
        let text = """
            name: p
            sessions: 1200
            target: { gateways: 3, via: client, algorithm: random, gateway: { weight: [10, 1, 1] } }
            duration: 10s
            """
        #expect(try Plan.parse(text: text, file: "plan.yaml").sessionsOnFullestGateway == 1_052)
    }
}
