import HoldfastResult

/// The bench's figures as a table for a terminal.
public enum BenchTable {
    /// One line a figure, and how to measure each of them again.
    public static func text(_ report: BenchReport, isColoured: Bool, columns: Int) -> String {
        let style = TextStyle(columns: columns, isColoured: isColoured)
        var lines: [String] = []
        for peer in report.peers {
            let figures = report.figures.filter { $0.peer == peer }
            lines += TextTable(table: table(figures, peer), style: style).lines + [""]
        }
        lines.append("Again, one by one:")
        var seen: Set<String> = []
        for figure in report.figures where seen.insert(figure.command).inserted { lines.append("  " + figure.command) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func table(_ figures: [BenchReport.Figure], _ peer: String) -> ReportTable {
        let isBare = peer == BenchReport.bareC
        let client = "The bare C client does the same with nothing of Holdfast's, in turn with it"
        let balancer = "\(peer) does the same in turn with Holdfast's own, each on one and the same core"
        let scale = "a ratio of 1 is as good as \(isBare ? "C" : peer), more is better"
        return ReportTable(
            title: isBare ? "Bench" : "Balancers",
            explanation: "Medians. \(isBare ? client : balancer); \(scale).",
            columns: [
                .text(""), .figure("holdfast"), .figure(peer), .figure("ratio"), .figure("samples"),
            ],
            rows: figures.map(row)
        )
    }

    private static func row(_ figure: BenchReport.Figure) -> [ReportTable.Cell] {
        [
            ReportTable.Cell(text: figure.title),
            cell(figure.median, figure.unit),
            cell(figure.peerMedian, figure.unit),
            Figures.ratio(figure.ratio),
            ReportTable.Cell(text: "\(figure.holdfast.count)"),
        ]
    }

    private static func cell(_ value: Double?, _ unit: String) -> ReportTable.Cell {
        switch unit {
        case "bytes": return Figures.bytes(value)
        case "bytesPerSecond": return value.map { ReportTable.Cell(text: Readable.bytes($0) + "/s") } ?? Figures.unknown
        case "perSecond":
            return value.map { ReportTable.Cell(text: Readable.count(UInt64($0)) + "/s") } ?? Figures.unknown
        default:
            // Below a microsecond the usual unit would show digits that a nanosecond has not.
            guard let value, value < 1e-6 else { return Figures.seconds(value) }
            return ReportTable.Cell(text: Readable.number(value * 1e9, decimals: 0) + " ns")
        }
    }
}
