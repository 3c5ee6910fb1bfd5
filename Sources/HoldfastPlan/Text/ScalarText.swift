import HoldfastCore

/// How the scalars of a plan are written: YAML's own types are not used, so `off` is a word and `1:30` is nothing.
enum ScalarText {
    /// A whole number of decimal digits.
    static func integer(_ text: some StringProtocol) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
        return UInt64(text)
    }

    /// Digits, optionally with a fraction and a power of ten; a number begins and ends with a digit.
    static func number(_ text: some StringProtocol) -> Double? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, isDigit(first), isDigit(last) else { return nil }
        let known = bytes.allSatisfy { isDigit($0) || [".", "e", "-", "+"].contains(UnicodeScalar($0)) }
        guard known, let value = Double(String(text)), value.isFinite else { return nil }
        return value
    }

    /// Such as `250ms`, `10s`, `4m30s`, `2h`: units descend, `m` is a minute, the last part may have a fraction.
    static func span(_ text: some StringProtocol) -> Span? {
        var rest = Substring(text)
        var total = 0.0
        var whole: Int64 = 0
        var lastUnit = Int.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let count = number(digits), let unit = spanUnits.firstIndex(where: { $0.name == letters }) else {
                return nil
            }
            let rank = spanUnits.count - unit
            guard rank < lastUnit else { return nil }
            lastUnit = rank
            let nanoseconds = (count * Double(spanUnits[unit].nanoseconds)).rounded()
            total += nanoseconds
            guard total <= Double(longestSpan.nanoseconds) else { return nil }
            whole += Int64(nanoseconds)
            if digits.contains("."), !rest.isEmpty { return nil }
        }
        return Span(nanoseconds: whole)
    }

    /// Such as `500/s`, `1/m`, `30/h`: per second.
    static func rate(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = number(parts[0]) else { return nil }
        switch parts[1] {
        case "s": return count
        case "m": return count / 60
        case "h": return count / 3600
        default: return nil
        }
    }

    /// Such as `200B`, `4KiB`, `1MB`: bytes.
    static func size(_ text: some StringProtocol) -> UInt64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = integer(digits) else { return nil }
        let unit = text.dropFirst(digits.count)
        guard let factor = sizeUnits.first(where: { $0.name == unit })?.bytes else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// Such as `80%`: 0.8.
    static func percent(_ text: some StringProtocol) -> Double? {
        guard text.last == "%", let count = number(text.dropLast()) else { return nil }
        return count / 100
    }

    /// `0.8` or `80%`.
    static func fraction(_ text: some StringProtocol) -> Double? { number(text) ?? percent(text) }

    /// The shortest text that `span` reads back as the same span.
    static func text(_ span: Span) -> String {
        guard span != .zero else { return "0s" }
        var rest = span.nanoseconds
        var text = ""
        for unit in spanUnits where rest >= unit.nanoseconds {
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text
    }

    /// The shortest text that `number` reads back as the same number; whole numbers have no fraction.
    static func text(_ number: Double) -> String {
        if number.rounded() == number, abs(number) < 0x1p53 { return String(Int64(number)) }
        return number.description
    }

    /// Ten years: longer is a mistake, and far from the end of 64 bits of nanoseconds.
    static let longestSpan = Span.seconds(10 * 365 * 24 * 3600)

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static let spanUnits: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000),
        ("ns", 1),
    ]

    private static let sizeUnits: [(name: String, bytes: UInt64)] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1000), ("KB", 1000),
        ("MB", 1_000_000), ("GB", 1_000_000_000),
    ]
}
