import HoldfastResult
import Testing

@testable import HoldfastReport

@Suite("Text reports")
struct TextTests {
    @Test("Summaries are those that were recorded")
    func summaries() throws {
        try Snapshot.expect(Summary.text(SampleRuns.quickstart.result), is: "summary-pass.txt")
        try Snapshot.expect(Summary.text(SampleRuns.failed.result), is: "summary-fail.txt")
        try Snapshot.expect(Summary.text(SampleRuns.invalid.result), is: "summary-invalid.txt")
        try Snapshot.expect(Summary.text(SampleRuns.empty.result), is: "summary-empty.txt")
        let coloured = TextStyle(columns: 80, isColoured: true)
        try Snapshot.expect(Summary.text(SampleRuns.failed.result, style: coloured), is: "summary-coloured.txt")
        try Snapshot.expect(MarkdownSummary.text(SampleRuns.failed.result), is: "summary.md")
    }

    @Test("Nothing is wider than the terminal", arguments: [80, 100, 140])
    func width(_ columns: Int) {
        for sample in SampleRuns.all {
            let text = Summary.text(sample.result, style: TextStyle(columns: columns, isColoured: false))
            let widest = text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(widest <= columns, "\(sample.result.plan.name)")
        }
    }

    @Test("The answer stands in the first three lines")
    func headline() {
        let pass = Headline(SampleRuns.quickstart.result)
        #expect(pass.word == "PASS")
        #expect(pass.lines[0] == "3 of 3 expectations hold")
        #expect(pass.lines[1].contains("0 of them unexplained"))
        let fail = Headline(SampleRuns.failed.result)
        #expect(fail.lines[1] == "disconnects{cause=unexplained} count == 0: it was 12")
        let invalid = Headline(SampleRuns.invalid.result)
        #expect(invalid.lines[1].hasPrefix("worker 1 (sessions 1000 to 1999) was lost"))
        #expect(Headline(SampleRuns.empty.result).lines[2] == "The imbalance at the end is not known")
    }

    @Test("Plain text has no escape sequences, coloured text says the same")
    func colours() {
        let plain = Summary.text(SampleRuns.failed.result, style: TextStyle(columns: 100, isColoured: false))
        let coloured = Summary.text(SampleRuns.failed.result, style: TextStyle(columns: 100, isColoured: true))
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31m"))
        #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
    }

    @Test("What was not measured is a dash, what was counted as nothing is 0")
    func nullIsNotZero() {
        let empty = ResultTables(result: SampleRuns.empty.result)
        #expect(empty.gateways().rows.allSatisfy { $0[2].text == "-" && $0[5].text == "no answer" })
        #expect(empty.recoveries().rows.allSatisfy { $0[2].text == "-" })
        let full = ResultTables(result: SampleRuns.quickstart.result)
        #expect(full.gateways().rows[1][2].text == "0")
        #expect(full.recoveries().rows.map { $0[3].text } == ["0", "0"])
    }

    @Test("An expectation without data is never green")
    func noDataIsNeverGreen() {
        for outcome in ExpectationResult.Outcome.allCases {
            #expect((outcome.tone == .good) == (outcome == .pass))
            #expect((outcome.mark == "✓") == (outcome == .pass))
        }
        let rows = ResultTables(result: SampleRuns.empty.result).expectations().rows
        #expect(rows.allSatisfy { $0[0].text != "✓" && $0[0].tone != .good })
    }

    @Test("Of many gateways the busiest and the idlest are shown, and how many are not")
    func manyGateways() {
        let table = ResultTables(result: SampleRuns.wide.result).gateways(limit: 5)
        #expect(table.rows.count == 5)
        #expect(table.rows.last?.first?.text == "gateway 3")
        #expect(table.explanation.contains("19 gateways in between"))
    }

    @Test("Lost metrics are told")
    func lostMetrics() {
        #expect(Summary.text(SampleRuns.failed.result).contains("3 metric batches never reached the collector"))
    }

    @Test("Markdown stands for itself, whatever names hold")
    func markdown() {
        let text = MarkdownSummary.text(SampleRuns.wide.result)
        #expect(!text.contains("<script>"))
        #expect(MarkdownSummary.escape("a|b_c*d\ne") == "a\\|b\\_c\\*d e")
    }

    @Test(
        "Bars to an eighth of a column; something is never nothing",
        arguments: [(0, ""), (1, "████"), (0.5, "██"), (0.53125, "██▏"), (0.0001, "▏"), (7, "████"), (-1, "")]
            as [(Double, String)]
    )
    func bars(_ share: Double, _ bar: String) {
        #expect(Bar.text(share, columns: 4) == bar)
    }
}

@Suite("Progress")
struct ProgressTests {
    private func progress(seconds: Double?, gateways: Int = 4, unexplained: UInt64 = 0) -> RunProgress {
        let connections = (0..<gateways).map { UInt64(500 - 10 * $0) }
        let cut = SeriesPoint(
            second: 12,
            connections: connections,
            inService: connections.indices.map { $0 != 1 },
            waiting: 60,
            stopped: 0,
            maxOverMean: 1.0204,
            randomMaxOverMean: 1.07
        )
        return RunProgress(
            name: "quickstart",
            seconds: seconds,
            durationSeconds: 20,
            asked: 2_000,
            admittedOnce: 1_500,
            admitted: 1_940,
            cut: seconds.map { $0 < 0 } ?? true ? nil : cut,
            disconnects: 400,
            unexplained: unexplained,
            active: seconds ?? 0 > 11 ? ["restart gateway 1"] : [],
            next: RunProgress.UpcomingEvent(label: "freeze gateway 0", atSeconds: 15)
        )
    }

    @Test("One plain line says where the run is")
    func plain() {
        #expect(ProgressLine.plain(progress(seconds: nil)) == "establishing  admitted 1,500/2,000")
        #expect(ProgressLine.plain(progress(seconds: -1.4)) == "starts in 2 s  admitted 1,940/2,000")
        let line = ProgressLine.plain(progress(seconds: 12.7, unexplained: 3))
        let expected =
            "12 s of 20 s  admitted 1,940/2,000  gateways 500 (490) 480 470  imbalance 1.02  reconnecting 60  "
            + "unexplained 3  now: restart gateway 1"
        #expect(line == expected)
        #expect(ProgressLine.plain(progress(seconds: 99, gateways: 30)).contains("gateways 210 to 500 on 29 of 30"))
        #expect(ProgressLine.plain(progress(seconds: 99)).hasPrefix("20 s of 20 s"))
    }

    @Test("The view of a terminal fits it, and replaces the one before it")
    func view() throws {
        let style = TextStyle(columns: 80, isColoured: false)
        let lines = ProgressLine.view(progress(seconds: 12.7, unexplained: 3), style: style)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.count == 8)
        try Snapshot.expect(lines.joined(separator: "\n") + "\n", is: "progress.txt")
        let crowd = ProgressLine.view(progress(seconds: 12, gateways: 40), style: style)
        #expect(crowd.contains("  and 24 more gateways"))
        #expect(ProgressLine.redraw(["a", "b"], previousLines: 3) == "\u{1B}[3A\ra\u{1B}[K\n\rb\u{1B}[K\n\u{1B}[J")
        #expect(ProgressLine.redraw(["a"], previousLines: 0) == "\ra\u{1B}[K\n\u{1B}[J")
    }
}
