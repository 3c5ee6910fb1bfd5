/// Swift source with everything that is not code blanked out, byte for byte, so that lines and columns stay.
///
/// Comments and the contents of strings become spaces; a rule can then look for words and braces and never trips over
/// prose.
struct SwiftText {
    /// The code, in UTF-8.
    private(set) var code: [UInt8]
    private let source: [UInt8]
    private var position = 0

    init(_ text: String) {
        source = Array(text.utf8)
        code = source
        while position < source.count {
            skipOne(isBlanked: false)
        }
    }

    /// The code by lines.
    var lines: [String] {
        code.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Passes one character of code, or one whole comment or string.
    private mutating func skipOne(isBlanked: Bool) {
        if starts("//") {
            while position < source.count, source[position] != UInt8(ascii: "\n") { blank(1) }
        } else if starts("/*") {
            skipBlockComment()
        } else if let hashes = stringStart() {
            skipString(hashes: hashes)
        } else if isBlanked {
            blank(1)
        } else {
            position += 1
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && position < source.count
    }

    /// The number of `#` before the quote that stands here; nil if no string begins here.
    private func stringStart() -> Int? {
        var quote = position
        while quote < source.count, source[quote] == UInt8(ascii: "#") { quote += 1 }
        guard quote < source.count, source[quote] == UInt8(ascii: "\"") else { return nil }
        return quote - position
    }

    private mutating func skipString(hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        let isMultiline = starts(fence + "\"\"\"")
        let quote = isMultiline ? "\"\"\"" : "\""
        blank(hashes + quote.utf8.count)
        while position < source.count {
            // A quote in a regular expression would open a string that never ends; no such string crosses a line.
            if !isMultiline, source[position] == UInt8(ascii: "\n") { return }
            if starts(quote + fence) {
                blank(quote.utf8.count + hashes)
                return
            }
            if starts("\\" + fence + "(") {
                blank(2 + hashes)
                skipInterpolation()
            } else if starts("\\" + fence) {
                blank(2 + hashes)
            } else {
                blank(1)
            }
        }
    }

    /// Passes the code of an interpolation, its closing parenthesis included.
    private mutating func skipInterpolation() {
        var depth = 1
        while depth > 0, position < source.count {
            if source[position] == UInt8(ascii: "(") { depth += 1 }
            if source[position] == UInt8(ascii: ")") { depth -= 1 }
            skipOne(isBlanked: true)
        }
    }

    private func starts(_ text: String) -> Bool {
        source[position...].starts(with: text.utf8)
    }

    /// Makes the next `count` bytes spaces; newlines stay.
    private mutating func blank(_ count: Int) {
        for _ in 0..<count where position < source.count {
            if source[position] != UInt8(ascii: "\n") { code[position] = UInt8(ascii: " ") }
            position += 1
        }
    }
}

/// The words and marks of Swift code, each with its line.
struct SwiftToken: Equatable {
    /// An identifier, keyword or number as a whole; anything else one character at a time.
    let text: String
    /// 1-based.
    let line: Int

    static func tokens(of text: SwiftText) -> [SwiftToken] {
        var tokens: [SwiftToken] = []
        for (index, line) in text.lines.enumerated() {
            var word = ""
            for character in line + " " {
                if character.isLetter || character.isNumber || character == "_" {
                    word.append(character)
                    continue
                }
                if !word.isEmpty { tokens.append(SwiftToken(text: word, line: index + 1)) }
                word = ""
                if !character.isWhitespace { tokens.append(SwiftToken(text: String(character), line: index + 1)) }
            }
        }
        return tokens
    }
}
