import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

/// Connections that a balancer has forgotten: sessions beat every 3 s, its entries last for 2 s, and everybody heard
/// something last at 9 s.
@Suite struct ForgottenTests {
    /// Entries that end both sides do so at 11 s, give or take the skew; silent ones are found at the next beat.
    @Test(arguments: [
        (MiddleboxPolicy.Expiry.fin, Mechanism.fin, 11.0, Cause.scheduled), (.fin, .fin, 10.75, .scheduled),
        (.fin, .fin, 10.74, .unexplained), (.fin, .fin, 11.25, .scheduled), (.fin, .fin, 11.26, .unexplained),
        (.fin, .reset, 11.0, .unexplained), (.reset, .reset, 11.0, .scheduled), (.reset, .fin, 11.0, .unexplained),
        (.answer, .reset, 12.01, .scheduled), (.answer, .reset, 10.74, .unexplained),
        (.answer, .heartbeat, 24, .scheduled), (.answer, .fin, 12.01, .unexplained),
        (.drop, .heartbeat, 24, .scheduled), (.drop, .heartbeat, 10.74, .unexplained),
        (.drop, .reset, 12.01, .unexplained),
    ])
    func whoIsBlamed(expiry: MiddleboxPolicy.Expiry, mechanism: Mechanism, at: Double, cause: Cause) {
        let plan = makePlan(table: MiddleboxPolicy(aging: .seconds(2), expiry: expiry))
        #expect(Attribution(plan: plan).ruling(on: disconnect(0, 9, at, mechanism)).cause == cause)
    }

    /// Who beats more often than that keeps the entry.
    @Test(arguments: [(Span.seconds(3), Cause.scheduled), (.milliseconds(3_001), .unexplained)])
    func beatsKeepEntries(aging: Span, cause: Cause) {
        let plan = makePlan(table: MiddleboxPolicy(aging: aging, expiry: .fin))
        #expect(Attribution(plan: plan).ruling(on: disconnect(0, 9, 9 + aging.seconds, .fin)).cause == cause)
    }

    /// What happens to the gateway at that very moment is blamed as if there were no table, as long as it goes on.
    @Test func aKillAtThatMomentIsAKill() {
        let kill = event(.kill(length: .seconds(3)), at: 10, on: [0])
        var attribution = Attribution(
            plan: makePlan(table: MiddleboxPolicy(aging: .seconds(2), expiry: .reset), timeline: [kill])
        )
        var orders = Orders()
        orders.executed = [ExecutedInterval(fault: 0, gateway: 0, start: instant(10.9), end: instant(13.9))]
        attribution.update(with: orders)
        #expect(attribution.ruling(on: disconnect(0, 9, 11, .reset)).cause == .consequence)
        #expect(attribution.ruling(on: disconnect(1, 9, 11, .reset)).cause == .scheduled)
    }

    /// A middlebox is part of the plan as well. Where bytes of the session alone keep its entries, it is what the
    /// session wrote last that counts.
    @Test(arguments: [
        (MiddleboxPolicy(aging: .seconds(2), expiry: .reset), 8.0, 11.0, Mechanism.reset, Cause.scheduled),
        (MiddleboxPolicy(aging: .seconds(2), expiry: .reset), 8, 10, .reset, .unexplained),
        (MiddleboxPolicy(aging: .seconds(2), expiry: .reset, refresh: .client), 8, 10, .reset, .scheduled),
        (MiddleboxPolicy(aging: .seconds(2), expiry: .reset, refresh: .client), 8, 11, .reset, .unexplained),
        (MiddleboxPolicy(aging: .seconds(2), expiry: .drop), 8, 24, .heartbeat, .scheduled),
        (MiddleboxPolicy(aging: .seconds(2), expiry: .reset), 8, 24, .heartbeat, .unexplained),
        (MiddleboxPolicy(aging: .seconds(2), expiry: .reset, resetLoss: 0.5), 8, 24, .heartbeat, .scheduled),
        (MiddleboxPolicy(aging: nil, ports: 9), 8, 11, .reset, .unexplained),
    ])
    func aMiddlebox(box: MiddleboxPolicy, wrote: Double, at: Double, mechanism: Mechanism, cause: Cause) {
        var plan = makePlan()
        plan.target.middlebox = box
        var disconnect = disconnect(0, 9, at, mechanism)
        disconnect.lastWrite = instant(wrote)
        #expect(Attribution(plan: plan).ruling(on: disconnect).cause == cause)
    }

    /// Who has moved is forgotten by where it has moved to: after five minutes, ten times as fast.
    @Test(arguments: [
        (1, 39.0, Cause.scheduled), (1, 38.7, .unexplained), (0, 39, .unexplained), (0, 69, .scheduled),
    ])
    func whoMovedIsForgottenThere(network: Int, at: Double, cause: Cause) {
        let move = Rerouting(kind: .switchNetwork, isKnown: true, network: "china-mobile-2g")
        var plan = makePlan(timeScale: 10, timeline: [event(.reroute(move), at: 1)])
        plan.target.middlebox = MiddleboxPolicy(aging: .seconds(600))
        plan.heartbeat.interval = .seconds(3_600)
        var disconnect = disconnect(0, 9, at, .heartbeat)
        disconnect.network = network
        #expect(Attribution(plan: plan).ruling(on: disconnect).cause == cause)
    }

