import HoldfastCore

/// The events of a run in order: a heap of the present slot, and unsorted lists of the future, one a slot for the near
/// one and one for each 512 slots beyond.
///
/// A heap of everything would cost a cache miss a level with millions of waiting events; here the heap stays as small
/// as the traffic of one slot, and the lists that events are added to are few enough to stay in the cache, so the cost
/// of an event does not grow with the sessions. What always takes the same time, as messages and timeouts do, is added
/// in its order and needs no heap at all.
struct EventQueue: ~Copyable {
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
    private var near = EventHeap()
    /// The first 512 a slot each, of those that the present one is among; all others 512 slots each.
    private var lists: EventLists
    private static let groupSlots: Int64 = 512
    private let slotCount: Int64
    private let slotBits: Int64
    private var current: Int64 = 0
    private var pushed: UInt64 = 0

    /// Slots for a run that ends at `horizon`, about 34 ms each, wider for runs of more than a day and a half.
    init(horizon: Instant) {
        var bits: Int64 = 25
        while horizon.nanoseconds >> bits > 1 << 22 { bits += 1 }
        slotBits = bits
        slotCount = (horizon.nanoseconds >> bits) + 2
        lists = EventLists(count: Int(EventQueue.groupSlots + slotCount / EventQueue.groupSlots + 1))
    }

    /// Events that wait.
    var count: Int { near.count + lists.count + transit.count + timeouts.count }

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
        if slot <= current { return near.insert(event) }
        guard slot < slotCount else { return }
        let isNear = slot / EventQueue.groupSlots == current / EventQueue.groupSlots
        lists.append(event, to: isNear ? nearList(of: slot) : farList(of: slot))
    }

    /// The first event; nil when nothing is left. `upcoming` is shown events soon before they come, in no order.
    @inline(__always)
    mutating func pop(_ upcoming: (SimulatedEvent) -> Void = { _ in }) -> SimulatedEvent? {
        // Both queues in order are looked at before slots are, which lie in the future.
        let ordered = min(transit.firstAt, timeouts.firstAt)
        while near.isEmpty, ordered.nanoseconds >> slotBits > current, current + 1 < slotCount {
            openNextSlot(upcoming)
        }
        guard ordered != .never, near.isEmpty || ordered <= near.first.at else { return popNear() }
        let inTransit = isTransitFirst
        guard near.isEmpty || (inTransit ? transit.first : timeouts.first).precedes(near.first) else {
            return popNear()
        }
        return inTransit ? transit.removeFirst() : timeouts.removeFirst()
    }

    private mutating func popNear() -> SimulatedEvent? { near.isEmpty ? nil : near.removeFirst() }

    /// Which of the two queues in order, not both of which are empty, is next.
    private var isTransitFirst: Bool {
        if transit.firstAt != timeouts.firstAt { return transit.firstAt < timeouts.firstAt }
        return transit.first.precedes(timeouts.first)
    }

    /// The heap is empty.
    private mutating func openNextSlot(_ upcoming: (SimulatedEvent) -> Void) {
        current += 1
        if current % EventQueue.groupSlots == 0 {
            while let event = lists.removeAny(from: farList(of: current)) {
                lists.append(event, to: nearList(of: event.at.nanoseconds >> slotBits))
            }
        }
        while let event = lists.removeAny(from: nearList(of: current)) {
            near.add(event)
            upcoming(event)
        }
        near.order()
    }

    private func nearList(of slot: Int64) -> Int { Int(slot % EventQueue.groupSlots) }

    private func farList(of slot: Int64) -> Int { Int(EventQueue.groupSlots + slot / EventQueue.groupSlots) }
}
