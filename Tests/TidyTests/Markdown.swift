import Foundation

/// What a page of documentation points to.
enum Markdown {
    /// The targets of links that are files of this repository, without anchors.
    static func relativeLinks(in text: String) -> [String] {
        text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
            .filter { !$0.contains("://") && !$0.hasPrefix("#") && !$0.hasPrefix("mailto:") }
            .map { String($0.prefix { $0 != "#" }) }
    }

    /// The articles that `<doc:Name>` names.
    static func articles(in text: String) -> [String] {
        text.matches(of: /<doc:([A-Za-z0-9-]+)>/).map { String($0.1) }
    }

    /// The lines outside fenced code that begin with one `#`.
    static func titles(in text: String) -> [String] {
        var isCode = false
        return text.split(separator: "\n").filter { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && line.hasPrefix("# ")
        }.map(String.init)
    }

    /// The subcommands of `program` that the page shows, in fenced code or between backticks, each once.
    static func subcommands(of program: String, in text: String) -> Set<String> {
        let fences = text.split(separator: "```", omittingEmptySubsequences: false)
        let blocks = fences.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let prose = fences.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined()
        let spans = prose.matches(of: /`([^`\n]+)`/).map(\.1)
        var found: Set<String> = []
        for code in blocks + spans {
            let words = code.split(whereSeparator: { !($0.isLetter || $0.isNumber || "-_./=$".contains($0)) })
            for (word, next) in zip(words, words.dropFirst()) where word == program {
                if next.wholeMatch(of: /[a-z][a-z-]*/) != nil { found.insert(String(next)) }
            }
        }
        return found
    }

    /// `verify-all` as the name of a type: `VerifyAll`.
    static func typeName(ofCommand command: String) -> String {
        command.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
