import HoldfastCore

/// How one kind of scalar is read and what a message says about it.
struct ValueKind<Value> {
    /// What should be there, for a message.
    var expected: String
    /// Whether a text between quotes will do.
    var allowsQuotes = true
    /// The value of a text, nil when it has none or an impossible one.
    var parse: (String) -> Value?
    /// Texts that were perhaps meant; the first that can be read is suggested.
    var alternatives: (String) -> [String] = { _ in [] }
}

extension ValueKind {
    /// A whole number in a range.
    static func whole(_ range: ClosedRange<UInt64>, _ what: String = "a whole number") -> ValueKind<Int>
    where Value == Int {
        ValueKind<Int>(
            expected: "\(what) from \(range.lowerBound) to \(range.upperBound)",
            allowsQuotes: false,
            parse: { text in ScalarText.integer(text).flatMap { range.contains($0) ? Int($0) : nil } },
            alternatives: { text in
                // Whatever is out of range was probably meant to be its nearest end.
                guard let number = ScalarText.number(text.drop { $0 == "-" }) else { return [] }
                if text.hasPrefix("-") || number < Double(range.lowerBound) { return [String(range.lowerBound)] }
                return [String(number < Double(range.upperBound) ? UInt64(number.rounded()) : range.upperBound)]
            }
        )
    }

    /// True or false, and nothing else that YAML ever took for them.
    static func bool() -> ValueKind<Bool> where Value == Bool {
        ValueKind<Bool>(expected: "true or false", allowsQuotes: false, parse: { Bool($0) })
    }

    /// A number in a range.
    static func number(_ range: ClosedRange<Double>) -> ValueKind<Double> where Value == Double {
        ValueKind<Double>(
            expected: "a number from \(ScalarText.text(range.lowerBound)) to \(ScalarText.text(range.upperBound))",
            allowsQuotes: false,
            parse: { text in ScalarText.number(text).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// A duration of at least `shortest`.
    static func span(atLeast shortest: Span, wholeSeconds: Bool = false) -> ValueKind<Span> where Value == Span {
        let unit = wholeSeconds ? " in whole seconds" : ""
        let bound = shortest == .zero ? "" : ", at least \(ScalarText.text(shortest))"
        return ValueKind<Span>(
            expected: "a duration\(unit) such as 10s or 4m30s\(bound)",
            parse: { text in
                guard let span = ScalarText.span(text), span >= shortest else { return nil }
                return wholeSeconds && span.nanoseconds % 1_000_000_000 != 0 ? nil : span
            },
            alternatives: spanAlternatives
        )
    }

    /// A duration of at least 1 ms, or two of them with the shorter first.
    static func spanRange() -> ValueKind<(Span, Span)> where Value == (Span, Span) {
        let one = ValueKind<Span>.span(atLeast: .milliseconds(1))
        return ValueKind<(Span, Span)>(
            expected: "a duration such as 10s or 4m30s, or a range of them such as 4m..12m, at least 1ms",
            parse: { text in
                let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { one.parse(String($0)) }
                guard ends.count <= 2, let shortest = ends[0], let longest = ends[ends.count - 1] else { return nil }
                return shortest <= longest ? (shortest, longest) : nil
            },
            alternatives: one.alternatives
        )
    }

    /// A rate above zero.
    static func rate() -> ValueKind<Double> where Value == Double {
        ValueKind<Double>(
            expected: "a rate such as 500/s",
            parse: { text in ScalarText.rate(text).flatMap { $0 > 0 && $0 <= 1e9 ? $0 : nil } },
            alternatives: { [$0 + "/s", withoutSpaces($0)] }
        )
    }

    /// A size of at most `limit` bytes.
    static func size(upTo limit: UInt64) -> ValueKind<UInt64> where Value == UInt64 {
        ValueKind<UInt64>(
            expected: "a size such as 200B or 4KiB, at most \(limit)B",
            parse: { text in ScalarText.size(text).flatMap { $0 <= limit ? $0 : nil } },
            alternatives: { [$0 + "B", withoutSpaces($0)] }
        )
    }

    /// A fraction above zero, at most one.
    static func fraction() -> ValueKind<Double> where Value == Double {
        ValueKind<Double>(
            expected: "a fraction such as 0.8 or 80%, above 0, at most 1",
            parse: { text in ScalarText.fraction(text).flatMap { $0 > 0 && $0 <= 1 ? $0 : nil } },
            alternatives: { [$0 + "%", withoutSpaces($0)] }
        )
    }

    /// A fraction that may be zero.
    static func share() -> ValueKind<Double> where Value == Double {
        ValueKind<Double>(
            expected: "a fraction such as 0.1 or 10%, from 0 to 1",
            parse: { text in ScalarText.fraction(text).flatMap { $0 >= 0 && $0 <= 1 ? $0 : nil } },
            alternatives: { [$0 + "%", withoutSpaces($0)] }
        )
    }

    /// A name of letters, digits, `.`, `-` and `_` that can be part of a file's name or of an expectation.
    static func name(_ what: String, extra: String = "") -> ValueKind<String> where Value == String {
        ValueKind<String>(
            expected: "\(what) of at most 64 letters, digits, \(extra.isEmpty ? "" : extra + ", ")- or _",
            parse: { text in
                let isFine = text.utf8.allSatisfy { isNameByte($0) || extra.utf8.contains($0) }
                guard isFine, let first = text.utf8.first, isNameByte(first), first != 45 else { return nil }
                return text.utf8.count <= 64 ? text : nil
            }
        )
    }

    private static func spanAlternatives(_ text: String) -> [String] {
        var plain = withoutSpaces(text).lowercased()
        for (long, short) in [("seconds", "s"), ("second", "s"), ("secs", "s"), ("sec", "s"), ("minutes", "m")] {
            plain = plain.replacing(long, with: short)
        }
        for (long, short) in [("minute", "m"), ("mins", "m"), ("min", "m"), ("hours", "h"), ("hour", "h"), ("hr", "h")]
        {
            plain = plain.replacing(long, with: short)
        }
        let clock = text.split(separator: ":").joined(separator: "m") + "s"
        return [text + "s", plain, clock]
    }
}

/// Letters, digits, `-` and `_`.
func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 95: true
    default: false
    }
}

private func withoutSpaces(_ text: String) -> String { text.filter { $0 != " " } }
