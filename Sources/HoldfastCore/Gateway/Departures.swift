/// Connections that are asked to go one after the other, evenly over a time: the i-th of n at start + i/n of it.
public struct Departures<Key: Sendable>: Sendable {
    /// Everybody, in the order in which they are asked.
    public let keys: [Key]

    private let start: Instant
    private let over: Span
    private var asked = 0

    /// All of `keys` from `start` on, over a time of zero or more.
    public init(_ keys: [Key], from start: Instant, over: Span) {
        self.keys = keys
        self.start = start
        self.over = over
    }

    /// When the next one is asked; nil after the last.
    public var next: Instant? {
        guard asked < keys.count else { return nil }
        return start + over.scaled(by: Double(asked) / Double(keys.count))
    }

    /// The next one whose turn has come at `now`; nil when there is none.
    public mutating func takeDue(_ now: Instant) -> Key? {
        guard let next, next <= now else { return nil }
        defer { asked += 1 }
        return keys[asked]
    }
}
