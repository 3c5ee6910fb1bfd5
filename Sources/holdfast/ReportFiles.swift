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

    /// Writes `report.html`, `junit.xml` and `summary.md`.
    func write(to directory: RunDirectory) throws {
        try directory.write(ReportPage.html(result, series: series), to: "report.html")
        try directory.write(JUnitReport.xml(result), to: "junit.xml")
        try directory.write(MarkdownSummary.text(result), to: "summary.md")
    }

    /// The summary for standard output.
    func summary(usesColor: Bool) -> String {
        Summary.text(result, style: TextStyle(columns: TextStyle.plain.columns, isColoured: usesColor))
    }
}
