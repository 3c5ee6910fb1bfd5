import HoldfastCore

/// One connection of one session.
struct LinkKey: Hashable, Comparable {
    var session: SessionID
    var ordinal: Ordinal

    static func < (left: LinkKey, right: LinkKey) -> Bool {
        (left.session, left.ordinal) < (right.session, right.ordinal)
    }
}

/// What travels between a session and a gateway.
enum VirtualMessage {
    case accepted
    case refused
    case hello
    case frame(Frame)
    case fin
    case reset
}

/// What can happen in a virtual world.
enum VirtualEvent {
    case script((VirtualWorld) -> Void)
    case toClient(LinkKey, VirtualMessage)
    case toGateway(LinkKey, VirtualMessage)
    case gatewayDeadline(GatewayID, LinkKey)
    case session(SessionID, SessionEvent)
    case sessionDeadline(SessionID)

    /// Ties at one instant: fault, network, gateway, session.
    var rank: Int {
        switch self {
        case .script: 0
        case .toClient, .toGateway: 1
        case .gatewayDeadline: 2
        case .session, .sessionDeadline: 3
        }
    }
}

/// A binary heap of events by (instant, kind, insertion).
struct EventQueue {
    private struct Entry {
        var at: Instant
        var rank: Int
        var number: Int
        var event: VirtualEvent

        func precedes(_ other: Entry) -> Bool {
            (at.nanoseconds, rank, number) < (other.at.nanoseconds, other.rank, other.number)
        }
    }

    private var heap: [Entry] = []
    private var pushed = 0

    mutating func push(_ event: VirtualEvent, at instant: Instant) {
        pushed += 1
        heap.append(Entry(at: instant, rank: event.rank, number: pushed, event: event))
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first event before `end`, if there is one.
    mutating func pop(before end: Instant) -> (Instant, VirtualEvent)? {
        guard let first = heap.first, first.at < end else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.at, first.event)
    }
}
