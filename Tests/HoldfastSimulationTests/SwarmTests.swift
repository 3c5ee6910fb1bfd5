import Foundation
import HoldfastPlan
import HoldfastResult
import Testing

@testable import HoldfastSimulation

/// Random plans, each simulated and held against what must always be true.
///
/// `HOLDFAST_SWARM_SEED` runs one seed alone; `HOLDFAST_SWARM_COUNT` runs more or fewer than 2,000.
@Suite struct SwarmTests {
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["HOLDFAST_SWARM_SEED"].flatMap(UInt64.init) { return [seed] }
        return Array(1...(environment["HOLDFAST_SWARM_COUNT"].flatMap(UInt64.init) ?? 2_000))
    }()
    static let hundreds = stride(from: 0, to: seeds.count, by: 100).map {
        Array(seeds[$0..<min($0 + 100, seeds.count)])
    }

    @Test(arguments: hundreds)
    func theInvariantsHold(seeds: [UInt64]) async throws {
        try await SwarmTests.onEveryCore(seeds) { seed in
            let swarm = try SwarmPlan(seed: seed)
            let broken = SwarmInvariants.broken(swarm.plan)
            #expect(broken.isEmpty, "\(broken.joined(separator: "; "))\n\(swarm.replay)")
        }
    }

    /// A tenth of the seeds: twice, in seven parts, and with every beat.
    @Test(arguments: hundreds)
    func everyWayOfCarryingItOutGivesTheSameRun(seeds: [UInt64]) async throws {
        try await SwarmTests.onEveryCore(seeds.filter { $0 % 10 == 0 || seeds.count == 1 }) { seed in
            let swarm = try SwarmPlan(seed: seed)
            let first = Simulation(plan: swarm.plan).run().result
            let again = Simulation(plan: swarm.plan, segments: 7).run().result
            let exact = Simulation(plan: swarm.plan, fidelity: .exact).run().result
            for (other, way) in [(again, "in 7 parts"), (exact, "with every beat")] {
                let difference = SwarmTests.difference(first, other)
                #expect(difference == nil, "\(difference ?? "") \(way)\n\(swarm.replay)")
            }
        }
    }

    private static func onEveryCore(
        _ seeds: [UInt64],
        _ body: @escaping @Sendable (UInt64) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in seeds { group.addTask { try body(seed) } }
            try await group.waitForAll()
        }
    }

    /// What is not alike in two results of one plan; peaks and means over parts are not those of the whole.
    private static func difference(_ left: RunResult, _ right: RunResult) -> String? {
        if left.eventHash != right.eventHash { return "eventHash" }
        if left.disconnects != right.disconnects { return "disconnects" }
        if left.gateways != right.gateways { return "gateways" }
        if left.connects.attempted != right.connects.attempted { return "connects.attempted" }
        if left.connects.succeeded != right.connects.succeeded { return "connects.succeeded" }
        if left.connects.failed != right.connects.failed { return "connects.failed" }
        if left.heartbeats.sent != right.heartbeats.sent { return "heartbeats.sent" }
        if left.heartbeats.answered != right.heartbeats.answered { return "heartbeats.answered" }
        if left.heartbeats.missed != right.heartbeats.missed { return "heartbeats.missed" }
        if left.heartbeats.bytes != right.heartbeats.bytes { return "heartbeats.bytes" }
        if left.heartbeats.rttSeconds.p99 != right.heartbeats.rttSeconds.p99 { return "heartbeats.rttSeconds" }
        return nil
    }

    /// Each mistake is found by one of the first 200 plans; without it, all of them pass above.
    @Test(arguments: PlantedBug.allCases)
    func aPlantedBugIsFound(bug: PlantedBug) throws {
        let finder = try (UInt64(1)...200).first { seed in
            try !SwarmInvariants.broken(SwarmPlan(seed: seed).plan, planted: bug).isEmpty
        }
        #expect(finder != nil, "\(bug) went unnoticed")
    }

    /// The plans do not avoid what is hard: each kind of fault, in a good part of them.
    @Test func everyFaultOccursOften() throws {
        var counts: [String: Int] = [:]
        for seed in UInt64(1)...200 {
            for kind in Set(try SwarmPlan(seed: seed).plan.timeline.map(\.action.kind)) {
                counts[kind.rawValue, default: 0] += 1
            }
        }
        for kind in ["drop", "freeze", "kill", "restart", "rollingRestart", "registry", "drain", "scale"] {
            #expect(counts[kind, default: 0] >= 10, "\(kind): \(counts[kind, default: 0]) of 200")
        }
    }
}
