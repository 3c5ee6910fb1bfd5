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
        let texts = [
            ("report.html", ReportPage.html(result, series: series)), ("junit.xml", JUnitReport.xml(result)),
            ("summary.md", MarkdownSummary.text(result)),
        ]
        return texts.compactMap { name, text in
            do throws(RunDirectoryError) {
                try directory.write(text, to: name)
                return nil
            } catch {
                return error
            }
        }
    }

    /// The summary for standard output.
    func summary(usesColor: Bool) -> String {
        Summary.text(result, style: TextStyle(columns: TextStyle.plain.columns, isColoured: usesColor))
    }
}