    /// nginx does not move a timer by less than 300 ms, so it may run out that much too early.
    @Test(arguments: [(10.45, Cause.scheduled), (10.44, .unexplained)])
    func nginxIsEarly(at: Double, cause: Cause) {
        var plan = makePlan(table: MiddleboxPolicy(aging: .seconds(2), expiry: .fin))
        plan.target.via = .nginx
        #expect(Attribution(plan: plan).ruling(on: disconnect(0, 9, at, .fin)).cause == cause)
    }

    /// What the fleet pushes keeps entries as well, where bytes of either end do: that nothing came for as long as an
    /// entry lasts is for the plan to have said, or for a gateway that stood still, or for nobody.
    @Test(arguments: [
        (MiddleboxPolicy.Expiry.drop, Mechanism.heartbeat, 24.0), (.answer, .reset, 12.01), (.reset, .reset, 11),
        (.fin, .fin, 11),
    ])
    func pushesKeepEntries(expiry: MiddleboxPolicy.Expiry, mechanism: Mechanism, at: Double) {
        let freeze = event(.freeze(length: .seconds(30)), at: 9, on: [0])
        func cause(_ push: PushPolicy, isFrozen: Bool, _ refresh: MiddleboxPolicy.Refresh = .both) -> Cause {
            var plan = makePlan(timeline: [freeze])
            plan.target.middlebox = MiddleboxPolicy(aging: .seconds(2), expiry: expiry, refresh: refresh)
            plan.workload.push = push
            var attribution = Attribution(plan: plan)
            attribution.t0 = instant(0)
            var orders = Orders()
            if isFrozen {
                orders.executed = [ExecutedInterval(fault: 0, gateway: 0, start: instant(9.1), end: instant(39.1))]
            }
            attribution.update(with: orders)
            var disconnect = disconnect(0, 9, at, mechanism)
            disconnect.lastWrite = instant(7)
            if refresh == .client { disconnect.lastWrite = instant(9) }
            return attribution.ruling(on: disconnect).cause
        }
        let often = PushPolicy(interval: .seconds(1), arrivals: .regular, isAcknowledged: false)
        #expect(cause(often, isFrozen: false) == .unexplained)
        #expect(cause(often, isFrozen: true) == .consequence)
        // Without receipts it does not keep what only the session's own bytes keep.
        #expect(cause(often, isFrozen: false, .client) == .scheduled)
        var received = often
        received.isAcknowledged = true
        #expect(cause(received, isFrozen: false, .client) == .unexplained)
        // By chance there may be none for so long; by seed there is, or is not.
        let rarely = PushPolicy(interval: .seconds(3_600), arrivals: .regular, isAcknowledged: false)
        #expect(cause(rarely, isFrozen: false) == .scheduled)
        #expect(cause(rarely, isFrozen: true) == .scheduled)
    }

    /// Whether a message was due is known to the nanosecond.
    @Test(arguments: [PushPolicy.Arrivals.random, .regular])
    func whatIsDueIsKnown(arrivals: PushPolicy.Arrivals) throws {
        var plan = makePlan()
        let push = PushPolicy(interval: .seconds(7), arrivals: arrivals)
        plan.workload.push = push
        let habits = WritingHabits(plan: plan)
        for number in UInt32(0)..<20 {
            let due = push.bookmark(at: number, of: 5, seed: Seed(plan.seed), t0: instant(3)).intended
            func isPushed(_ first: Instant, _ last: Instant) -> Bool {
                habits.isPushed(to: 5, after: first, before: last, t0: instant(3))
            }
            #expect(isPushed(due - .tick, due + .tick))
            #expect(!isPushed(due - .tick, due))
            #expect(!isPushed(due, due + .tick))
        }
        #expect(!habits.isPushed(to: 5, after: instant(3), before: instant(900), t0: nil))
    }

    /// One that tells nobody leaves connections open at both ends, one for each time that it forgets.
    @Test func openForgottenConnections() {
        let silent = MiddleboxPolicy(aging: .seconds(2), expiry: .drop)
        #expect(makePlan(sessions: 100, duration: .seconds(20), table: silent).forgottenAtOnce == 1_000)
        #expect(
            makePlan(sessions: 100, duration: .seconds(20), idleTimeout: .seconds(7), table: silent).forgottenAtOnce
                == 400
        )
        let telling = MiddleboxPolicy(aging: .seconds(2), expiry: .fin)
        #expect(makePlan(sessions: 100, table: telling).forgottenAtOnce == 0)
        var plan = makePlan(sessions: 100, duration: .seconds(20))
        plan.target.middlebox = silent
        #expect(plan.forgottenAtOnce == 1_000)
        // Sessions that beat every 3 s are never idle for longer.
        plan.target.middlebox?.aging = .milliseconds(3_001)
        #expect(plan.forgottenAtOnce == 0)
    }
}
