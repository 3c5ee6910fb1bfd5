import Foundation
import HoldfastCoordinator
import HoldfastReport
import HoldfastResult

/// What people and CI read of a run, beside `result.json`.
struct ReportFiles {
    private let result: RunResult
    private let series: RunSeries

    init(_ result: RunResult, _ series: RunSeries) {
        self.result = result
        self.series = series
    }

    /// Writes `report.html`, `junit.xml` and `summary.md`; returns what kept any of them from being written.
    func write(to directory: RunDirectory) -> [RunDirectoryError] {
        directory.write([
            ("report.html", Data(ReportPage.html(result, series: series).utf8)),
            ("junit.xml", Data(JUnitReport.xml(result).utf8)),
            ("summary.md", Data(MarkdownSummary.text(result).utf8)),
        ])
    }

    /// The summary for standard output.
    func summary(usesColor: Bool) -> String {
        Summary.text(result, style: TextStyle(columns: TextStyle.plain.columns, isColoured: usesColor))
    }
}
