import HoldfastCore
import HoldfastPlan
import Testing

import struct HoldfastPlan.Expectation

/// The grammar of expectations, each text beside what it means.
@Suite struct ExpectationTests {
    private static let timeline = """
        timeline:
          - { at: 10s, phase: departures, drop: { gateway: 0 } }
          - { at: 20s, phase: ice, freeze: { gateway: 1 } }

        """

    private func read(_ text: String, beside more: String = "", _ settings: [String] = []) throws -> Expectation {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        let plan = PlanSamples.smallest + Self.timeline + "expect: [ \(quoted) ]\n" + more
        let overrides = settings.map { SetOverride($0) }
        return try #require(try Plan.parse(text: plan, file: "plan.yaml", overrides: overrides).expect.first)
    }

    private static func meaning(
        _ text: String,
        _ metric: String,
        _ matches: [Expectation.Match] = [],
        _ aggregate: Expectation.Aggregate? = nil,
        at instant: Expectation.ReadInstant? = nil,
        is condition: Expectation.Condition
    ) -> Expectation {
        Expectation(
            text: text,
            metric: metric,
            matches: matches,
            aggregate: aggregate,
            instant: instant,
            condition: condition
        )
    }

    private static func match(
        _ key: Expectation.MatchKey,
        _ values: String...,
        negated: Bool = false
    ) -> Expectation.Match {
        Expectation.Match(key: key, negated: negated, values: values)
    }

    private static let meanings: [Expectation] = [
        meaning("disconnects == 0", "disconnects", is: .compare(.equal, .number(0))),
        meaning("disconnects==0", "disconnects", is: .compare(.equal, .number(0))),
        meaning(
            "disconnects{cause=unexplained} count == 0",
            "disconnects",
            [match(.cause, "unexplained")],
            .count,
            is: .compare(.equal, .number(0))
        ),
        meaning(
            "disconnects { phase = ice | departures , gateway != 0, mechanism=write-error } rate < 5/s",
            "disconnects",
            [
                match(.phase, "ice", "departures"), match(.gateway, "0", negated: true),
                match(.mechanism, "write-error"),
            ],
            .rate,
            is: .compare(.less, .rate(5))
        ),
        meaning(
            "imbalance.maxOverMean{phase=departures} at end < 1.35",
            "imbalance.maxOverMean",
            [match(.phase, "departures")],
            at: .end,
            is: .compare(.less, .number(1.35))
        ),
        meaning(
            "imbalance.cv{phase=departures} at 11s <= 5%",
            "imbalance.cv",
            [match(.phase, "departures")],
            at: .at(.seconds(11)),
            is: .compare(.lessOrEqual, .percent(0.05))
        ),
        meaning("imbalance.cv mean > 0.5", "imbalance.cv", [], .mean, is: .compare(.greater, .number(0.5))),
        meaning(
            "detection{cause=freeze} min in 12s..15s",
            "detection",
            [match(.cause, "freeze")],
            .min,
            is: .range(.duration(.seconds(12)), .duration(.seconds(15)))
        ),
        meaning("outageSeconds p999 >= 0.5", "outageSeconds", [], .p999, is: .compare(.greaterOrEqual, .number(0.5))),
        meaning("outageSeconds max in 1..1.5", "outageSeconds", [], .max, is: .range(.number(1), .number(1.5))),
        meaning(
            "outageSeconds max in 1.5 .. 2m30s",
            "outageSeconds",
            [],
            .max,
            is: .range(.number(1.5), .duration(.seconds(150)))
        ),
        meaning(
            "restore.seconds99{fault=1} != never",
            "restore.seconds99",
            [match(.fault, "1")],
            is: .compare(.notEqual, .never)
        ),
        meaning("harness.bytesPerSession < 4KiB", "harness.bytesPerSession", is: .compare(.less, .size(4096))),
        meaning("heartbeats.bytes rate < 1.5/m", "heartbeats.bytes", [], .rate, is: .compare(.less, .rate(0.025))),
    ]

    @Test(arguments: meanings)
    func everyFormIsUnderstood(expected: Expectation) throws {
        #expect(try read(expected.text) == expected)
    }

