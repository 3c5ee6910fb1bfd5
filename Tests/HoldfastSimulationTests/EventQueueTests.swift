import HoldfastCore
import Testing

@testable import HoldfastSimulation

/// The queue against a list that is sorted anew for each event.
@Suite struct EventQueueTests {
    static let horizon = Instant.zero + .seconds(100)

    /// Traffic as a run has it: things at once, messages in their order, timeouts, and lifetimes far away; some late.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func everythingComesInOrder(seed: UInt64) {
        var queue = EventQueue(horizon: Self.horizon)
        var waiting: [SimulatedEvent] = []
        var number: UInt64 = 0
        var now = Instant.zero
        let stream = Seed(seed).stream(.swarm, actor: 0)
        var draws: UInt64 = 0
        func next() -> UInt64 {
            draws += 1
            return stream.draw(draws)
        }
        func push(_ delay: Span, _ kind: EventQueue.Delay, session: SessionID) {
            number += 1
            var event = SimulatedEvent(at: now + delay, kind: number % 3 == 0 ? .toClient : .lifetime)
            event.session = session
            event.number = number
            queue.push(event, kind)
            waiting.append(event)
        }
        for _ in 0..<300 {
            push(Span(nanoseconds: Int64(next() % 60_000_000_000)), .other, session: SessionID(number % 7))
        }
        var popped = 0
        while let event = queue.pop() {
            waiting.sort { $0.precedes($1) }
            #expect(event.number == waiting.first?.number)
            waiting.removeFirst()
            now = event.at
            popped += 1
            guard number < 1_500 else { continue }
            switch next() % 4 {
            case 0: push(.milliseconds(1), .transit, session: SessionID(next() % 5))
            case 1: push(.seconds(5), .timeout, session: SessionID(next() % 5))
            case 2: push(Span(nanoseconds: Int64(next() % 5_000_000)), .transit, session: 3)
            default: push(Span(nanoseconds: Int64(next() % 40_000_000_000)), .other, session: 9)
            }
        }
        #expect(popped == Int(number) - waiting.count)
        #expect(waiting.allSatisfy { $0.at > Self.horizon })
    }

    /// Cut, fault, network, gateway, session; then session, ordinal and the order of insertion.
    @Test func tiesAreBrokenByKindThenActorThenInsertion() {
        var queue = EventQueue(horizon: Self.horizon)
        let instant = Instant.zero + .seconds(1)
        let kinds: [SimulatedEvent.Kind] = [.sessionDeadline, .gatewayDeadline, .toClient, .fault, .cut]
        for kind in kinds { queue.push(SimulatedEvent(at: instant, kind: kind)) }
        queue.push(SimulatedEvent(at: instant, kind: .toGateway, session: 1))
        queue.push(SimulatedEvent(at: instant, kind: .toGateway, session: 0, ordinal: 2))
        queue.push(SimulatedEvent(at: instant, kind: .toGateway, session: 0, ordinal: 1), .transit)
        var order: [String] = []
        while let event = queue.pop() { order.append("\(event.kind) \(event.session) \(event.ordinal)") }
        let expected = [
            "cut 0 0", "fault 0 0", "toClient 0 0", "toGateway 0 1", "toGateway 0 2", "toGateway 1 0",
            "gatewayDeadline 0 0", "sessionDeadline 0 0",
        ]
        #expect(order == expected)
    }

    @Test func whatLiesBeyondTheHorizonNeverComes() {
        var queue = EventQueue(horizon: Self.horizon)
        queue.push(SimulatedEvent(at: Self.horizon + .seconds(60), kind: .lifetime))
        #expect(queue.pop() == nil)
    }

    /// Chunks that a list gives back serve the next one, and what is emptied into another list stays whole.
    @Test func listsShareTheirMemory() {
        var lists = EventLists(count: 3)
        for session in 0..<1_000 {
            lists.append(SimulatedEvent(at: .zero, kind: .start, session: SessionID(session)), to: session % 2)
        }
        while let event = lists.removeAny(from: 0) { lists.append(event, to: 2) }
        #expect(lists.count == 1_000)
        #expect(lists.removeAny(from: 0) == nil)
        var sessions: [SessionID] = []
        while let event = lists.removeAny(from: 2) { sessions.append(event.session) }
        #expect(sessions.sorted() == (0..<500).map { 2 * SessionID($0) })
        #expect(lists.count == 500)
    }

    /// Four cache lines: nothing of a session shares one with another.
    @Test func aSeatFillsItsCacheLines() {
        #expect(MemoryLayout<Seat>.stride == 256)
    }
}
