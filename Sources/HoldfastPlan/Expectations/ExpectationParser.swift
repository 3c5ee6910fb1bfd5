import HoldfastCore

/// An expectation with where its parts stand, so that what is wrong with them can be pointed at.
struct ParsedExpectation {
    var expectation: Expectation
    /// Scalars before the part.
    var metricOffset = 0
    var keyOffsets: [Int] = []
    var valueOffsets: [[Int]] = []
    var aggregateOffset = 0
    var instantOffset = 0
    var literalOffset = 0
}

/// Why a text is not an expectation.
struct ExpectationError: Error {
    /// Scalars before what is wrong.
    var offset: Int
    var found: String
    var expected: String
    var suggestion: String?
}

/// Reads `metric{key=value} aggregate at T op literal`.
struct ExpectationParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var result: ParsedExpectation

    /// The expectation in `text`, its names not yet checked.
    static func parse(_ text: String) throws(ExpectationError) -> ParsedExpectation {
        var parser = ExpectationParser(text)
        try parser.parse()
        return parser.result
    }

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        let condition = Expectation.Condition.compare(.equal, .never)
        let empty = Expectation(
            text: text,
            metric: "",
            matches: [],
            aggregate: nil,
            instant: nil,
            condition: condition
        )
        result = ParsedExpectation(expectation: empty)
    }

    private mutating func parse() throws(ExpectationError) {
        skipSpaces()
        result.metricOffset = position
        let metric = take { isLetterOrDigit($0) || $0 == "." }
        guard !metric.isEmpty, metric.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isName) else {
            throw failure(at: result.metricOffset, expected: "the name of a metric")
        }
        result.expectation.metric = metric
        skipSpaces()
        if take("{") { try parseMatches() }
        try parseWords()
    }

    private mutating func parseMatches() throws(ExpectationError) {
        repeat {
            skipSpaces()
            let offset = position
            let name = take(isLetterOrDigit)
            guard let key = Expectation.MatchKey(rawValue: name) else {
                throw unknown(name, "key", at: offset, among: Expectation.MatchKey.allCases.map(\.rawValue))
            }
            skipSpaces()
            let isNegated = take("!")
            guard take("=") else { throw failure(at: position, expected: "= or != after a key") }
            var values: [String] = []
            var offsets: [Int] = []
            repeat {
                skipSpaces()
                offsets.append(position)
                let value = take { isLetterOrDigit($0) || $0 == "-" || $0 == "_" }
                guard !value.isEmpty else { throw failure(at: position, expected: "a value of `\(key.rawValue)`") }
                values.append(value)
                skipSpaces()
            } while take("|")
            result.expectation.matches.append(.init(key: key, negated: isNegated, values: values))
            result.keyOffsets.append(offset)
            result.valueOffsets.append(offsets)
        } while take(",")
        guard take("}") else { throw failure(at: position, expected: "a comma or a closing brace") }
    }

    /// Everything after the metric: an aggregate, an instant, and the condition.
    private mutating func parseWords() throws(ExpectationError) {
        skipSpaces()
        var offset = position
        var word = take(isLetterOrDigit)
        if let aggregate = Expectation.Aggregate(rawValue: word) {
            result.expectation.aggregate = aggregate
            result.aggregateOffset = offset
            (offset, word) = nextWord()
        }
        if word == "at" {
            skipSpaces()
            result.instantOffset = position
            result.expectation.instant = try parseInstant()
            (offset, word) = nextWord()
        }
        if word == "in" {
            try parseRange()
        } else if word.isEmpty {
            try parseComparison()
        } else {
            let names = Expectation.Aggregate.allCases.map(\.rawValue) + ["at", "in"]
            throw unknown(word, "word", at: offset, among: names)
        }
        skipSpaces()
        guard position == scalars.count else { throw failure(at: position, expected: "the end of the expectation") }
    }

    private mutating func nextWord() -> (offset: Int, word: String) {
        skipSpaces()
        return (position, take(isLetterOrDigit))
    }

    private mutating func parseInstant() throws(ExpectationError) -> Expectation.ReadInstant {
        let offset = position
        let text = takeLiteral()
        if text == "end" { return .end }
        guard let span = ScalarText.span(text) else { throw failure(at: offset, expected: "end or a duration") }
        return .at(span)
    }

    private mutating func parseComparison() throws(ExpectationError) {
        let offset = position
        let symbol = take { ["<", ">", "=", "!"].contains($0) }
        guard let comparison = Expectation.Operator(rawValue: symbol) else {
            let names = Expectation.Operator.allCases.map(\.rawValue)
            let suggestion = symbol == "=" ? "==" : nil
            throw failure(at: offset, length: symbol.count, expected: listed(names + ["in"]), suggestion: suggestion)
        }
        skipSpaces()
        result.literalOffset = position
        let literal = try parseLiteral(names: true)
        if literal == .never, comparison != .equal, comparison != .notEqual {
            throw failure(at: offset, length: symbol.count, expected: "== or != before `never`")
        }
        result.expectation.condition = .compare(comparison, literal)
    }

    private mutating func parseRange() throws(ExpectationError) {
        skipSpaces()
        result.literalOffset = position
        let low = try parseLiteral(names: false)
        skipSpaces()
        guard take("."), take(".") else { throw failure(at: position, expected: ".. between the ends of a range") }
        skipSpaces()
        let high = try parseLiteral(names: false)
        result.expectation.condition = .range(low, high)
    }

    private mutating func parseLiteral(names: Bool) throws(ExpectationError) -> Expectation.Literal {
        let offset = position
        let text = takeLiteral()
        if names, text == "never" { return .never }
        if names, let boolean = Bool(text) { return .boolean(boolean) }
        if let number = ScalarText.number(text) { return .number(number) }
        if let span = ScalarText.span(text) { return .duration(span) }
        if let percent = ScalarText.percent(text) { return .percent(percent) }
        if let rate = ScalarText.rate(text) { return .rate(rate) }
        if let size = ScalarText.size(text) { return .size(Double(size)) }
        let words = names ? ", never, true or false" : ""
        let expected = "a number, duration, percentage, size or rate\(words)"
        throw failure(at: offset, length: text.count, expected: expected)
    }

    /// The run of scalars that can be one literal; two dots end it.
    private mutating func takeLiteral() -> String {
        var text = ""
        while position < scalars.count {
            let scalar = scalars[position]
            let isRange = scalar == "." && position + 1 < scalars.count && scalars[position + 1] == "."
            guard !isRange, isLetterOrDigit(scalar) || scalar == "." || scalar == "%" || scalar == "/" else { break }
            text.unicodeScalars.append(scalar)
            position += 1
        }
        return text
    }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard position < scalars.count, scalars[position] == wanted else { return false }
        position += 1
        return true
    }

    private mutating func take(_ isWanted: (Unicode.Scalar) -> Bool) -> String {
        var text = ""
        while position < scalars.count, isWanted(scalars[position]) {
            text.unicodeScalars.append(scalars[position])
            position += 1
        }
        return text
    }

    private mutating func skipSpaces() {
        while position < scalars.count, scalars[position] == " " { position += 1 }
    }

    /// What stands at an offset is not what was expected there.
    private func failure(
        at offset: Int,
        length: Int = 0,
        expected: String,
        suggestion: String? = nil
    ) -> ExpectationError {
        guard offset < scalars.count else {
            return ExpectationError(offset: offset, found: "the end", expected: expected, suggestion: suggestion)
        }
        var end = offset + max(1, length)
        while length == 0, end < scalars.count, isLetterOrDigit(scalars[end]), isLetterOrDigit(scalars[offset]) {
            end += 1
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[offset..<min(end, scalars.count)])
        return ExpectationError(offset: offset, found: quoted(text), expected: expected, suggestion: suggestion)
    }

    private func unknown(_ name: String, _ what: String, at offset: Int, among names: [String]) -> ExpectationError {
        guard !name.isEmpty else { return failure(at: offset, expected: listed(names)) }
        return ExpectationError(
            offset: offset,
            found: "unknown \(what) \(quoted(name))",
            expected: listed(names, near: name, in: "WritingExpectations.md"),
            suggestion: nearestName(to: name, among: names)
        )
    }
}

private func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: false
    }
}

private func isName(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return isLetterOrDigit(first) && !("0"..."9").contains(first)
}
