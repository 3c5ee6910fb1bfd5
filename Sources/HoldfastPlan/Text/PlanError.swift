/// Why a plan was refused: at least one diagnostic, in the order of the text.
public struct PlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, each on one line that stands on its own.
    public var diagnostics: [PlanDiagnostic]

    /// An error of these diagnostics.
    public init(_ diagnostics: [PlanDiagnostic]) { self.diagnostics = diagnostics }

    /// One line for each diagnostic.
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong, or doubtful, in a plan.
public struct PlanDiagnostic: Equatable, Sendable, CustomStringConvertible {
    /// Whether the plan can be used all the same.
    public enum Severity: String, Sendable {
        /// It cannot.
        case error
        /// It can, but probably does not do what was meant.
        case warning
    }

    /// Where it is.
    public var place: Place
    /// Whether the plan can be used all the same.
    public var severity: Severity
    /// What is there.
    public var found: String
    /// What should be there.
    public var expected: String
    /// A known name that is nearly what is there.
    public var suggestion: String?

    /// A diagnostic from its parts; an error by default.
    public init(
        at place: Place,
        _ severity: Severity = .error,
        found: String,
        expected: String,
        suggestion: String? = nil
    ) {
        self.place = place
        self.severity = severity
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// `FILE:LINE:COLUMN: error: <found>; expected <what>; did you mean <name>?`, always one line.
    public var description: String {
        var line = "\(place): \(severity.rawValue): \(found); expected \(expected)"
        if let suggestion { line += "; did you mean \(suggestion)?" }
        return oneLine(line)
    }
}

/// A place in a plan's text or in a flag.
public struct Place: Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named, or the flag.
    public var source: String
    /// 1-based.
    public var line: Int
    /// 1-based, in Unicode scalars.
    public var column: Int

    /// A place; the start of the source by default.
    public init(source: String, line: Int = 1, column: Int = 1) {
        self.source = source
        self.line = line
        self.column = column
    }

    /// `SOURCE:LINE:COLUMN`.
    public var description: String { "\(source):\(line):\(column)" }

    /// The place this many columns to the right.
    func advanced(by columns: Int) -> Place { Place(source: source, line: line, column: column + columns) }
}

/// `text` with every control character shown as an escape.
func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
        default: line.unicodeScalars.append(scalar)
        }
    }
    return line
}

/// `text` between backquotes, cut to a length that fits a line.
func quoted(_ text: String) -> String {
    let limit = 60
    return text.count <= limit ? "`\(text)`" : "`\(text.prefix(limit))...`"
}
