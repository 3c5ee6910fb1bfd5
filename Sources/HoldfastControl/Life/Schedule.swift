import HoldfastCore

/// Things to do at instants: by instant, then by order, then as they were added.
///
/// For timelines of tens to thousands of entries. What comes next is read in constant time; adding costs a binary
/// search and a move.
public struct Schedule<Element: Sendable>: Sendable {
    /// One thing to do.
    public struct Entry: Sendable {
        /// When.
        public var at: Instant
        /// Among entries of the same instant, the lowest comes first.
        public var order: Int
        /// What.
        public var element: Element
    }

    // Sorted backwards, so that the next entry is taken from the end.
    private var entries: [Entry] = []

    /// Nothing to do.
    public init() {}

    /// How much is left to do.
    public var count: Int { entries.count }

    /// What comes next; nil when nothing is left.
    public var next: Entry? { entries.last }

    /// When the next entry is due; `never` when nothing is left.
    public var nextInstant: Instant { entries.last?.at ?? .never }

    /// Adds something to do, after what was added before with the same instant and order.
    public mutating func add(_ element: Element, at instant: Instant, order: Int = 0) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let entry = entries[middle]
            if (entry.at, entry.order) > (instant, order) { low = middle + 1 } else { high = middle }
        }
        entries.insert(Entry(at: instant, order: order, element: element), at: low)
    }

    /// Takes the next entry if it is due at `now`.
    public mutating func takeDue(now: Instant) -> Entry? {
        guard let entry = entries.last, now >= entry.at else { return nil }
        return entries.removeLast()
    }

    /// Forgets everything.
    public mutating func removeAll() { entries.removeAll() }
}
