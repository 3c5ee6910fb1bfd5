import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite struct UsageGrowthTests {
    /// One process that holds `bytes` after each cut, from `first` on, of a run of 100 seconds.
    private func growth(from first: Int32 = 0, _ bytes: (Int32) -> UInt64) -> UsageGrowth {
        var growth = UsageGrowth()
        for second in first...100 {
            let usage = UsageGrowth.Usage(anonymousBytes: bytes(second), descriptors: UInt64(second))
            growth.note(usage, second: second, endSecond: 100)
        }
        return growth
    }

    @Test func theMostOfTheLastQuarterIsComparedWithTheMostOfTheSecond() {
        let growing = growth { 1_000 + UInt64($0) * 10 }
        #expect(growing.early == UsageGrowth.Usage(anonymousBytes: 1_490, descriptors: 49))
        #expect(growing.late == UsageGrowth.Usage(anonymousBytes: 2_000, descriptors: 100))
        #expect(growing.memory == 510.0 / 1_490)
        #expect(growing.descriptors == 51.0 / 49)
    }

    @Test func whatItHeldWhileWarmingUpOrInBetweenDoesNotCount() {
        #expect(growth { (25..<50).contains($0) || $0 >= 75 ? 1_000 : 9_000 }.memory == 0)
        #expect(growth { $0 < 50 ? 1_000 : 900 }.memory == -0.1)
    }

    @Test(arguments: [(Int32(24), true), (25, false), (60, false), (80, false)])
    func whoComesLateHasNoGrowth(first: Int32, isKnown: Bool) {
        #expect((growth(from: first) { _ in 1_000 }.memory != nil) == isKnown)
    }

    @Test func whoLeavesBeforeTheLastQuarterHasNone() {
        var growth = UsageGrowth()
        for second in Int32(0)..<75 { growth.note(.init(anonymousBytes: 1), second: second, endSecond: 100) }
        #expect(growth.memory == nil)
        growth.note(.init(anonymousBytes: 1), second: 75, endSecond: 100)
        #expect(growth.memory == 0)
    }

    /// By default no process may grow by more than 5 %, which only a live run of some length can say.
    @Test(
        arguments: [
            (1_200, .live, 1_000, 1_050, .pass), (1_200, .live, 1_000, 1_051, .fail),
            (1_200, .live, nil, 1_051, .noData), (1_199, .live, 1_000, 1_051, nil),
            (1_200, .simulated, 1_000, 1_051, nil),
        ] as [(Int, RunMode, UInt64?, UInt64, ExpectationResult.Outcome?)]
    )
    func aLiveRunOfTwentyMinutesHasToBeFlat(
        seconds: Int,
        mode: RunMode,
        early: UInt64?,
        late: UInt64,
        outcome: ExpectationResult.Outcome?
    ) throws {
        var plan = makePlan(duration: .seconds(Int64(seconds)))
        plan.defaults = [.flat]
        var run = FixtureRun(plan: plan)
        run.report {
            $0.harness.growth = UsageGrowth(
                early: early.map { UsageGrowth.Usage(anonymousBytes: $0, descriptors: 1) },
                late: UsageGrowth.Usage(anonymousBytes: late, descriptors: 1)
            )
        }
        let flat = ExpectationEvaluator.expectations(of: plan, mode: mode)
        #expect(flat.isEmpty == (outcome == nil))
        guard let flat = flat.first, let outcome else { return }
        #expect(flat.isDefault)
        #expect(flat.expectation.text == "harness.memoryGrowth <= 5%")
        let reading = MetricReader(analysis: RunAnalysis(plan: plan, measurements: run.measurements))
            .read(flat.expectation)
        #expect((reading.number == nil) == (outcome == .noData))
        if early != nil { #expect(flat.expectation.condition.holds(for: reading) == (outcome == .pass)) }
    }
}
