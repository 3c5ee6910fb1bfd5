import HoldfastResult

/// `report.html` of a comparison: the answers, the curves of all variants on the same axes, and the figures.
public enum ComparisonPage {
    /// The page; nothing in it is fetched from anywhere.
    public static func html(_ comparison: Comparison, curves: ComparisonCurves) -> String {
        let tables = ComparisonTables(comparison: comparison)
        let charts = ComparisonCharts(names: comparison.variants.map(\.name), curves: curves)
        let body = [
            header(comparison, tables),
            PageShell.section("Imbalance", charts.imbalance),
            PageShell.section("Busiest gateway", charts.busiest),
            PageShell.section("Reconnecting", charts.waiting),
            HTMLTable(tables.figures([.imbalance], title: "Imbalance, in figures")).html,
            HTMLTable(tables.figures([.recovery], title: "Recovery")).html,
            HTMLTable(tables.figures([.cost], title: "Cost")).html,
            HTMLTable(tables.differences, whenEmpty: "One trial tells no difference from chance.").html,
            HTMLTable(tables.churn).html,
            footer(comparison),
        ]
        return PageShell.document(title: "\(comparison.plan), compared", body)
    }

    private static func header(_ comparison: Comparison, _ tables: ComparisonTables) -> String {
        let isValid = !comparison.variants.contains { $0.runs.contains { $0.verdict == .invalid } }
        let badge = isValid ? "COMPARED" : "INVALID"
        return [
            "<header class=\"\(isValid ? "pass" : "invalid")\">",
            "<h1>\(Markup.element("span", [("class", "badge")], badge)) \(Markup.escape(comparison.plan))</h1>",
            PageShell.list(tables.sentences),
            "</header>",
        ].joined(separator: "\n")
    }

    private static func footer(_ comparison: Comparison) -> String {
        let seeds = comparison.seeds.map { "\($0)" }.joined(separator: ", ")
        return Markup.element("footer", "\(comparison.mode.rawValue) · seeds \(seeds)")
    }
}

/// The charts of a comparison: a line for each variant.
struct ComparisonCharts {
    let names: [String]
    let curves: ComparisonCurves

    private static let colours = 8
    /// Room for the names of variants.
    private static let right = 260.0

    var imbalance: String {
        chart(.maxOverMean, title: "Imbalance over time", yTitle: "busiest gateway over the mean", decimals: 2)
    }

    var busiest: String {
        chart(.busiest, title: "Connections of the busiest gateway over time", yTitle: "connections", decimals: 0)
    }

    var waiting: String {
        chart(.waiting, title: "Sessions reconnecting over time", yTitle: "sessions reconnecting", decimals: 0)
    }

    private func chart(_ figure: ComparisonCurves.Figure, title: String, yTitle: String, decimals: Int) -> String {
        let lines = names.indices.map { index in
            ChartSeries(
                label: names[index],
                style: "s\(index % ComparisonCharts.colours)",
                samples: curves.samples(figure, variant: index)
            )
        }
        let values = lines.flatMap { $0.samples.map(\.value) }
        let least = decimals == 0 ? 0.0 : 1
        let xRange = 0...max(1, curves.durationSeconds)
        let lanes = EventMarks.lanes(for: curves.faults, xRange: xRange, right: ComparisonCharts.right)
        let top = EventMarks.height(ofLanes: lanes) + 30
        let frame = ChartFrame(
            height: top + 260 + 44,
            top: top,
            right: ComparisonCharts.right,
            xRange: xRange,
            yRange: least...max(least + (decimals == 0 ? 1 : 0.05), values.max() ?? 0),
            isWhole: decimals == 0
        )
        let marks = EventMarks(faults: curves.faults, frame: frame)
        var parts = frame.axes(yTitle: yTitle) { value in
            decimals == 0 ? Readable.count(UInt64(max(0, value))) : Readable.fixed(value, decimals: decimals)
        }
        parts += lines.flatMap { $0.drawn(in: frame) } + marks.marks
        parts += ChartLabels.beside(lines, in: frame, decimals: decimals)
        return Svg.image(
            height: frame.height,
            title: title,
            description: "One line for each variant, the mean of its trials; events of the timeline are marked.",
            id: title.lowercased().replacing(" ", with: "-"),
            parts
        )
    }
}
