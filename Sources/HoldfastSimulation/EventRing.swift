import HoldfastCore

/// Events that are added in their order: a queue without comparisons.
struct EventRing: ~Copyable {
    private var slots: UnsafeMutablePointer<SimulatedEvent>
    private var capacity = 16
    private var head = 0
    private(set) var count = 0
    /// When the first event comes; `never` without one.
    private(set) var firstAt = Instant.never

    /// Room for 16 events; it grows.
    init() { slots = .allocate(capacity: capacity) }

    deinit { slots.deallocate() }

    /// The first event, which must be there.
    var first: SimulatedEvent { slots[head] }

    /// Adds an event unless one that comes later is here already.
    mutating func append(_ event: SimulatedEvent) -> Bool {
        if count > 0, event.precedes(slots[(head + count - 1) & (capacity - 1)]) { return false }
        if count == capacity { grow() }
        slots[(head + count) & (capacity - 1)] = event
        if count == 0 { firstAt = event.at }
        count += 1
        return true
    }

    /// Takes the first event, which must be there.
    mutating func removeFirst() -> SimulatedEvent {
        let event = slots[head]
        head = (head + 1) & (capacity - 1)
        count -= 1
        firstAt = count == 0 ? .never : slots[head].at
        return event
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<SimulatedEvent>.allocate(capacity: capacity * 2)
        for place in 0..<count { larger[place] = slots[(head + place) & (capacity - 1)] }
        slots.deallocate()
        slots = larger
        capacity *= 2
        head = 0
    }
}
