import Foundation
import HoldfastTelemetry
import Testing

@Suite("Metrics article")
struct MetricsArticleTests {
    @Test("The table of metrics is the registry's")
    func table() throws {
        let article = sourceRoot.appending(path: "Sources/HoldfastTelemetry/HoldfastTelemetry.docc/Metrics.md")
        let text = try String(contentsOf: article, encoding: .utf8)
        let rows = text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `holdfast.") }

        #expect(rows == Instrument.allCases.map(row))
    }

    private func row(_ instrument: Instrument) -> String {
        let definition = instrument.definition
        let labels = definition.labels.map(\.rawValue).joined(separator: ", ")
        return "| `\(instrument.rawValue)` | `\(instrument.prometheusName)` | \(definition.kind.rawValue) | "
            + "\(definition.unit) | \(labels) | \(definition.description) |"
    }
}

/// The top of the package.
let sourceRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
