/// Elements of XML, SVG and HTML, with everything escaped that stands in them.
enum Markup {
    /// `<name a="b">`.
    static func open(_ name: String, _ attributes: [(String, String)] = []) -> String {
        "<\(name)\(text(attributes))>"
    }

    /// `<name a="b"/>`.
    static func empty(_ name: String, _ attributes: [(String, String)]) -> String {
        "<\(name)\(text(attributes))/>"
    }

    /// `<name a="b">text</name>`, the text escaped.
    static func element(_ name: String, _ attributes: [(String, String)], _ content: String) -> String {
        "<\(name)\(text(attributes))>\(escape(content))</\(name)>"
    }

    /// `<name>text</name>`, the text escaped.
    static func element(_ name: String, _ content: String) -> String { element(name, [], content) }

    /// Text without any meaning as markup. XML 1.0 forbids most control characters even in escaped form.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}":
                escaped.unicodeScalars.append("\u{FFFD}")
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func text(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0.0)=\"\(escape($0.1))\"" }.joined()
    }
}
