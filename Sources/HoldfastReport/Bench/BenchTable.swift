import HoldfastResult

/// The bench's figures as a table for a terminal.
public enum BenchTable {
    /// One line a figure, and how to measure each of them again.
    public static func text(_ report: BenchReport, isColoured: Bool, columns: Int) -> String {
        let table = ReportTable(
            title: "Bench",
            explanation: """
                Medians. The bare C client does the same with nothing of Holdfast's, in turn with it; a ratio of 1 is \
                as good as C, more is better.
                """,
            columns: [
                .text(""), .figure("holdfast"), .figure("bare C"), .figure("ratio"), .figure("samples"),
            ],
            rows: report.figures.map(row)
        )
        let style = TextStyle(columns: columns, isColoured: isColoured)
        var lines = TextTable(table: table, style: style).lines
        lines.append("")
        lines.append("Again, one by one:")
        var seen: Set<String> = []
        for figure in report.figures where seen.insert(figure.command).inserted { lines.append("  " + figure.command) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ figure: BenchReport.Figure) -> [ReportTable.Cell] {
        [
            ReportTable.Cell(text: figure.title),
            cell(figure.median, figure.unit),
            cell(figure.bareMedian, figure.unit),
            Figures.ratio(figure.ratio),
            ReportTable.Cell(text: "\(figure.holdfast.count)"),
        ]
    }

    private static func cell(_ value: Double?, _ unit: String) -> ReportTable.Cell {
        switch unit {
        case "bytes": return Figures.bytes(value)
        case "perSecond":
            return value.map { ReportTable.Cell(text: Readable.count(UInt64($0)) + "/s") } ?? Figures.unknown
        default:
            // Below a microsecond the usual unit would show digits that a nanosecond has not.
            guard let value, value < 1e-6 else { return Figures.seconds(value) }
            return ReportTable.Cell(text: Readable.number(value * 1e9, decimals: 0) + " ns")
        }
    }
}
