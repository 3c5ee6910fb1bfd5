import HoldfastCore

/// A plan as plain values, from which both of its texts are written.
indirect enum ResolvedValue {
    /// A text without a type of its own: names, durations, rates.
    case text(String)
    case number(Double)
    case integer(UInt64)
    case list([ResolvedValue])
    case mapping([(key: String, value: ResolvedValue)])

    /// JSON with sorted keys and without spaces: equal values have equal bytes.
    var canonicalJSON: String {
        switch self {
        case .text(let text): return jsonString(text)
        case .number(let number): return ScalarText.text(number)
        case .integer(let integer): return String(integer)
        case .list(let items): return "[" + items.map(\.canonicalJSON).joined(separator: ",") + "]"
        case .mapping(let entries):
            let sorted = entries.sorted { $0.key < $1.key }
            return "{" + sorted.map { "\(jsonString($0.key)):\($0.value.canonicalJSON)" }.joined(separator: ",") + "}"
        }
    }

    /// YAML in the order given: a mapping at the top has a line for each key, what lies deeper stands in braces.
    var yaml: String {
        guard case .mapping(let entries) = self else { return flow + "\n" }
        return entries.map { key, value in
            guard case .list(let items) = value, !items.isEmpty, key != "excludedPorts", key != "defaults" else {
                return "\(key): \(value.flow)\n"
            }
            return "\(key):\n" + items.map { "  - \($0.flow)\n" }.joined()
        }
        .joined()
    }

    private var flow: String {
        switch self {
        case .text(let text): return isPlain(text) ? text : jsonString(text)
        case .number, .integer: return canonicalJSON
        case .list(let items): return "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let entries):
            return "{ " + entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + " }"
        }
    }

    /// Whether YAML reads the text back without quotes, whatever surrounds it.
    private func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isNameByte(first), first != 45 else { return false }
        return text.utf8.allSatisfy { isNameByte($0) || $0 == 46 || $0 == 47 }
    }
}

/// `text` as a JSON string, which is also a double-quoted YAML scalar.
private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
