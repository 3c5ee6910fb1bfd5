import HoldfastPlan
import HoldfastSimulation
import Testing

/// Whole runs as one number each: alike in debug and release, on every machine, in every version that does not mean to
/// change what a run does.
///
/// Who changes it on purpose puts the `eventHash` of `holdfast simulate PLAN --json` here.
@Suite struct GoldenHashTests {
    static let hashes: [String: String] = [
        "uneven-departures": "2d89762241203a7f",
        "uneven-return": "01e5d2fab3ab6f53",
        "rolling-restart": "b6005933e9c89c8f",
        "detect-3x5": "70a3acb54d349cde",
        "quickstart": "8e1c0f25db964a54",
    ]

    @Test(arguments: hashes.keys.sorted())
    func theRunIsTheSameAsEver(name: String) throws {
        let result = Simulation(plan: try PlanRuns.plan(name)).run().result
        #expect(result.eventHash == Self.hashes[name])
    }
}
