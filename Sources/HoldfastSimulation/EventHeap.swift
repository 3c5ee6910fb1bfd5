/// Events that are taken out in order, whatever order they came in.
struct EventHeap: ~Copyable {
    private var events: UnsafeMutablePointer<SimulatedEvent>
    private var capacity: Int
    private(set) var count = 0

    /// Room for 64 events; it grows.
    init() {
        capacity = 64
        events = .allocate(capacity: capacity)
    }

    deinit { events.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// The first event, which must be there.
    var first: SimulatedEvent {
        @inline(__always) get { events[0] }
    }

    mutating func insert(_ event: SimulatedEvent) {
        add(event)
        var child = count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard event.precedes(events[parent]) else { break }
            events[child] = events[parent]
            child = parent
        }
        events[child] = event
    }

    /// Takes the first event, which must be there.
    mutating func removeFirst() -> SimulatedEvent {
        let first = events[0]
        count -= 1
        if count > 0 { sink(events[count], to: 0) }
        return first
    }

    /// Adds an event without regard to order; `order()` is due before anything else.
    @inline(__always)
    mutating func add(_ event: SimulatedEvent) {
        if count == capacity { grow() }
        events[count] = event
        count += 1
    }

    /// Restores the order after many were added.
    mutating func order() {
        for parent in stride(from: count / 2 - 1, through: 0, by: -1) { sink(events[parent], to: parent) }
    }

    /// `event` takes the place `start` or one below it.
    private mutating func sink(_ event: SimulatedEvent, to start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < count else { break }
            if child + 1 < count, events[child + 1].precedes(events[child]) { child += 1 }
            guard events[child].precedes(event) else { break }
            events[parent] = events[child]
            parent = child
        }
        events[parent] = event
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<SimulatedEvent>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: events, count: count)
        events.deallocate()
        events = larger
        capacity *= 2
    }
}
