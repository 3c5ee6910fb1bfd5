import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// The night's run, smaller: every kind of trouble, and nothing that ends without a reason.
@Suite struct SoakTests {
    private static let overrides = ["sessions=60", "expect=[]"]

    @Test(arguments: [UInt64(1), 42])
    func aNightOfEverything(seed: UInt64) throws {
        let result = try PlanRuns.run("nightly-soak", Self.overrides, seed: seed)
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(
            result.disconnects.unexplained == 0,
            "\(result.disconnects.ledger.filter { $0.cause == "unexplained" })"
        )
        #expect(result.sessions.establishedAtEnd == 60)
        #expect(result.groups?.compactMap(\.establishedAtEnd) == [24, 12, 12, 6, 6])
        #expect(result.faults.allSatisfy { $0.executed != nil })
        let consequences = result.disconnects.byCause["consequence"].flatMap { $0 } ?? 0
        #expect(consequences > 100)
    }

    /// It has every kind of fault at least four times, one every five minutes.
    @Test func itHasEveryKindOfTrouble() throws {
        let plan = try PlanRuns.plan("nightly-soak", Self.overrides)
        let kinds = Dictionary(grouping: plan.timeline, by: \.action.kind.resultName).mapValues(\.count)
        #expect(kinds.count >= 18)
        #expect(kinds.values.allSatisfy { $0 >= 4 })
        #expect(zip(plan.timeline, plan.timeline.dropFirst()).allSatisfy { $1.at - $0.at == .seconds(300) })
    }

    /// The short form has the same users and balancer, and passes.
    @Test func theShortFormIsOfTheSameUsers() throws {
        let (night, short) = (try PlanRuns.plan("nightly-soak", []), try PlanRuns.plan("soak-smoke", []))
        #expect(short.groups == night.groups)
        #expect(short.target == night.target)
        #expect(Set(short.timeline.map(\.action.kind)).count >= 9)
        let result = try PlanRuns.run("soak-smoke")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.disconnects.unexplained == 0)
    }
}
