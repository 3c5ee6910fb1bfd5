/// Figures as people read them.
public enum Readable {
    /// At most `decimals` decimals, without trailing zeros: `1.6`, `12`, `0.7353`.
    public static func number(_ value: Double, decimals: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "-infinite" : "infinite" }
        let text = fixed(value, decimals: decimals)
        guard text.contains(".") else { return text }
        var trimmed = Substring(text)
        while trimmed.hasSuffix("0") { trimmed.removeLast() }
        if trimmed.hasSuffix(".") { trimmed.removeLast() }
        return trimmed == "-0" ? "0" : String(trimmed)
    }

    /// Exactly `decimals` decimals.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
        let scaled = (value.magnitude * scale).rounded()
        let whole = UInt64((scaled / scale).rounded(.down))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(UInt64(scaled))" }
        let fraction = UInt64(scaled - Double(whole) * scale)
        let digits = String(fraction)
        return "\(sign)\(whole).\(String(repeating: "0", count: max(0, decimals - digits.count)))\(digits)"
    }

    /// Seconds with the unit that suits their size: `120 us`, `2.1 ms`, `14.9 s`, `12 min`, `3.5 h`.
    public static func seconds(_ value: Double) -> String {
        let size = value.magnitude
        if size == 0 { return "0 s" }
        if size < 0.001 { return "\(significant(value * 1e6)) us" }
        if size < 1 { return "\(significant(value * 1e3)) ms" }
        if size < 600 { return "\(significant(value)) s" }
        if size < 36_000 { return "\(significant(value / 60)) min" }
        return "\(significant(value / 3_600)) h"
    }

    /// A whole number with thousands grouped: `15,000`.
    public static func count(_ value: UInt64) -> String {
        let digits = String(value)
        var grouped = ""
        for (position, digit) in digits.enumerated() {
            if position > 0 && (digits.count - position) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return grouped
    }

    /// Bytes with a binary unit: `512 B`, `4.0 KiB`.
    public static func bytes(_ value: Double) -> String {
        var size = value
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if size < 1_024 || unit == "GiB" { return "\(significant(size)) \(unit)" }
            size /= 1_024
        }
        return "\(value) B"
    }

    /// A value of an expectation in its unit, as results name it.
    public static func value(_ value: Double, unit: String) -> String {
        switch unit {
        case "seconds": seconds(value)
        case "bytes": bytes(value)
        case "per-second": "\(number(value, decimals: 2))/s"
        default: number(value)
        }
    }

    /// About three significant digits.
    private static func significant(_ value: Double) -> String {
        switch value.magnitude {
        case ..<10: number(value, decimals: 2)
        case ..<100: number(value, decimals: 1)
        default: number(value, decimals: 0)
        }
    }
}
