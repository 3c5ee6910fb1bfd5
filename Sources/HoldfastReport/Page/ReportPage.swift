import HoldfastResult

/// `report.html`: one self-contained page; nothing in it is fetched from anywhere.
public enum ReportPage {
    /// The page about `result`, with charts of `series`.
    public static func html(_ result: RunResult, series: RunSeries) -> String {
        let tables = ResultTables(result: result)
        var body = [header(result), tiles(result)]
        if series.points.isEmpty {
            body.append(
                section("Over time", "<p class=\"dim\">No second of this run was reported by every worker.</p>")
            )
        } else {
            let charts = RunCharts(result: result, series: series)
            body.append(section("Connections per gateway", charts.connections))
            body.append(section("Imbalance", charts.imbalance))
            body.append(section("Reconnecting", charts.waiting))
        }
        body.append(HTMLTable(tables.expectations()).html)
        body.append(HTMLTable(tables.gateways()).html)
        if !result.faults.isEmpty {
            body.append(HTMLTable(tables.events()).html)
            body.append(HTMLTable(tables.recoveries()).html)
        }
        body.append(HTMLTable(tables.ledger(), whenEmpty: "No connection ended.").html)
        body.append(HTMLTable(tables.times(), whenEmpty: "No fault was noticed, and no session came back.").html)
        let workload = tables.workload()
        if !workload.rows.isEmpty { body.append(HTMLTable(workload).html) }
        body.append(HTMLTable(tables.phases()).html)
        body.append(harness(result, tables))
        body.append(footer(result))
        return PageShell.document(title: "\(Headline(result).word) \(result.plan.name)", body)
    }

    private static func header(_ result: RunResult) -> String {
        let headline = Headline(result)
        var parts = ["<header class=\"\(result.verdict.rawValue)\">"]
        parts.append(
            "<h1>\(Markup.element("span", [("class", "badge")], headline.word)) \(Markup.escape(result.plan.name))</h1>"
        )
        parts += headline.lines.enumerated().map { index, line in
            Markup.element("p", [("class", index == 0 ? "lead" : "")], index == 0 ? capitalised(line) : line)
        }
        if result.reasons.count > 1 { parts.append(list(Array(result.reasons.dropFirst()))) }
        return (parts + ["</header>"]).joined(separator: "\n")
    }

    /// The figures that people look for first.
    private static func tiles(_ result: RunResult) -> String {
        let asked = Readable.count(UInt64(result.sessions.asked))
        let target = "\(result.plan.algorithm), \(result.plan.via)"
        let figures: [(name: String, figure: String, note: String)] = [
            ("sessions at the end", Figures.count(result.sessions.establishedAtEnd).text, "of \(asked)"),
            ("busiest over mean", Figures.ratio(result.imbalance.atEnd.maxOverMean).text, target),
            ("must move", result.imbalance.atEnd.hoover.map { Figures.percent($0, of: 1).text } ?? "-", "to be even"),
            (
                "disconnects", Figures.count(result.disconnects.total).text,
                "\(Figures.count(result.disconnects.unexplained).text) unexplained"
            ),
            (
                "outage p99", Figures.seconds(result.outageSeconds.p99).text,
                "worst \(Figures.seconds(result.outageSeconds.max).text)"
            ),
            (
                "lateness p99", Figures.seconds(result.harness.latenessSeconds.p99).text,
                "worst \(Figures.seconds(result.harness.latenessSeconds.max).text)"
            ),
        ]
        let tiles = figures.map { tile in
            "<div class=\"tile\">\(Markup.element("div", [("class", "name")], tile.name))"
                + Markup.element("div", [("class", "figure")], tile.figure)
                + Markup.element("div", [("class", "note")], tile.note) + "</div>"
        }
        return "<section class=\"tiles\" aria-label=\"Key figures\">\n\(tiles.joined(separator: "\n"))\n</section>"
    }

    private static func harness(_ result: RunResult, _ tables: ResultTables) -> String {
        let sentence = Markup.element("p", Summary.harnessSentence(result))
        let pace = Summary.paceSentence(result).map { Markup.element("p", $0) } ?? ""
        let notes = result.notes.isEmpty ? "" : list(result.notes)
        return section("Harness", sentence + pace + notes + HTMLTable(tables.processes()).table)
    }

    private static func footer(_ result: RunResult) -> String {
        var parts = ["seed \(result.seed)", "plan \(result.plan.hash)", result.mode.rawValue]
        if let startedAt = result.startedAt { parts.append("started \(startedAt)") }
        if let elapsed = result.elapsedSeconds { parts.append("took \(Readable.seconds(elapsed))") }
        if result.timeScale != 1 { parts.append("time scale \(Readable.number(result.timeScale))") }
        parts.append("exit code \(result.exitCode)")
        return Markup.element("footer", parts.joined(separator: " · "))
    }

    /// The first line is a sentence of ours; the others may begin with an expression, which stays as it was written.
    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func section(_ title: String, _ content: String) -> String { PageShell.section(title, content) }

    private static func list(_ sentences: [String]) -> String { PageShell.list(sentences) }
}

/// A table as HTML.
struct HTMLTable {
    private let content: ReportTable
    private let whenEmpty: String

    init(_ table: ReportTable, whenEmpty: String = "Nothing.") {
        content = table
        self.whenEmpty = whenEmpty
    }

    /// With its title, as a section of the page.
    var html: String {
        let explanation =
            content.explanation.isEmpty ? "" : Markup.element("p", [("class", "dim")], content.explanation)
        return "<section>\n\(Markup.element("h2", content.title))\n\(explanation)\n\(table)\n</section>"
    }

    /// Alone.
    var table: String {
        guard !content.rows.isEmpty else { return Markup.element("p", [("class", "dim")], whenEmpty) }
        let head = content.columns.map { column in
            Markup.element(
                "th",
                [("scope", "col"), ("class", column.alignment == .right ? "right" : "")],
                column.title
            )
        }
        let rows = content.rows.map { row in
            "<tr>" + zip(content.columns, row).map { cell($1, in: $0) }.joined() + "</tr>"
        }
        return "<div class=\"scroll\"><table>\n<thead><tr>\(head.joined())</tr></thead>\n"
            + "<tbody>\n\(rows.joined(separator: "\n"))\n</tbody>\n</table></div>"
    }

    private func cell(_ cell: ReportTable.Cell, in column: ReportTable.Column) -> String {
        guard let bar = cell.bar else {
            let classes = [column.alignment == .right ? "right" : "", cell.tone.styleClass]
            return Markup.element("td", [("class", classes.filter { !$0.isEmpty }.joined(separator: " "))], cell.text)
        }
        let width = Readable.number(100 * min(1, max(0, bar)), decimals: 1)
        let style = cell.tone == .dim ? "bar out" : "bar"
        return "<td class=\"barcell\"><div class=\"\(style)\" style=\"width:\(width)%\"></div></td>"
    }
}

extension ReportTable.Tone {
    fileprivate var styleClass: String {
        switch self {
        case .bad: "bad"
        case .dim: "dim"
        case .good: "good"
        case .normal: ""
        case .warning: "warning"
        }
    }
}
