import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

/// One tick before a thing is due it is not due; on the tick it is.
@Suite struct AgentLifeBoundaryTests {
    static let t0 = Instant(nanoseconds: 1_000_000_000_007)

    /// A life in the run, with t0 far enough ahead that nothing is due yet.
    private func life(_ timing: RunTiming) -> AgentLife {
        var life = AgentLife(agent: AgentID(role: .gateway, index: 1), incarnation: 0, timing: timing)
        life.becomeReady()
        var orders = Orders()
        orders.establishAt = .zero
        orders.t0 = Self.t0
        life.handle(orders, now: .zero)
        _ = actions(&life, .zero)
        return life
    }

    private func actions(_ life: inout AgentLife, _ now: Instant) -> [LifeAction] {
        var actions: [LifeAction] = []
        while let action = life.poll(now: now) {
            if action != .exchange { actions.append(action) }
        }
        return actions
    }

    @Test(arguments: [1.0, 2, 3, 7, 60, 1000, 0.5])
    func cutsAreTakenOnTheirInstant(timeScale: Double) {
        let timing = RunTiming(duration: .seconds(6), timeScale: timeScale)
        var life = life(timing)
        for second in Int32(0)..<6 {
            let exact = Double(second) / timeScale * 1e9
            let due = Self.t0 + Span(nanoseconds: Int64(exact.rounded()))
            #expect(actions(&life, due - .tick) == [])
            #expect(actions(&life, due) == [.takeCut(second: second, at: due)])
        }
        let end = Self.t0 + Span(nanoseconds: Int64((6e9 / timeScale).rounded()))
        #expect(actions(&life, end - .tick) == [])
        #expect(actions(&life, end) == [.takeCut(second: 6, at: end), .end(at: end)])
        #expect(actions(&life, end + .seconds(100)) == [])
    }

    @Test(arguments: [(Span.milliseconds(1), Int32(1)), (.milliseconds(2500), 3), (.seconds(3), 3)])
    func endNeedsNoWholeSecond(duration: Span, lastSecond: Int32) {
        var life = life(RunTiming(duration: duration))
        let end = Self.t0 + duration
        let before = actions(&life, end - .tick)
        #expect(before.count == Int(lastSecond))
        #expect(actions(&life, end) == [.takeCut(second: lastSecond, at: end), .end(at: end)])
    }

