import HoldfastResult

/// `summary.md`: the summary as GitHub-flavoured Markdown, for job summaries and pull requests.
public enum MarkdownSummary {
    /// Gateways shown before those in between are left out.
    private static let gatewayLimit = 32

    /// The summary of `result`, ending in a newline.
    public static func text(_ result: RunResult) -> String {
        let headline = Headline(result)
        let tables = ResultTables(result: result)
        var blocks = ["## \(result.verdict.symbol) \(escape("\(result.plan.name): \(headline.lines[0])"))"]
        blocks.append(headline.lines.dropFirst().map { escape($0) + "." }.joined(separator: "  \n"))
        if result.reasons.count > 1 { blocks.append(list(result.reasons)) }
        var shown = [tables.expectations(), tables.gateways(limit: gatewayLimit)]
        if !result.faults.isEmpty { shown += [tables.events(), tables.recoveries()] }
        shown.append(tables.ledger())
        for table in shown where !table.rows.isEmpty { blocks.append(self.table(table)) }
        if !result.notes.isEmpty { blocks.append(list(result.notes)) }
        blocks.append(
            "Seed \(result.seed), plan `\(result.plan.hash)`, \(result.mode.rawValue), exit code \(result.exitCode). "
                + escape(Summary.harnessSentence(result))
        )
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func table(_ table: ReportTable) -> String {
        // A bar is drawn by text only; its column is left out.
        let kept = table.columns.indices.filter { index in !table.rows.contains { $0[index].bar != nil } }
        var lines = ["### \(escape(table.title))", ""]
        if !table.explanation.isEmpty { lines += [escape(table.explanation), ""] }
        lines.append("| " + kept.map { escape(table.columns[$0].title) }.joined(separator: " | ") + " |")
        lines.append("|" + kept.map { table.columns[$0].alignment == .right ? "---:|" : "---|" }.joined())
        for row in table.rows { lines.append("| " + kept.map { escape(row[$0].text) }.joined(separator: " | ") + " |") }
        return lines.joined(separator: "\n")
    }

    private static func list(_ sentences: [String]) -> String {
        sentences.map { "- \(escape($0))" }.joined(separator: "\n")
    }

    /// Text that stands for itself: names may hold anything.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "|", "\\", "`", "*", "_", "<", ">", "[", "]", "#": escaped += "\\\(character)"
            case "\n", "\r", "\r\n": escaped += " "
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

extension Verdict {
    /// A mark that does not depend on colour.
    var symbol: String {
        switch self {
        case .pass: "✅ Pass:"
        case .fail: "❌ Fail:"
        case .invalid: "⚠️ Invalid:"
        }
    }
}
