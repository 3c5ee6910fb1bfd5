import Foundation
import HoldfastCore
import Testing

@testable import HoldfastPlan

/// What the documentation says about plans is what the code does.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func page(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    private func plans(in page: String) -> [String] {
        page.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    @Test func theDocumentedDefaultsAreTheDefaults() throws {
        let page = try page("Sources/HoldfastPlan/HoldfastPlan.docc/WritingPlans.md")
        let text = try #require(plans(in: page).first)
        let short = "name: example\nsessions: 100\ntarget: { gateways: 2 }\n"
        #expect(try Plan.parse(text: text, file: "plan.yaml") == Plan.parse(text: short, file: "plan.yaml"))
    }

    @Test func everyMetricIsDocumentedWithItsKind() throws {
        let page = try page("Sources/HoldfastPlan/HoldfastPlan.docc/WritingExpectations.md")
        let table = page.components(separatedBy: "## Metrics").last ?? ""
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }
        var documented: Set<String> = []
        for row in rows {
            let cells = row.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
            let names = (cells.first ?? "").split(separator: "`").filter { $0.contains { $0.isLetter } }
            let kind = (cells.dropFirst().first ?? "").trimmingCharacters(in: .whitespaces)
            for name in names where MetricCatalogue.standard[String(name)] != nil {
                documented.insert(String(name))
                #expect(MetricCatalogue.standard[String(name)]?.kind.rawValue == kind, "\(name)")
            }
        }
        #expect(documented == Set(MetricCatalogue.standard.metrics.map(\.name)))
    }

    /// Messages name some of a long list and send the reader there for the others.
    @Test func namesThatMessagesLeaveOutAreDocumented() throws {
        let page = try page("Sources/HoldfastPlan/HoldfastPlan.docc/WritingPlans.md")
        let names =
            SectionReader.rootKeys + FaultKind.allCases.map(\.rawValue) + BalancingAlgorithm.allCases.map(\.rawValue)
            + HeartbeatPolicy.presets.keys
        for name in names {
            let isThere = page.contains("`\(name)`") || page.contains("\(name):") || page.contains(" \(name)")
            #expect(isThere, "\(name)")
        }
    }

    @Test func thePlanOfTheReadmeIsRight() throws {
        for plan in plans(in: try page("README.md")) {
            #expect(throws: Never.self) { try PlanReader.read(text: plan, file: "README.md") }
        }
    }
}
