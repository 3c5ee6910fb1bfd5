import HoldfastCore

/// Events that are added in their order: a queue without comparisons.
struct EventRing {
    private var slots: [SimulatedEvent]
    private var head = 0
    private(set) var count = 0
    /// When the first event comes; `never` without one.
    private(set) var firstAt = Instant.never

    /// Room for 16 events; it grows.
    init() { slots = Array(repeating: SimulatedEvent(at: .never, kind: .cut), count: 16) }

    /// The first event, which must be there.
    var first: SimulatedEvent { slots[head] }

    /// Adds an event unless one that comes later is here already.
    mutating func append(_ event: SimulatedEvent) -> Bool {
        if count > 0, event.precedes(slots[(head + count - 1) & (slots.count - 1)]) { return false }
        if count == slots.count { grow() }
        slots[(head + count) & (slots.count - 1)] = event
        if count == 0 { firstAt = event.at }
        count += 1
        return true
    }

    /// Takes the first event, which must be there.
    mutating func removeFirst() -> SimulatedEvent {
        let event = slots[head]
        head = (head + 1) & (slots.count - 1)
        count -= 1
        firstAt = count == 0 ? .never : slots[head].at
        return event
    }

    private mutating func grow() {
        let spare = SimulatedEvent(at: .never, kind: .cut)
        slots = Array(slots[head...]) + slots[..<head] + Array(repeating: spare, count: slots.count)
        head = 0
    }
}
