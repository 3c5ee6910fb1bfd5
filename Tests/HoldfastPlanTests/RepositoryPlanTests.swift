import HoldfastCore
import HoldfastPlan
import Testing

/// The plans that come with Holdfast are right, and say what they are documented to do.
@Suite struct RepositoryPlanTests {
    @Test func allAreThere() {
        let expected: Set = [
            "detect-3x5.yaml", "haproxy.yaml", "quickstart.yaml", "rolling-restart.yaml", "uneven-departures.yaml",
            "uneven-return.yaml",
        ]
        #expect(expected.isSubset(of: PlanSamples.repositoryPlans))
    }

    @Test(arguments: PlanSamples.repositoryPlans)
    func everyPlanIsRightAndNamedLikeItsFile(file: String) throws {
        let text = try PlanSamples.text(ofRepositoryPlan: file)
        let reading = try PlanReader.read(text: text, file: file)
        #expect(reading.warnings.isEmpty)
        #expect(reading.plan.name + ".yaml" == file)
        #expect(text.hasPrefix("# "), "A plan opens with what it shows.")
        #expect(!reading.plan.expect.isEmpty)
    }

    @Test(arguments: [
        ("uneven-return.yaml", ["target.algorithm=least-connections"]),
        ("rolling-restart.yaml", ["target.algorithm=least-connections"]),
        ("rolling-restart.yaml", ["target.gateways=10", "sessions=2000", "duration=62s"]),
        ("haproxy.yaml", ["target.algorithm=least-connections"]),
        ("nginx.yaml", ["target.algorithm=least-connections"]),
        ("nginx-workers.yaml", ["target.balancer={shards: 16}"]),
        ("quickstart.yaml", ["target.via=client"]),
    ])
    func variantsThatTheirCommentsNameAreRight(file: String, overrides: [String]) throws {
        let text = try PlanSamples.text(ofRepositoryPlan: file)
        #expect(throws: Never.self) {
            try Plan.parse(text: text, file: file, overrides: overrides.map { SetOverride($0) })
        }
    }

    @Test func quickstartTakesTwelveSeconds() throws {
        let plan = try Plan.parse(text: PlanSamples.text(ofRepositoryPlan: "quickstart.yaml"), file: "quickstart.yaml")
        #expect(plan.sessions == 2000)
        #expect(plan.target.gateways == 4)
        #expect(plan.duration == .seconds(12))
        #expect(plan.phases.map(\.name) == ["steady", "departures", "restart"])
        #expect(plan.victims(fault: 0) == 600)
    }
}
