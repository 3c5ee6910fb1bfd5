/// What is due when, soonest first: instants with the number of whatever they belong to.
///
/// It forgets nothing by itself. Whoever needs one earlier adds it, and leaves the later one to come for nothing.
public struct DueQueue: Sendable {
    private struct Entry {
        var at: Instant
        var number: Int
    }

    /// A binary heap: no entry is before that at half its position.
    private var heap: [Entry] = []

    /// Nothing due.
    public init() {}

    /// When the next is due; `never` when nothing is.
    public var nextInstant: Instant { heap.first?.at ?? .never }

    /// Entries that wait.
    public var count: Int { heap.count }

    /// Adds an instant at which `number` is due.
    public mutating func add(_ number: Int, at instant: Instant) {
        let entry = Entry(at: instant, number: number)
        heap.append(entry)
        var hole = heap.count - 1
        while hole > 0, DueQueue.isSooner(entry, heap[(hole - 1) / 2]) {
            heap[hole] = heap[(hole - 1) / 2]
            hole = (hole - 1) / 2
        }
        heap[hole] = entry
    }

    /// Takes one that is due at `now`, the soonest first, and of those at one instant the lowest number; nil when there
    /// is none.
    public mutating func takeDue(at now: Instant) -> (number: Int, at: Instant)? {
        guard let first = heap.first, first.at <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        return (first.number, first.at)
    }

    private static func isSooner(_ left: Entry, _ right: Entry) -> Bool {
        (left.at, left.number) < (right.at, right.number)
    }

    /// Puts `entry` in the place of the first.
    private mutating func sink(_ entry: Entry) {
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, DueQueue.isSooner(heap[child + 1], heap[child]) { child += 1 }
            guard DueQueue.isSooner(heap[child], entry) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = entry
    }
}
