import HoldfastResult

/// Figures of a result as entries of a table; what was not measured is a dash.
enum Figures {
    typealias Cell = ReportTable.Cell

    static let unknown = Cell(text: "-", tone: .dim)

    static func count(_ value: UInt64?) -> Cell {
        value.map { Cell(text: Readable.count($0)) } ?? unknown
    }

    static func ratio(_ value: Double?) -> Cell {
        value.map { Cell(text: Readable.fixed($0, decimals: 2)) } ?? unknown
    }

    static func seconds(_ value: Double?) -> Cell {
        value.map { Cell(text: Readable.seconds($0)) } ?? unknown
    }

    static func bytes(_ value: Double?) -> Cell {
        value.map { Cell(text: Readable.bytes($0)) } ?? unknown
    }

    /// A share as `23%`; `-` of nothing.
    static func percent(_ part: Double, of whole: Double) -> Cell {
        whole > 0 ? Cell(text: "\(Readable.number(100 * part / whole, decimals: 1))%") : unknown
    }

    /// A range of a distribution such as `12.1 to 14.9 s`.
    static func range(_ summary: LatencySummary) -> Cell {
        guard let min = summary.min, let max = summary.max else { return unknown }
        let (low, high) = (Readable.seconds(min), Readable.seconds(max))
        if low == high { return Cell(text: high) }
        let lowParts = low.split(separator: " ")
        let highParts = high.split(separator: " ")
        // The unit is said once where both share it.
        if lowParts.last == highParts.last, let number = lowParts.first { return Cell(text: "\(number) to \(high)") }
        return Cell(text: "\(low) to \(high)")
    }
}
