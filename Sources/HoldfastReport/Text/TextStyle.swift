/// How a text for a terminal is set: width, and whether it may be coloured.
public struct TextStyle: Equatable, Sendable {
    /// Columns that a line may have.
    public var columns: Int
    /// Whether escape sequences for colours may be written.
    public var isColoured: Bool

    /// A style; never narrower than 60 columns.
    public init(columns: Int, isColoured: Bool) {
        self.columns = max(60, columns)
        self.isColoured = isColoured
    }

    /// For files and pipes.
    public static let plain = TextStyle(columns: 100, isColoured: false)

    func bold(_ text: String) -> String { wrap(text, "1") }

    func paint(_ text: String, _ tone: ReportTable.Tone) -> String {
        switch tone {
        case .bad: wrap(text, "31")
        case .dim: wrap(text, "2")
        case .good: wrap(text, "32")
        case .normal: text
        case .warning: wrap(text, "33")
        }
    }

    /// A short text on the colour of a verdict.
    func badge(_ text: String, _ tone: ReportTable.Tone) -> String {
        switch tone {
        case .bad: wrap(" \(text) ", "1;97;41")
        case .good: wrap(" \(text) ", "1;97;42")
        default: wrap(" \(text) ", "1;30;43")
        }
    }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
