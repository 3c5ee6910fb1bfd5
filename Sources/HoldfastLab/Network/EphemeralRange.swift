import Glibc

/// The source ports that the kernel itself chooses from, both ends included.
public struct EphemeralRange: Equatable, Sendable {
    /// The lowest port; sessions use ports from 1024 up to below it.
    public let low: UInt16
    /// The highest port.
    public let high: UInt16

    /// The range from `low` to `high`, not the other way round.
    public init(low: UInt16, high: UInt16) {
        self.low = low
        self.high = high
    }

    /// How many ports it has, which is also how many connections one source address can have to one destination.
    public var count: Int { Int(high) - Int(low) + 1 }

    /// This machine's range, from `/proc/sys/net/ipv4/ip_local_port_range`; Linux's default when that is not readable.
    public static func current() -> EphemeralRange {
        let text = TextFile.read("/proc/sys/net/ipv4/ip_local_port_range")
        return text.flatMap(parse) ?? EphemeralRange(low: 32_768, high: 60_999)
    }

    /// Two numbers apart by blanks, as the kernel writes them.
    static func parse(_ text: String) -> EphemeralRange? {
        let numbers = text.split(whereSeparator: \.isWhitespace).map { UInt16($0) }
        guard numbers.count == 2, let low = numbers[0], let high = numbers[1], low <= high else { return nil }
        return EphemeralRange(low: low, high: high)
    }
}