    @Test func everyMetricCanBeExpected() throws {
        for metric in MetricCatalogue.standard.metrics {
            var text = metric.name
            switch metric.requires {
            case .phase: text += "{phase=ice}"
            case .gateway: text += "{gateway=1}"
            default: break
            }
            if metric.kind == .histogram { text += " p99" }
            let beside =
                switch metric.feed {
                case .adaptive: "heartbeat: { preset: mars }\n"
                case .distance: "groups: [ { name: all, share: 1 } ]\n"
                case .push: "workload: { push: { rate: 1/m } }\n"
                case .request: "workload: { request: { every: 5s } }\n"
                default: ""
                }
            let settings = metric.feed == .stateBytes ? ["target.gateway.stateBytes=2KiB"] : []
            let expectation = try read(text + " >= 0", beside: beside, settings)
            #expect(expectation.metric == metric.name)
        }
    }

    @Test func namesOfMetricsAreDistinct() {
        let names = MetricCatalogue.standard.metrics.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            MetricCatalogue.standard.metrics.allSatisfy { metric in
                metric.requires.map { metric.keys.contains($0) } ?? true
            }
        )
    }

    /// What sessions cannot notice, or what cannot come back, has no samples to expect anything of.
    @Test(arguments: [
        ("", "kill: { gateway: 0 }", "detection p99 < 15s", true),
        ("", "kill: { gateway: 0 }", "detection{mechanism=heartbeat} p99 < 15s", false),
        ("", "kill: { gateway: 0 } }, { at: 6s, loseResets: {}", "detection{mechanism=heartbeat} p99 < 15s", true),
        ("", "loseResets: {}", "detection p99 < 15s", false),
        ("", "drop: { gateway: 0 }", "detection p99 < 15s", false),
        ("", "drop: { gateway: 0, side: gateway }", "detection{mechanism=fin} p99 < 15s", true),
        ("", "drop: { gateway: 0, side: gateway, by: vanish }", "detection{mechanism=fin} p99 < 15s", false),
        ("", "drop: { gateway: 0, side: gateway, by: vanish }", "detection{mechanism=heartbeat} p99 < 2m", true),
        ("", "freeze: { gateway: 0 }", "detection{cause=freeze} p99 < 15s", true),
        ("", "freeze: { gateway: 0 }", "detection{cause!=freeze} p99 < 15s", false),
        ("", "freeze: { gateway: 0 }", "detection{cause=rolling-restart} p99 < 15s", false),
        ("", "freeze: { gateway: 0 }", "detection{mechanism=fin} p99 < 15s", false),
        ("heartbeat: { strategy: none }", "freeze: { gateway: 0 }", "detection p99 < 15s", false),
        ("heartbeat: { preset: article-3x5 }", "for: 12001ms, freeze: { gateway: 0 }", "detection p99 < 15s", true),
        ("heartbeat: { preset: article-3x5 }", "for: 12s, freeze: { gateway: 0 }", "detection p99 < 15s", false),
        ("", "drop: { return: never }", "outageSeconds p99 < 1s", false),
        ("", "drop: {}", "outageSeconds p99 < 1s", true),
        ("reconnect: { policy: none }", "drop: {}", "restore.seconds50 < 1s", false),
        ("reconnect: { policy: none }", "drop: { return: 1s }", "restore.seconds50 < 1s", true),
        ("reconnect: { policy: none }", "drop: { return: 1s }", "restore.seconds50{fault!=0} < 1s", false),
    ])
    func whatNothingFeedsIsRefused(extra: String, action: String, expectation: String, isFed: Bool) throws {
        let timeline = "timeline: [ { at: 10s, \(action) } ]\n"
        let text = PlanSamples.smallest + extra + "\n" + timeline + "expect: [ '\(expectation)' ]\n"
        if isFed {
            #expect(throws: Never.self) { try Plan.parse(text: text, file: "plan.yaml") }
        } else {
            let error = #expect(throws: PlanError.self) { try Plan.parse(text: text, file: "plan.yaml") }
            #expect(error?.description.contains("which nothing in this plan can feed") == true)
        }
    }

    @Test func withoutACatalogueOnlyTheSyntaxCounts() throws {
        let text = PlanSamples.smallest + "expect: [ 'no.such{phase=none} p99 == never' ]\n"
        #expect(throws: Never.self) { try Plan.parse(text: text, file: "plan.yaml", catalogue: nil) }
        let wrong = PlanSamples.smallest + "expect: [ 'no.such{phase=none} p99 = never' ]\n"
        #expect(throws: PlanError.self) { try Plan.parse(text: wrong, file: "plan.yaml", catalogue: nil) }
    }
}
