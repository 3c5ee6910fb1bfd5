import Foundation
import HoldfastSimulation
import Testing

/// The table of rows is complete, and what it names exists.
@Suite struct SeedRowTableTests {
    static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    static func sources(of directory: URL = here) throws -> String {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" && $0.lastPathComponent != "SeedRows.swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
    }

    @Test func everyRowAppearsOnce() {
        #expect(SeedRows.all.map(\.row) == Array(1...56))
    }

    @Test func everyTestThatItNamesExists() throws {
        let sources = try Self.sources()
        let tests = Self.here.deletingLastPathComponent()
        let core = try Self.sources(of: tests.appending(path: "HoldfastCoreTests"))
        let commands = try Self.sources(of: tests.appending(path: "EndToEndTests"))
        for (row, place) in SeedRows.all {
            switch place {
            case .core(let test): #expect(core.contains("func \(test)("), "row \(row)")
            case .command(let test): #expect(commands.contains("func \(test)("), "row \(row)")
            case .simulated(let test): #expect(sources.contains("func \(test)("), "row \(row)")
            case .live(let reason): #expect(!reason.isEmpty, "row \(row)")
            }
        }
    }

    /// Every plan of the repository is simulated by a test.
    @Test func everyPlanIsSimulated() throws {
        let plans = Self.here.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Plans")
        let names = try FileManager.default.contentsOfDirectory(atPath: plans.path)
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        let sources = try Self.sources()
        for name in names {
            #expect(SeedRows.plansOfVerdict.contains(name) || sources.contains("\"\(name)\""), "\(name)")
        }
    }

    @Test(arguments: SeedRows.plansOfVerdict.sorted())
    func itsVerdictIsPass(plan: String) throws {
        let result = try PlanRuns.run(plan)
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.disconnects.unexplained == 0)
    }
}
