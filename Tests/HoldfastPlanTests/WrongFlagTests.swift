import HoldfastPlan
import Testing

/// What is wrong with flags that change a plan.
@Suite struct WrongFlagTests {
    static let rows: [(flags: [String], line: String)] = [
        (
            ["sessions"],
            "--set:1:1: error: `sessions`; expected path=value"
        ),
        (
            ["sessions=0"],
            "--set:1:10: error: `0`; expected a whole number from 1 to 2147483648; did you mean 1?"
        ),
        (
            ["target..via=client"],
            "--set:1:8: error: an empty name in `target..via`; expected a dotted path"
        ),
        (
            ["target.vai=client"],
            "--set:1:8: error: unknown key `vai`; expected via, crowd, gateway, subset, regions, gateways, balancer, "
                + "headroom or another of WritingPlans.md; did you mean via?"
        ),
        (
            ["expect.1=x"],
            "--set:1:11: error: the end; expected <, <=, >, >=, ==, != or in"
        ),
        (
            ["sessions.x=1"],
            "--set:1:10: error: `x` below a single value; expected a path through mappings and lists"
        ),
        (
            ["timeline.0.at=70s"],
            "--set:1:15: error: an event at 1m10s in a run of 1m; expected an event before the end"
        ),
        (
            ["seed=abc"],
            "--set:1:6: error: `abc`; expected a whole number from 0 to 9007199254740991"
        ),
        (
            ["heartbeat={interval: 5s"],
            "--set:1:11: error: text that is not YAML: did not find expected ',' or '}' at line 2, column 11; "
                + "expected a plan in YAML"
        ),
        (
            ["duration="],
            "--set:1:10: error: nothing; expected a duration in whole seconds such as 10s or 4m30s, at least 1s"
        ),
        (
            ["timeline.0.drop.gateway=2"],
            "--set:1:25: error: `2`; expected a gateway from 0 to 1; did you mean 1?"
        ),
        (
            ["expect.0=disconnects = 0"],
            "--set:1:22: error: `=`; expected <, <=, >, >=, ==, != or in; did you mean ==?"
        ),
        (
            ["=5"],
            "--set:1:1: error: `=5`; expected path=value"
        ),
        (
            ["duration=5m", "timeScale=nan"],
            "--set:1:11: error: `nan`; expected a number from 0.001 to 100000"
        ),
    ]

    @Test(arguments: rows)
    func isRefusedWithOneLine(flags: [String], line: String) {
        let text = PlanSamples.smallest + WrongPlan.oneEvent + "expect:\n  - disconnects == 0\n"
        let error = #expect(throws: PlanError.self) {
            try Plan.parse(text: text, file: "plan.yaml", overrides: flags.map { SetOverride($0) })
        }
        #expect(error?.description == line)
    }

    @Test func aSeedOutOfRange() {
        let error = #expect(throws: PlanError.self) {
            try Plan.parse(text: PlanSamples.smallest, file: "plan.yaml", seed: 1 << 53)
        }
        let line = "--seed:1:1: error: `9007199254740992`; expected a whole number from 0 to 9007199254740991"
        #expect(error?.description == line)
        #expect(throws: Never.self) {
            try Plan.parse(text: PlanSamples.smallest, file: "plan.yaml", seed: (1 << 53) - 1)
        }
    }
}
