/// Unsorted lists of events that share their memory: chunks of a few events, which go back when a list is emptied.
///
/// Lists of their own would copy what they hold each time they grow, and keep room that nobody uses.
struct EventLists: ~Copyable {
    /// A chunk is 1.5 KB.
    private static let chunkEvents = 32
    /// 6 MiB, which is three large pages.
    private static let pageChunks = 4_096

    /// The chunk that a list is added to, -1 for none, and how many events are in it; its other chunks are full.
    private struct Head {
        var chunk: Int32 = -1
        var count: Int32 = 0
    }

    private var heads: [Head]
    /// By chunk: the one that was full before it, or the next free one; -1 for none.
    private var nexts: [Int32] = []
    private var free: Int32 = -1
    /// The events of the chunks; they stay where they are.
    private var pages: [UnsafeMutablePointer<SimulatedEvent>] = []

    /// `count` empty lists.
    init(count: Int) { heads = Array(repeating: Head(), count: count) }

    deinit {
        for page in pages { UnsafeMutableRawPointer(page).deallocate() }
    }

    /// Events in all lists.
    var count: Int {
        var sum = 0
        for head in heads where head.chunk >= 0 {
            sum += Int(head.count)
            var full = nexts[Int(head.chunk)]
            while full >= 0 {
                sum += EventLists.chunkEvents
                full = nexts[Int(full)]
            }
        }
        return sum
    }

    mutating func append(_ event: SimulatedEvent, to list: Int) {
        var head = heads[list]
        if head.chunk < 0 || head.count == EventLists.chunkEvents {
            head = Head(chunk: addChunk(before: head.chunk), count: 0)
        }
        events(of: head.chunk)[Int(head.count)] = event
        head.count += 1
        heads[list] = head
    }

    /// Takes any event out of a list; nil when it is empty.
    mutating func removeAny(from list: Int) -> SimulatedEvent? {
        var head = heads[list]
        guard head.chunk >= 0 else { return nil }
        head.count -= 1
        let event = events(of: head.chunk)[Int(head.count)]
        if head.count == 0 {
            let next = nexts[Int(head.chunk)]
            nexts[Int(head.chunk)] = free
            free = head.chunk
            head = Head(chunk: next, count: Int32(EventLists.chunkEvents))
        }
        heads[list] = head
        return event
    }

    private func events(of chunk: Int32) -> UnsafeMutablePointer<SimulatedEvent> {
        pages[Int(chunk) / EventLists.pageChunks] + Int(chunk) % EventLists.pageChunks * EventLists.chunkEvents
    }

    private mutating func addChunk(before next: Int32) -> Int32 {
        let chunk = free >= 0 ? free : Int32(nexts.count)
        if free >= 0 { free = nexts[Int(chunk)] } else { addRoom() }
        nexts[Int(chunk)] = next
        return chunk
    }

    private mutating func addRoom() {
        if nexts.count == pages.count * EventLists.pageChunks {
            let events = EventLists.pageChunks * EventLists.chunkEvents
            let page = LargeMemory.allocate(byteCount: events * MemoryLayout<SimulatedEvent>.stride)
            pages.append(page.bindMemory(to: SimulatedEvent.self, capacity: events))
        }
        nexts.append(-1)
    }
}
