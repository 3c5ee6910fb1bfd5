import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Analysis")
struct AnalysisTests {
    /// maxOverMean of two gateways by second, and when it was back in the band of 10 % to stay.
    @Test(
        "Time to rebalance counts to the first cut after which the band is not left again",
        arguments: [
            ([[100, 100], [105, 95], [110, 90]], .after(0)),
            ([[100, 100], [111, 89], [110, 90]], .after(2)),
            ([[100, 100], [110, 90], [111, 89]], .never),
            ([[160, 40], [105, 95], [160, 40], [105, 95], [100, 100]], .after(3)),
            ([[0, 0], [0, 0]], .unknown),
            ([], .unknown),
        ] as [([[UInt64]], Rebalancing.Outcome)]
    )
    func rebalancing(_ counts: [[UInt64]], _ expected: Rebalancing.Outcome) {
        let cuts = counts.enumerated().map { facts(Int32($0), $1) }
        #expect(Rebalancing(cuts: cuts, startSeconds: 0, band: 0.1).outcome == expected)
    }

    @Test("The worst of a phase is taken metric by metric, the lowest where low is bad")
    func worst() {
        let worst = Rebalancing(cuts: [facts(0, [50, 50]), facts(1, [90, 10])], startSeconds: 0, band: 0.1).worst
        #expect(worst.maxOverMean == 1.8)
        #expect(worst.minOverMean == 0.2)
        #expect(worst.jain == Imbalance([90, 10]).jain)
        #expect(worst.entropy == Imbalance([90, 10]).entropy)
    }

    @Test("Gateways that the timeline has stopped are left out of the imbalance, strictly between start and end")
    func service() {
        let timeline = [event(.freeze(length: .seconds(3)), at: 1, on: [1]), event(drop(), at: 2)]
        var run = FixtureRun(plan: makePlan(gateways: 3, duration: .seconds(6), timeline: timeline))
        run.measurements.recordExecuted(ExecutedInterval(fault: 0, gateway: 1, start: instant(1), end: instant(4)))
        run.measurements.recordExecuted(ExecutedInterval(fault: 1, gateway: 2, start: instant(2), end: instant(5)))
        run.report { $0.cuts = cuts(through: 6, [10, 90, 10]) }
        let facts = RunAnalysis(plan: run.plan, measurements: run.measurements).cuts
        #expect(facts.map(\.inService[1]) == [true, true, false, false, true, true, true])
        #expect(facts.allSatisfy { $0.inService[0] && $0.inService[2] })
        #expect(facts[2].imbalance.maxOverMean == 1)
        #expect(facts[2].excess == 0)
        #expect(facts[4].imbalance.maxOverMean == 90.0 * 3 / 110)
    }

    @Test("A cut shows the phase that ends at its instant; the last one may lie behind a broken duration")
    func phases() {
        let plan = makePlan(
            duration: .milliseconds(12_500),
            timeline: [
                event(drop(), at: 4, phase: "a"), event(drop(), at: 8, phase: "b"), event(drop(), at: 10, phase: "a"),
            ]
        )
        let byPhase = plan.phases.map { phase in (0...13).filter { phase.contains(cut: $0, of: plan) } }
        #expect(plan.phases.map(\.name) == ["steady", "a", "b"])
        #expect(byPhase == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 11, 12, 13], [9, 10]])
        let ledger = plan.phases.map { phase in (-1...13).filter { phase.contains(ledgerSecond: $0, of: plan) } }
        #expect(ledger == [[0, 1, 2, 3], [4, 5, 6, 7, 10, 11, 12], [8, 9]])
        #expect(plan.lastCutSecond == 13)
    }

    @Test(
        "A share of the victims is restored when as many were admitted again, and never if they were not",
        arguments: [
            (100, 100, 0.5, 50.0), (100, 100, 1, 100), (100, 99, 1, nil), (100, 99, 0.99, 99), (100, 98, 0.99, nil),
            (3, 3, 0.5, 2), (0, 0, 0.5, nil),
        ] as [(UInt64, Int, Double, Double?)]
    )
    func restoring(_ expected: UInt64, _ back: Int, _ share: Double, _ seconds: Double?) throws {
        var outage = Histogram()
        for second in 0..<back { outage.record(Double(second + 1)) }
        let measured = Restoring(expected: expected, outage: outage).seconds(until: share)
        guard let seconds else {
            #expect(measured == nil)
            return
        }
        #expect(abs(try #require(measured) - seconds) <= 0.011 * seconds)
    }

