/// One table of a report, before it becomes text, Markdown or HTML.
struct ReportTable: Equatable, Sendable {
    /// What it shows.
    var title: String
    /// What a reader has to know about its figures; may be empty.
    var explanation = ""
    var columns: [Column]
    var rows: [[Cell]]

    /// One column.
    struct Column: Equatable, Sendable {
        var title: String
        var alignment: Alignment
        /// Columns below which its texts are never cut short to make the table fit a terminal; nil never cuts them.
        var least: Int?
        /// Whether it may be left out where a terminal is too narrow.
        var isOptional = false

        static func text(_ title: String, least: Int? = nil, isOptional: Bool = false) -> Column {
            Column(title: title, alignment: .left, least: least, isOptional: isOptional)
        }

        static func figure(_ title: String, isOptional: Bool = false) -> Column {
            Column(title: title, alignment: .right, isOptional: isOptional)
        }
    }

    /// Where a column's texts stand.
    enum Alignment: Sendable {
        case left
        case right
    }

    /// One entry.
    struct Cell: Equatable, Sendable {
        var text: String
        var tone = Tone.normal
        /// Draws a bar instead of text, 0 ... 1.
        var bar: Double?

        static func plain(_ text: String) -> Cell { Cell(text: text) }
    }

    /// How an entry is meant.
    enum Tone: Sendable {
        case bad
        case dim
        case good
        case normal
        case warning
    }
}

extension ReportTable.Cell: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self.init(text: text) }
}
