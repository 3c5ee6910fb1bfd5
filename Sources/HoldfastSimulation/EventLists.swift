/// Unsorted lists of events that share their memory: chunks of a few events, which go back when a list is emptied.
///
/// Lists of their own would copy what they hold each time they grow, and keep room that nobody uses.
struct EventLists: ~Copyable {
    private static let chunkEvents = 31
    private static let pageChunks = 256

    private struct Chunk {
        var count: Int32 = 0
        /// The chunk that was full before this one, or the next free one; -1 for none.
        var next: Int32 = -1
    }

    /// By list: the chunk that is added to; -1 for none.
    private var heads: [Int32]
    private var chunks: [Chunk] = []
    private var free: Int32 = -1
    /// The events of 256 chunks each; they stay where they are.
    private var pages: [UnsafeMutablePointer<SimulatedEvent>] = []

    /// `count` empty lists.
    init(count: Int) { heads = Array(repeating: -1, count: count) }

    deinit {
        for page in pages { page.deallocate() }
    }

    /// Events in all lists.
    var count: Int {
        var sum = 0
        for head in heads {
            var chunk = head
            while chunk >= 0 {
                sum += Int(chunks[Int(chunk)].count)
                chunk = chunks[Int(chunk)].next
            }
        }
        return sum
    }

    mutating func append(_ event: SimulatedEvent, to list: Int) {
        var chunk = Int(heads[list])
        if chunk < 0 || chunks[chunk].count == EventLists.chunkEvents { chunk = addChunk(to: list) }
        events(of: chunk)[Int(chunks[chunk].count)] = event
        chunks[chunk].count += 1
    }

    /// Takes any event out of a list; nil when it is empty.
    mutating func removeAny(from list: Int) -> SimulatedEvent? {
        let chunk = Int(heads[list])
        guard chunk >= 0 else { return nil }
        let count = chunks[chunk].count - 1
        chunks[chunk].count = count
        if count == 0 {
            heads[list] = chunks[chunk].next
            chunks[chunk].next = free
            free = Int32(chunk)
        }
        return events(of: chunk)[Int(count)]
    }

    private func events(of chunk: Int) -> UnsafeMutablePointer<SimulatedEvent> {
        pages[chunk / EventLists.pageChunks] + chunk % EventLists.pageChunks * EventLists.chunkEvents
    }

    private mutating func addChunk(to list: Int) -> Int {
        var chunk = Int(free)
        if chunk >= 0 {
            free = chunks[chunk].next
        } else {
            chunk = chunks.count
            chunks.append(Chunk())
            if chunk / EventLists.pageChunks == pages.count {
                pages.append(.allocate(capacity: EventLists.pageChunks * EventLists.chunkEvents))
            }
        }
        chunks[chunk] = Chunk(count: 0, next: heads[list])
        heads[list] = Int32(chunk)
        return chunk
    }
}
