import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Silence before ends")
struct SilenceTallyTests {
    private static func tally(_ silences: [(Double, UInt64)]) -> SilenceTally {
        var tally = SilenceTally()
        for (seconds, count) in silences {
            for _ in 0..<count { tally.record(Span(seconds: seconds)) }
        }
        return tally
    }

    @Test(
        "Most of ten or more, within a second of each other, five seconds or longer",
        arguments: [
            ([(90.02, 10)], 90, 10),
            ([(90, 9)], nil, 0),
            ([(89, 5), (90, 5), (91, 5)], 90, 15),
            ([(90, 11), (20, 10)], 90, 11),
            ([(90, 10), (20, 10)], nil, 0),
            ([(5, 20)], 5, 20),
            ([(3, 20)], nil, 0),
            ([(3_600, 20)], 3_600, 20),
            ([(3_602, 20)], nil, 0),
            ([(100_000, 20)], nil, 0),
            ([], nil, 0),
        ] as [([(Double, UInt64)], Double?, UInt64)]
    )
    func common(silences: [(Double, UInt64)], seconds: Double?, count: UInt64) {
        let common = Self.tally(silences).commonSilence
        #expect(common?.seconds == seconds)
        #expect((common?.count ?? 0) == count)
    }

    @Test("Evenly spread silences have nothing in common")
    func spread() {
        #expect(Self.tally((0..<240).map { (Double($0), 100) }).commonSilence == nil)
        #expect(Self.tally((0...6).map { (Double($0), 100) }).commonSilence == nil)
    }

    @Test("Tallies add up, take a bounded room, and survive being sent")
    func merging() {
        var one = Self.tally([(7, 2), (1_000_000, 1), (-1, 1)])
        one.merge(Self.tally([(7, 3)]))
        var other = Self.tally([(7, 3)])
        other.merge(Self.tally([(7, 2), (1_000_000, 1), (-1, 1)]))
        #expect(one == other)
        #expect(one.total == 7)
        #expect(one.counts[7] == 5)
        #expect(one.counts.count == SilenceTally.longest + 2)
        #expect(SilenceTally(counts: one.counts) == one)
        #expect(SilenceTally(counts: one.counts + [1]) == one)
    }

    @Test("The result says what all workers' tallies have in common, by how connections ended")
    func result() {
        var run = FixtureRun(plan: makePlan(), workers: 2)
        for worker in 0..<2 {
            run.report(.worker, worker) { report in
                report.sessions?.silenceBeforeReset = Self.tally([(90, 6)])
                report.sessions?.silenceBeforeFin = Self.tally([(30, 4)])
            }
        }
        let expected = InferredIdleTimeout(seconds: 90, count: 12, end: "reset")
        #expect(run.result().inferredIdleTimeouts == [expected])
    }

    @Test("Nothing that ended so is null, not none")
    func nothing() {
        var run = FixtureRun(plan: makePlan())
        run.report()
        #expect(run.result().inferredIdleTimeouts == nil)
    }

    @Test("What a fault did says nothing about idle timeouts, and silence is in plan time")
    func log() {
        let kill = event(.kill(length: .seconds(3)), at: 10, on: [0])
        let plan = makePlan(timeScale: 10, idleTimeout: .seconds(90), timeline: [kill])
        var log = DisconnectLog(plan: plan) { _, _, _ in "" }
        log.clock = RunClock(t0: fixtureT0, timeScale: 10)
        var orders = Orders()
        orders.executedThrough = .never
        orders.executed = [ExecutedInterval(fault: 0, gateway: 0, start: instant(1), end: instant(1.3))]
        log.update(with: orders)
        for gateway in GatewayID(0)...1 {
            let disconnect = Disconnect(
                session: gateway,
                gateway: gateway,
                lastProofOfLife: instant(1.2),
                at: instant(10.2),
                mechanism: .fin
            )
            _ = log.add(disconnect, of: Session(id: gateway))
        }
        #expect(log.silenceBeforeFin.counts.last == 1)
        #expect(log.silenceBeforeFin.counts.count == 91)
        #expect(log.silenceBeforeReset.total == 0)
    }
}