    @Test func cutComesBeforeTheStepsOfItsInstantAndTheEndInsteadOfThem() {
        var life = life(RunTiming(duration: .seconds(2)))
        let (first, end) = (Self.t0 + .seconds(1), Self.t0 + .seconds(2))
        life.plan(step: 11, at: first)
        life.plan(step: 12, at: first)
        life.plan(step: 10, at: first - .tick)
        life.plan(step: 13, at: end)
        life.plan(step: 9, at: end - .tick)
        _ = actions(&life, Self.t0)
        let steps = actions(&life, end)
        #expect(
            steps == [
                .perform(step: 10, at: first - .tick),
                .takeCut(second: 1, at: first),
                .perform(step: 11, at: first),
                .perform(step: 12, at: first),
                .perform(step: 9, at: end - .tick),
                .takeCut(second: 2, at: end),
                .end(at: end),
            ]
        )
        life.plan(step: 14, at: end)
        #expect(actions(&life, end + .seconds(1)) == [])
    }

    @Test func earlyEndOnACutsInstantIsOneCut() {
        var life = life(RunTiming(duration: .seconds(9)))
        let instant = Self.t0 + .seconds(1)
        _ = actions(&life, Self.t0)
        var orders = Orders()
        orders.endNow = true
        life.handle(orders, now: instant)
        life.handle(orders, now: instant + .seconds(3))
        #expect(actions(&life, instant) == [.takeCut(second: 1, at: instant), .end(at: instant)])
    }

    private func exchanges(_ life: inout AgentLife, _ now: Instant) -> Bool {
        var exchanged = false
        while let action = life.poll(now: now) { exchanged = exchanged || action == .exchange }
        return exchanged
    }

    @Test func exchangesAreASecondApart() {
        var life = life(RunTiming(duration: .seconds(9000)))
        #expect(!exchanges(&life, .zero + AgentLife.exchangeInterval - .tick))
        #expect(exchanges(&life, .zero + AgentLife.exchangeInterval))
    }

    @Test func urgentExchangesAreNearlyAtOnce() {
        var life = life(RunTiming(duration: .seconds(9000)))
        life.raiseUrgency()
        #expect(!exchanges(&life, .zero + AgentLife.shortestInterval - .tick))
        #expect(exchanges(&life, .zero + AgentLife.shortestInterval))
        #expect(!exchanges(&life, .zero + AgentLife.shortestInterval + AgentLife.exchangeInterval - .tick))
    }

    @Test func awaitedAnswersAreAskedForEveryTenthOfASecond() {
        var life = AgentLife(
            agent: AgentID(role: .worker, index: 0),
            incarnation: 2,
            timing: RunTiming(duration: .seconds(1))
        )
        life.becomeReady()
        #expect(exchanges(&life, .zero))
        #expect(!exchanges(&life, .zero + AgentLife.urgentInterval - .tick))
        let asked = Instant.zero + AgentLife.urgentInterval
        #expect(exchanges(&life, asked))
        // The start is known; t0 comes two seconds ahead.
        var orders = Orders()
        orders.establishAt = asked
        life.handle(orders, now: asked)
        #expect(!exchanges(&life, asked + AgentLife.startInterval - .tick))
        #expect(exchanges(&life, asked + AgentLife.startInterval))
    }

    @Test func firstFailureStaysAndIsToldAtOnce() {
        var life = life(RunTiming(duration: .seconds(9000)))
        life.fail("no port 40001")
        life.fail("something later")
        #expect(exchanges(&life, .zero + AgentLife.shortestInterval))
        #expect(life.report(harness: HarnessReport()).failure == "no port 40001")
        var other = self.life(RunTiming(duration: .seconds(9000)))
        other.fail(String(repeating: "x", count: 5000))
        #expect(other.report(harness: HarnessReport()).failure?.utf8.count == AgentLife.longestFailure)
    }

    /// `nextDeadline` is neither early nor late, whatever happens: until it there is nothing to do, at it there is.
    @Test(arguments: UInt32(0)..<40)
    func nextDeadlineIsExact(seed: UInt32) {
        let draws = Seed(5).stream(.swarm, actor: seed)
        var life = AgentLife(
            agent: AgentID(role: .worker, index: 0),
            incarnation: 0,
            timing: RunTiming(duration: .milliseconds(5100), timeScale: 3)
        )
        var now = Instant(nanoseconds: 5)
        var orders = Orders()
        for turn in UInt64(0)..<400 {
            switch draws.below(12, turn) {
            case 0: life.becomeReady()
            case 1: orders.establishAt = orders.establishAt ?? now + .milliseconds(130)
            case 2 where orders.establishAt != nil: orders.t0 = orders.t0 ?? now + .milliseconds(200)
            case 3: life.plan(step: 1, at: now + .milliseconds(Int64(draws.below(900, turn << 32))))
            case 4: life.settle()
            case 5: life.raiseUrgency()
            case 6 where turn > 300: orders.endNow = true
            default: break
            }
            life.handle(orders, now: now)
            while life.poll(now: now) != nil {}
            let deadline = life.nextDeadline
            #expect(deadline > now)
            let stage = life.stage
            var early = life
            #expect(early.poll(now: deadline - .tick) == nil)
            var due = life
            #expect(due.poll(now: deadline) != nil || due.stage != stage)
            // Sometimes something else wakes the process before its deadline.
            let isEarly = draws.below(3, turn << 40) == 0
            now = isEarly ? now + Span(nanoseconds: (deadline - now).nanoseconds / 2) : deadline
        }
        #expect(life.stage >= .ready)
    }
}