    @Test("A ghost lasts for three cuts; what a stopped gateway holds is 0, what a silent one holds is not known")
    func census() {
        let timeline = [event(.kill(length: nil), at: 3, on: [0]), event(.freeze(length: nil), at: 3, on: [1])]
        var run = FixtureRun(plan: makePlan(gateways: 3, duration: .seconds(6), timeline: timeline))
        run.measurements.recordExecuted(ExecutedInterval(fault: 0, gateway: 0, start: instant(3), end: nil))
        run.measurements.recordExecuted(ExecutedInterval(fault: 1, gateway: 1, start: instant(3), end: nil))
        run.report { $0.cuts = cuts(through: 6, [10, 10, 10], from: 3, [0, 0, 30]) }
        let own: [[UInt64]] = [[10, 10, 10, 10], [10, 10, 10, 10], [10, 12, 15, 13, 30, 33, 30]]
        for (gateway, counts) in own.enumerated() {
            run.report(.gateway, gateway) { report in
                report.cuts = counts.enumerated().map { second, count in
                    var own = cut(Int32(second), [0, 0, 0])
                    let digest = Digest(count: count, sum: count &* 0x9E37_79B9)
                    own.populations = [.init(gateway: GatewayID(gateway), opened: count, closed: 0, digest: digest)]
                    return own
                }
            }
        }
        let result = run.result()
        #expect(result.gateways.map(\.ownConnectionsAtEnd) == [0, nil, 30])
        #expect(result.gateways.map(\.ghostsPeak) == [0, 0, 2])
        #expect(result.gateways.map(\.inServiceAtEnd) == [false, false, true])
        #expect(result.census.gateway == nil)
        #expect(result.census.ghostsPeak == 2)
        #expect(result.census.reconciled == true)
    }

    @Test("Digests that differ are not reconciled, even where the counts agree")
    func digests() {
        var run = FixtureRun(plan: makePlan(gateways: 1, duration: .seconds(1)))
        run.report { $0.cuts = cuts(through: 1, [10]) }
        run.report(.gateway, 0) { report in
            var own = cut(1, [10])
            own.populations[0].digest.sum &+= 1
            report.cuts = [own]
        }
        #expect(run.result().census.reconciled == false)
        #expect(run.result().census.gateway == 10)
    }

    @Test(
        "Excess connections are summed over the cuts of a phase, and not known where nothing is in service",
        arguments: [(nil, 40.0), (1, nil)] as [(Int64?, Double?)]
    )
    func excess(_ killedAt: Int64?, _ expected: Double?) {
        let timeline = killedAt.map { [event(.kill(length: nil), at: $0, on: [0, 1])] } ?? []
        var run = FixtureRun(plan: makePlan(duration: .seconds(3), timeline: timeline))
        for gateway in 0..<GatewayID(timeline.isEmpty ? 0 : 2) {
            run.measurements.recordExecuted(
                ExecutedInterval(fault: 0, gateway: gateway, start: instant(1), end: nil)
            )
        }
        run.report { $0.cuts = cuts(through: 3, [30, 10]) }
        #expect(run.result().imbalance.phases[0].excessConnectionSeconds == expected)
    }

    @Test("Several workers' peak comes from their common cuts if they are a second apart, one worker's from its count")
    func connectsPeak() {
        var one = FixtureRun(plan: makePlan(duration: .seconds(2)))
        one.report { $0.sessions?.connectsPeakPerSecond = 77 }
        #expect(one.result().connects.peakPerSecond == 77)
        for (timeScale, expected) in [(1.0, 10.0), (2, nil)] as [(Double, Double?)] {
            var two = FixtureRun(plan: makePlan(duration: .seconds(2), timeScale: timeScale), workers: 2)
            for worker in 0..<2 {
                two.report(.worker, worker) { report in
                    report.sessions?.connectsPeakPerSecond = 77
                    report.cuts = [0, 5, 9].enumerated().map { cut(Int32($0), [1, 1], attempts: $1) }
                }
            }
            #expect(two.result().connects.peakPerSecond == expected)
        }
    }

    /// Drawing of time: a thousand attempts come due in the first second, of which 300 are made in it, then all others.
    ///
    ///     second    0      1      2      3
    ///     made      0    300    800   1000
    ///     due       0    700    200      0
    @Test("What was asked for is what was made, and what still waited for it")
    func attemptsAsked() {
        var run = FixtureRun(plan: makePlan(duration: .seconds(3)), workers: 2)
        for worker in 0..<2 {
            run.report(.worker, worker) { report in
                report.cuts = [(0, 0), (150, 350), (400, 100), (500, 0)].enumerated().map { second, count in
                    cut(Int32(second), [1, 1], attempts: count.0, attemptsDue: count.1)
                }
            }
        }
        let connects = run.result().connects
        #expect(connects.askedPeakPerSecond == 1_000)
        #expect(connects.peakPerSecond == 500)
        #expect(connects.duePeak == 700)
    }

    private func facts(_ second: Int32, _ counts: [UInt64]) -> CutFacts {
        var table = CutTable(gateways: counts.count)
        table.add(cut(second, counts), from: 0)
        let row = table.complete(at: second, reporters: 1) ?? CutTable(gateways: 0).empty
        return CutFacts(second: second, row: row, inService: counts.map { _ in true })
    }
}
