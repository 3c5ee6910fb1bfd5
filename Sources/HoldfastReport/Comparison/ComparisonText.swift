import HoldfastResult

/// A comparison for a terminal, and for spreadsheets.
public enum ComparisonText {
    /// The answers, then the figures that they rest on.
    public static func text(_ comparison: Comparison, isColoured: Bool, columns: Int) -> String {
        let style = TextStyle(columns: columns, isColoured: isColoured)
        let tables = ComparisonTables(comparison: comparison)
        var lines = [style.bold(headline(comparison))]
        for sentence in tables.sentences {
            let wrapped = TextWrap.lines(sentence, columns: columns - 4)
            lines += wrapped.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
        }
        let all = [
            tables.figures([.imbalance], title: "Imbalance"),
            tables.figures([.recovery], title: "Recovery"),
            tables.figures([.cost], title: "Cost"),
            tables.differences,
            tables.churn,
        ]
        for table in all { lines += [""] + TextTable(table: table, style: style).lines }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One line about a run that has ended.
    public static func line(_ variant: String, _ run: ComparedRun, trial: Int, trials: Int) -> String {
        let ratio = (run.values["imbalance.atEnd.maxOverMean"] ?? nil).map { Readable.fixed($0, decimals: 3) } ?? "-"
        let reason = run.verdict == .invalid ? ": \(run.reasons.first ?? "no reason was given")" : ""
        return "trial \(trial) of \(trials), \(variant): max/mean at end \(ratio), \(run.verdict.rawValue)\(reason)"
    }

    /// A line for each run: its variant, trial and seed, its verdict, its churn, and every metric; empty where there is
    /// no value.
    public static func csv(_ comparison: Comparison) -> String {
        let metrics = comparison.metrics.map(\.name)
        let columns = ["variant", "trial", "seed", "verdict", "injected", "scheduled"] + metrics
        var lines = [columns.joined(separator: ",")]
        for variant in comparison.variants {
            for (trial, run) in variant.runs.enumerated() {
                let churn = [run.churn.injected, run.churn.scheduled].map { $0.map { "\($0)" } ?? "" }
                let values = metrics.map { (run.values[$0] ?? nil).map { "\($0)" } ?? "" }
                let start = [field(variant.name), "\(trial)", "\(run.seed)", run.verdict.rawValue]
                lines.append((start + churn + values).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func headline(_ comparison: Comparison) -> String {
        let count = comparison.variants.count
        let trials = comparison.seeds.count
        return "\(comparison.plan): \(count) variants, \(trials) trials each, \(comparison.mode.rawValue)"
    }

    /// As RFC 4180 has it.
    private static func field(_ text: String) -> String {
        text.contains(where: { $0 == "," || $0 == "\"" }) ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}
