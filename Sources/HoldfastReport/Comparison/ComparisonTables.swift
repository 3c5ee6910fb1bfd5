import HoldfastResult

/// The tables and sentences of a comparison, before they become text or HTML.
struct ComparisonTables {
    let comparison: Comparison

    /// The answer to each question that has one, the questions without one together.
    var sentences: [String] {
        let told = comparison.metrics.filter { $0.margin != nil }.map(\.verdict)
        let open = comparison.metrics.filter { $0.margin == nil }.map(\.title)
        guard !open.isEmpty else { return told }
        return told + ["No variant can be told from another by: \(open.joined(separator: ", "))."]
    }

    /// A line for each variant: the means of what tells a gain, or of what a gain cost.
    func figures(_ kinds: [ComparedMetric.Kind], title: String) -> ReportTable {
        let metrics = comparison.metrics.filter { kinds.contains($0.kind) }
        let rows = comparison.variants.indices.map { index in
            let variant = comparison.variants[index]
            let cells = metrics.map { metric -> ReportTable.Cell in
                var cell = ComparisonFigures.cell(metric.means[index], metric.unit)
                if metric.margin != nil, metric.best.contains(index) { cell.tone = .good }
                return cell
            }
            return [ReportTable.Cell(text: variant.name)] + cells
        }
        return ReportTable(
            title: title,
            explanation: "Means of \(comparison.seeds.count) trials; of everything, less is better.",
            columns: [.text("variant", least: 8)] + metrics.map { .figure($0.title) },
            rows: rows
        )
    }

    /// How the variants differ from the first one, where chance is no explanation.
    var differences: ReportTable {
        let first = comparison.variants.first?.name ?? ""
        let rows = comparison.variants.indices.dropFirst().flatMap { index in
            comparison.metrics.compactMap { metric -> [ReportTable.Cell]? in
                guard let difference = metric.differences[index], difference.isClear else { return nil }
                let tone: ReportTable.Tone = difference.mean < 0 ? .good : .bad
                return [
                    ReportTable.Cell(text: comparison.variants[index].name),
                    ReportTable.Cell(text: metric.title),
                    ReportTable.Cell(text: ComparisonFigures.signed(difference.mean, metric.unit), tone: tone),
                    ReportTable.Cell(text: ComparisonFigures.interval(difference, metric.unit), tone: tone),
                ]
            }
        }
        return ReportTable(
            title: "Differences from \(first)",
            explanation: """
                Of trials with the same seed, with the 95 % confidence interval; what is not here may be chance, and \
                so may one of twenty that are.
                """,
            columns: [
                .text("variant", least: 8), .text("by", least: 8), .figure("difference"), .figure("95 % interval"),
            ],
            rows: rows
        )
    }

    /// A line for each variant: the churn that it really had, and how its runs ended.
    var churn: ReportTable {
        let rows = comparison.variants.map { variant -> [ReportTable.Cell] in
            let verdicts = Verdict.allCases.compactMap { verdict -> String? in
                let count = variant.runs.count { $0.verdict == verdict }
                return count > 0 ? "\(count) \(verdict.rawValue)" : nil
            }
            let isValid = !variant.runs.contains { $0.verdict == .invalid }
            return [
                ReportTable.Cell(text: variant.name),
                Figures.count(sum(variant, \.injected)),
                Figures.count(sum(variant, \.scheduled)),
                Figures.count(sum(variant, \.consequence)),
                ReportTable.Cell(text: verdicts.joined(separator: ", "), tone: isValid ? .normal : .bad),
            ]
        }
        return ReportTable(
            title: "Churn applied",
            explanation: "Ends of connections in all trials: by the timeline, by lifetimes, and what followed.",
            columns: [
                .text("variant", least: 8), .figure("injected"), .figure("scheduled"), .figure("consequence"),
                .text("runs"),
            ],
            rows: rows
        )
    }

    private func sum(_ variant: Comparison.Variant, _ part: (AppliedChurn) -> UInt64?) -> UInt64? {
        let parts = variant.runs.map { part($0.churn) }
        return parts.contains(nil) ? nil : parts.compactMap(\.self).reduce(0, +)
    }
}

/// Figures of a comparison as people read them.
enum ComparisonFigures {
    static func cell(_ value: Double?, _ unit: String) -> ReportTable.Cell {
        value.map { ReportTable.Cell(text: text($0, unit)) } ?? Figures.unknown
    }

    static func text(_ value: Double, _ unit: String) -> String {
        switch unit {
        case "seconds": Readable.seconds(value)
        case "perSecond": Readable.number(value, decimals: 0) + "/s"
        case "count": Readable.number(value, decimals: 1)
        default: Readable.fixed(value, decimals: 3)
        }
    }

    static func interval(_ difference: PairedDifference, _ unit: String) -> String {
        "\(signed(difference.low, unit)) to \(signed(difference.high, unit))"
    }

    static func signed(_ value: Double, _ unit: String) -> String {
        let text = text(abs(value), unit)
        return value < 0 ? "-" + text : value > 0 ? "+" + text : text
    }
}
