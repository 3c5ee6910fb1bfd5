import HoldfastCore

/// The events of a run in order: a heap of the present slot, and one unsorted list for each slot of the future.
///
/// A heap of everything would cost a cache miss a level with millions of waiting events; here the heap stays as small
/// as the traffic of one slot, so the cost of an event does not grow with the sessions.
struct EventQueue {
    private var near: [SimulatedEvent] = []
    private var slots: [[SimulatedEvent]] = []
    private let slotBits: Int64
    private var current: Int64 = 0
    private var pushed: UInt64 = 0

    /// Slots for a run that ends at `horizon`, about 270 ms each, wider for runs of more than a few days.
    init(horizon: Instant) {
        var bits: Int64 = 28
        while horizon.nanoseconds >> bits > 1 << 20 { bits += 1 }
        slotBits = bits
        slots = Array(repeating: [], count: Int(horizon.nanoseconds >> bits) + 2)
    }

    /// Adds an event; one beyond the horizon will never be asked for and is left out.
    mutating func push(_ event: SimulatedEvent) {
        var event = event
        pushed &+= 1
        event.number = pushed
        let slot = event.at.nanoseconds >> slotBits
        if slot <= current { return insert(event) }
        guard slot < slots.count else { return }
        slots[Int(slot)].append(event)
    }

    /// The first event; nil when nothing is left.
    mutating func pop() -> SimulatedEvent? {
        while near.isEmpty {
            guard current + 1 < slots.count else { return nil }
            current += 1
            guard !slots[Int(current)].isEmpty else { continue }
            swap(&near, &slots[Int(current)])
            slots[Int(current)] = []
            for parent in stride(from: near.count / 2 - 1, through: 0, by: -1) { sink(parent) }
        }
        let first = near[0]
        let last = near.removeLast()
        if !near.isEmpty {
            near[0] = last
            sink(0)
        }
        return first
    }

    private mutating func insert(_ event: SimulatedEvent) {
        near.append(event)
        near.withUnsafeMutableBufferPointer { heap in
            var child = heap.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard event.precedes(heap[parent]) else { break }
                heap[child] = heap[parent]
                child = parent
            }
            heap[child] = event
        }
    }

    private mutating func sink(_ start: Int) {
        near.withUnsafeMutableBufferPointer { heap in
            let event = heap[start]
            var parent = start
            while true {
                var child = 2 * parent + 1
                guard child < heap.count else { break }
                if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
                guard heap[child].precedes(event) else { break }
                heap[parent] = heap[child]
                parent = child
            }
            heap[parent] = event
        }
    }
}
