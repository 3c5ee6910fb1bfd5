/// A set of sessions, a bit for each: a million fit into a core's own cache, where what is kept of them does not.
struct SessionSet {
    private var words: [UInt64]

    /// None of `count` sessions.
    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    func contains(_ id: Int) -> Bool { words[id >> 6] & bit(id) != 0 }

    mutating func insert(_ id: Int) { words[id >> 6] |= bit(id) }

    mutating func remove(_ id: Int) { words[id >> 6] &= ~bit(id) }

    private func bit(_ id: Int) -> UInt64 { 1 << UInt64(id & 63) }
}
