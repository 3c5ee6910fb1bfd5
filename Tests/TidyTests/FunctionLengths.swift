/// A function, initializer or deinitializer and the lines from its keyword to its closing brace.
struct FunctionLength: Equatable {
    /// The function's name, `init` or `deinit`.
    let name: String
    /// The line of the keyword, 1-based.
    let line: Int
    /// Lines including the first and the last.
    let length: Int

    /// Every function with a body in `text`, nested ones as well.
    static func all(in text: SwiftText) -> [FunctionLength] {
        let tokens = SwiftToken.tokens(of: text)
        return tokens.indices.compactMap { function(at: $0, tokens) }
    }

    private static func function(at index: Int, _ tokens: [SwiftToken]) -> FunctionLength? {
        guard let body = bodyStart(after: index, tokens), let end = closing(of: body, tokens) else { return nil }
        let isNamed = tokens[index].text == "func" && index + 1 < tokens.count
        return FunctionLength(
            name: isNamed ? tokens[index + 1].text : tokens[index].text,
            line: tokens[index].line,
            length: tokens[end].line - tokens[index].line + 1
        )
    }

    /// The opening brace of the body declared at `index`; nil if no function with a body is declared there.
    private static func bodyStart(after index: Int, _ tokens: [SwiftToken]) -> Int? {
        let isMember = index > 0 && tokens[index - 1].text == "."
        guard !isMember, index + 1 < tokens.count else { return nil }
        switch tokens[index].text {
        case "deinit":
            return tokens[index + 1].text == "{" ? index + 1 : nil
        case "init":
            guard ["(", "<", "?", "!"].contains(tokens[index + 1].text) else { return nil }
        case "func":
            break
        default:
            return nil
        }
        guard
            let parameters = tokens[index...].firstIndex(where: { $0.text == "(" }),
            let end = closing(of: parameters, tokens)
        else { return nil }
        return braceBeforeNextDeclaration(after: end, tokens)
    }

    /// Past the parameters come effects, the result and constraints, then the brace; in a protocol, the next member.
    private static func braceBeforeNextDeclaration(after index: Int, _ tokens: [SwiftToken]) -> Int? {
        var position = index + 1
        while position < tokens.count {
            switch tokens[position].text {
            case "{": return position
            case "(", "[": position = closing(of: position, tokens) ?? tokens.count
            case "}", ";": return nil
            case let word where declarations.contains(word): return nil
            default: break
            }
            position += 1
        }
        return nil
    }

    private static let declarations: Set = [
        "associatedtype", "case", "class", "deinit", "enum", "extension", "func", "init", "let", "mutating", "private",
        "protocol", "public", "static", "struct", "subscript", "typealias", "var",
    ]

    /// The bracket that closes the one at `index`.
    private static func closing(of index: Int, _ tokens: [SwiftToken]) -> Int? {
        let pairs = ["(": ")", "[": "]", "{": "}"]
        let open = tokens[index].text
        var depth = 0
        for position in index..<tokens.count {
            if tokens[position].text == open { depth += 1 }
            if tokens[position].text == pairs[open] { depth -= 1 }
            if depth == 0 { return position }
        }
        return nil
    }
}
