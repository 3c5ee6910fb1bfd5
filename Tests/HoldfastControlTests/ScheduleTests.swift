import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastControl

@Suite struct ScheduleTests {
    @Test func entriesComeByInstantThenOrderThenAsAdded() {
        let draws = Seed(9).stream(.swarm, actor: 0)
        var schedule = Schedule<Int>()
        var added: [(at: Instant, order: Int, number: Int)] = []
        for number in 0..<500 {
            let at = Instant(nanoseconds: Int64(draws.below(20, UInt64(number))))
            let order = Int(draws.below(3, UInt64(number + 1000)))
            schedule.add(number, at: at, order: order)
            added.append((at, order, number))
        }
        let expected = added.sorted { ($0.at, $0.order, $0.number) < ($1.at, $1.order, $1.number) }.map(\.number)
        var taken: [Int] = []
        while let entry = schedule.takeDue(now: .never) { taken.append(entry.element) }
        #expect(taken == expected)
    }

    @Test func entryIsTakenOnItsInstantAndNotBefore() {
        var schedule = Schedule<String>()
        #expect(schedule.nextInstant == .never)
        let at = Instant(nanoseconds: 50)
        schedule.add("freeze", at: at)
        #expect(schedule.nextInstant == at)
        #expect(schedule.takeDue(now: at - .tick) == nil)
        #expect(schedule.takeDue(now: at)?.element == "freeze")
        #expect(schedule.count == 0)
    }
}

@Suite struct RunTimingTests {
    static let t0 = Instant(nanoseconds: 4_000_000_001)

    private typealias Row = (duration: Span, timeScale: Double, since: Span, expected: Int32)

    private static let rows: [Row] = [
        (.seconds(10), 1, .zero, 0),
        (.seconds(10), 1, .seconds(-2), 0),
        (.seconds(10), 1, .tick, 1),
        (.seconds(10), 1, .seconds(1), 1),
        (.seconds(10), 1, .seconds(1) + .tick, 2),
        (.seconds(10), 1, .seconds(1) - .tick, 1),
        (.seconds(10), 4, .milliseconds(250), 1),
        (.seconds(10), 4, .milliseconds(250) + .tick, 2),
        (.seconds(10), 1, .seconds(9) + .tick, 10),
        (.seconds(10), 1, .seconds(99), 10),
        (.milliseconds(2500), 1, .seconds(2) + .tick, 3),
        (.milliseconds(2500), 0.5, .seconds(4), 2),
    ]

    @Test func firstCutIsTheFirstNotBefore() {
        for row in Self.rows {
            let timing = RunTiming(duration: row.duration, timeScale: row.timeScale)
            #expect(timing.firstCut(notBefore: Self.t0 + row.since, t0: Self.t0) == row.expected, "\(row)")
        }
    }

    @Test func cutInstantsDoNotDrift() {
        let timing = RunTiming(duration: .seconds(86_400), timeScale: 3)
        #expect(timing.cutInstant(86_397, after: .zero) == .zero + .seconds(28_799))
        #expect(timing.cutInstant(1, after: .zero) == Instant(nanoseconds: 333_333_333))
        #expect(timing.cutInstant(2, after: .zero) == Instant(nanoseconds: 666_666_667))
    }
}
