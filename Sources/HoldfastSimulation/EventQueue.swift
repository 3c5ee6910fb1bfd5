import HoldfastCore

/// The events of a run in order: a heap of the present slot, and unsorted lists of the future, one a slot for the near
/// one and one for each 64 slots beyond.
///
/// A heap of everything would cost a cache miss a level with millions of waiting events; here the heap stays as small
/// as the traffic of one slot, and the lists that events are added to are few enough to stay in the cache, so the cost
/// of an event does not grow with the sessions. What always takes the same time,
/// as messages and timeouts do, is added in its order and needs no heap at all.
struct EventQueue {
    /// Which queue an event may go to without a heap.
    enum Delay {
        /// As long as every message.
        case transit
        /// As long as every attempt may take.
        case timeout
        case other
    }

    private var transit = EventRing()
    private var timeouts = EventRing()
    private var near: [SimulatedEvent] = []
    /// By slot, of the 64 that the present one is among.
    private var slots: [[SimulatedEvent]] = Array(repeating: [], count: 64)
    /// By 64 slots, from the next ones on.
    private var beyond: [[SimulatedEvent]] = []
    private let slotCount: Int64
    private let slotBits: Int64
    private var current: Int64 = 0
    private var pushed: UInt64 = 0

    /// Slots for a run that ends at `horizon`, about 270 ms each, wider for runs of more than a few days.
    init(horizon: Instant) {
        var bits: Int64 = 28
        while horizon.nanoseconds >> bits > 1 << 20 { bits += 1 }
        slotBits = bits
        slotCount = (horizon.nanoseconds >> bits) + 2
        beyond = Array(repeating: [], count: Int(slotCount >> 6) + 1)
    }

    /// Events that wait.
    var count: Int {
        near.count + slots.reduce(0) { $0 + $1.count } + beyond.reduce(0) { $0 + $1.count } + transit.count
            + timeouts.count
    }

    /// Adds an event; one beyond the horizon will never be asked for and is left out.
    mutating func push(_ event: SimulatedEvent, _ delay: Delay = .other) {
        var event = event
        pushed &+= 1
        event.number = pushed
        switch delay {
        case .transit: if transit.append(event) { return }
        case .timeout: if timeouts.append(event) { return }
        case .other: break
        }
        let slot = event.at.nanoseconds >> slotBits
        if slot <= current { return insert(event) }
        guard slot < slotCount else { return }
        if slot >> 6 == current >> 6 {
            slots[Int(slot & 63)].append(event)
        } else {
            beyond[Int(slot >> 6)].append(event)
        }
    }

    /// The first event; nil when nothing is left.
    mutating func pop() -> SimulatedEvent? {
        // Both queues in order are looked at before slots are, which lie in the future.
        let ordered = min(transit.firstAt, timeouts.firstAt)
        while near.isEmpty, ordered.nanoseconds >> slotBits > current, current + 1 < slotCount { openNextSlot() }
        guard ordered != .never, near.isEmpty || ordered <= near[0].at else { return popNear() }
        let inTransit = isTransitFirst
        let first = inTransit ? transit.first : timeouts.first
        guard near.isEmpty || first.precedes(near[0]) else { return popNear() }
        return inTransit ? transit.removeFirst() : timeouts.removeFirst()
    }

    /// Which of the two queues in order, not both of which are empty, is next.
    private var isTransitFirst: Bool {
        if transit.firstAt != timeouts.firstAt { return transit.firstAt < timeouts.firstAt }
        return transit.first.precedes(timeouts.first)
    }

    /// The heap is empty, and its memory goes to the slot that is opened.
    private mutating func openNextSlot() {
        current += 1
        if current & 63 == 0 {
            for event in beyond[Int(current >> 6)] {
                slots[Int((event.at.nanoseconds >> slotBits) & 63)].append(event)
            }
            beyond[Int(current >> 6)] = []
        }
        swap(&near, &slots[Int(current & 63)])
        for parent in stride(from: near.count / 2 - 1, through: 0, by: -1) { sink(parent) }
    }

    private mutating func popNear() -> SimulatedEvent? {
        guard let first = near.first else { return nil }
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
