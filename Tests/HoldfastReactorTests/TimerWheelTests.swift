import HoldfastCore
import Testing

@testable import HoldfastReactor

@Suite struct TimerWheelTests {
    private let origin = Instant(nanoseconds: 123_456_789_012_345)

    private func drain(_ wheel: inout TimerWheel, _ now: Instant) -> [Int] {
        var slots: [Int] = []
        while let next = wheel.next(now) { slots.append(next.slot) }
        return slots
    }

    private func expectDue(
        _ slots: [Int],
        _ wheel: inout TimerWheel,
        _ now: Instant,
        at: SourceLocation = #_sourceLocation
    ) {
        let due = drain(&wheel, now)
        #expect(due == slots, sourceLocation: at)
    }

    @Test(arguments: [
        Int64(1), 999_999, 1_000_000, 1_000_001, 63_999_999, 64_000_000, 64_000_001, 4_096_000_000,
        262_144_000_001, 86_400_000_000_000,
    ])
    func neverEarlyAndWithinAMillisecond(nanoseconds: Int64) {
        let deadline = origin + Span(nanoseconds: nanoseconds)
        var wheel = TimerWheel(capacity: 1, origin: origin)
        wheel.set(0, deadline)
        expectDue([], &wheel, deadline - .tick)
        expectDue([0], &wheel, deadline + .milliseconds(1) - .tick)
        let wakeUp = wheel.wakeUp
        #expect(wakeUp == .never)
    }

    @Test func theLastDeadlineOfASlotCounts() {
        var wheel = TimerWheel(capacity: 2, origin: origin)
        wheel.set(0, origin + .seconds(5))
        wheel.set(0, origin + .seconds(1))
        wheel.set(1, origin + .seconds(2))
        wheel.set(1, .never)
        var deadlines = [wheel.deadline(of: 0), wheel.deadline(of: 1)]
        #expect(deadlines == [origin + .seconds(1), .never])
        expectDue([0], &wheel, origin + .seconds(4))
        deadlines = [wheel.deadline(of: 0)]
        #expect(deadlines == [.never])
        expectDue([], &wheel, origin + .seconds(9))
    }

    @Test func whatIsDueCanStillBeCancelledOrMoved() {
        var wheel = TimerWheel(capacity: 3, origin: origin)
        for slot in 0..<3 { wheel.set(slot, origin + .milliseconds(1)) }
        let now = origin + .milliseconds(10)
        let first = wheel.next(now)?.slot
        #expect(first == 0)
        wheel.cancel(1)
        wheel.set(2, origin + .milliseconds(20))
        expectDue([], &wheel, now)
        expectDue([2], &wheel, origin + .milliseconds(20))
    }

    @Test func aDeadlineInThePastIsDueAtOnce() {
        var wheel = TimerWheel(capacity: 1, origin: origin)
        expectDue([], &wheel, origin + .seconds(1))
        wheel.set(0, origin - .seconds(1))
        expectDue([0], &wheel, origin + .seconds(1))
    }

    @Test func millisecondsComeInOrder() {
        var wheel = TimerWheel(capacity: 1000, origin: origin)
        let draws = Seed(5).stream(.swarm, actor: 0)
        for slot in 0..<1000 {
            wheel.set(slot, origin + Span(nanoseconds: Int64(below(10_000_000_000, draws.draw(UInt64(slot))))))
        }
        var last: Int64 = 0
        var count = 0
        while let next = wheel.next(origin + .seconds(20)) {
            let millisecond = ((next.deadline - origin).nanoseconds + 999_999) / 1_000_000
            #expect(millisecond >= last)
            last = millisecond
            count += 1
        }
        #expect(count == 1000)
    }

    /// Random deadlines over every level, replaced and cancelled at random, against a table that is searched.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func agreesWithATable(seed: UInt64) {
        let slots = 40
        var wheel = TimerWheel(capacity: slots, origin: origin)
        var model = [Instant](repeating: .never, count: slots)
        var now = origin
        let draws = Seed(seed).stream(.swarm, actor: 0)
        var counter: UInt64 = 0
        func draw(_ count: UInt64) -> Int64 {
            counter += 1
            return Int64(below(count, draws.draw(counter)))
        }
        for _ in 0..<20_000 {
            let slot = Int(draw(UInt64(slots)))
            switch draw(4) {
            case 0:
                wheel.cancel(slot)
                model[slot] = .never
            case 1, 2:
                let reach = UInt64(1) << UInt64(draw(50))
                let deadline = now + Span(nanoseconds: draw(reach) - draw(3_000_000))
                wheel.set(slot, deadline)
                model[slot] = deadline
            default:
                now = now + Span(nanoseconds: draw(UInt64(1) << UInt64(draw(44))))
                let due = Set(drain(&wheel, now))
                let expected = model.indices.filter { reached(model[$0], now) }
                #expect(due == Set(expected))
                for slot in expected { model[slot] = .never }
                let wakeUp = wheel.wakeUp
                #expect(wakeUp > now)
            }
            let next = model.min()!
            let wakeUp = wheel.wakeUp
            #expect(next == .never || wakeUp < next + .milliseconds(1))
        }
    }

    /// The wheel's own rounding: whole milliseconds from the origin, the deadline's up, now's down.
    private func reached(_ deadline: Instant, _ now: Instant) -> Bool {
        guard deadline != .never else { return false }
        let up = max(0, (deadline - origin).nanoseconds + 999_999) / 1_000_000
        return up <= (now - origin).nanoseconds / 1_000_000
    }
}
