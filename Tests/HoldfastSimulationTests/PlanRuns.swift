import Foundation
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Simulated runs of the repository's plans.
enum PlanRuns {
    static func plan(_ name: String, _ overrides: [String] = [], seed: UInt64? = nil) throws -> Plan {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appendingPathComponent("Plans/\(name).yaml").path
        let overrides = overrides.map { SetOverride($0) }
        return try PlanReader.read(contentsOf: path, overrides: overrides, seed: seed).plan
    }

    static func run(_ name: String, _ overrides: [String] = [], seed: UInt64? = nil) throws -> RunResult {
        Simulation(plan: try plan(name, overrides, seed: seed)).run().result
    }

    static func populations(_ result: RunResult) -> [UInt64] { result.gateways.map { $0.connectionsAtEnd ?? .max } }
}
