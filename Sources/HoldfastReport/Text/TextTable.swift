import HoldfastResult

/// Sets a table in columns that fit a terminal.
struct TextTable {
    private let table: ReportTable
    private let style: TextStyle

    private static let indent = "  "
    private static let gap = "  "
    /// Columns that a bar takes.
    private static let barWidths = 8...40

    /// The table, without its optional columns where it would be too wide with them.
    init(table: ReportTable, style: TextStyle) {
        var kept = table
        while TextTable.width(of: TextTable.narrowest(kept)) > style.columns,
            let optional = kept.columns.lastIndex(where: \.isOptional)
        {
            kept.columns.remove(at: optional)
            for row in kept.rows.indices { kept.rows[row].remove(at: optional) }
        }
        self.table = kept
        self.style = style
    }

    /// The table with its title; one line each.
    var lines: [String] {
        let widths = self.widths
        var lines = [style.bold(table.title)]
        if !table.explanation.isEmpty {
            lines += TextWrap.lines(table.explanation, columns: style.columns - TextTable.indent.count).map {
                TextTable.indent + style.paint($0, .dim)
            }
        }
        if table.columns.contains(where: { !$0.title.isEmpty }) {
            lines.append(line(table.columns.map { ReportTable.Cell(text: $0.title, tone: .dim) }, widths))
        }
        return lines + table.rows.map { line($0, widths) }
    }

    /// Texts and then bars take what the narrowest setting leaves.
    private var widths: [Int] {
        var widths = TextTable.narrowest(table)
        var left = max(0, style.columns - TextTable.width(of: widths))
        for (index, column) in table.columns.enumerated() where column.least != nil {
            let wanted = TextTable.widest(table, index)
            let added = min(left, max(0, wanted - widths[index]))
            widths[index] += added
            left -= added
        }
        for index in table.columns.indices where TextTable.hasBars(table, index) {
            let added = min(left, TextTable.barWidths.upperBound - widths[index])
            widths[index] += added
            left -= added
        }
        return widths
    }

    /// As wide as the widest entry; texts that may shrink and bars at their least.
    private static func narrowest(_ table: ReportTable) -> [Int] {
        table.columns.enumerated().map { index, column in
            if hasBars(table, index) { return barWidths.lowerBound }
            let widest = widest(table, index)
            return min(widest, column.least ?? widest)
        }
    }

    private static func widest(_ table: ReportTable, _ index: Int) -> Int {
        table.rows.reduce(table.columns[index].title.count) { max($0, $1[index].text.count) }
    }

    private static func hasBars(_ table: ReportTable, _ index: Int) -> Bool {
        table.rows.contains { $0[index].bar != nil }
    }

    private static func width(of widths: [Int]) -> Int {
        indent.count + widths.reduce(0, +) + gap.count * max(0, widths.count - 1)
    }

    private func line(_ cells: [ReportTable.Cell], _ widths: [Int]) -> String {
        var text = TextTable.indent
        for (index, cell) in cells.enumerated() {
            let content =
                cell.bar.map { Bar.text($0, columns: widths[index]) } ?? shortened(cell.text, to: widths[index])
            let padding = String(repeating: " ", count: max(0, widths[index] - content.count))
            let painted = style.paint(content, cell.tone)
            text += table.columns[index].alignment == .right ? padding + painted : painted + padding
            if index + 1 < cells.count { text += TextTable.gap }
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    private func shortened(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(1, width - 1)) + "…"
    }
}

/// A horizontal bar of block characters, to an eighth of a column.
enum Bar {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// A bar of `share` of `columns`; something where there is something.
    static func text(_ share: Double, columns: Int) -> String {
        let filled = min(1, max(0, share.isFinite ? share : 0)) * Double(columns) * 8
        let units = filled > 0 ? max(1, Int(filled.rounded())) : 0
        return String(repeating: "█", count: units / 8) + eighths[units % 8]
    }
}

/// Breaks a sentence into lines.
enum TextWrap {
    static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in text.split(separator: " ") {
            if !current.isEmpty && current.count + 1 + word.count > columns {
                lines.append(current)
                current = ""
            }
            current += current.isEmpty ? String(word) : " \(word)"
        }
        return current.isEmpty ? lines : lines + [current]
    }
}
