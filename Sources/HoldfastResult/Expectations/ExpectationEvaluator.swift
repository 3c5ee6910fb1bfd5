import HoldfastCore
import HoldfastPlan

/// Decides how expectations came out. One without data is never green; one in an impaired domain is never judged.
struct ExpectationEvaluator: Sendable {
    let reader: MetricReader
    let impairments: Impairments

    init(analysis: RunAnalysis, impairments: Impairments) {
        reader = MetricReader(analysis: analysis)
        self.impairments = impairments
    }

    /// What the plan expects, then what holds by default and is not written down in the same words.
    static func expectations(of plan: Plan, mode: RunMode) -> [(expectation: Expectation, isDefault: Bool)] {
        let written = plan.expect.map { ($0, false) }
        let lasts = mode == .live && plan.realTime.duration >= DefaultExpectation.flatAfter
        let defaults = plan.defaults.filter { $0 != .flat || lasts }.map { $0.expectation(sessions: plan.sessions) }
            .filter { standing in !plan.expect.contains { $0.text == standing.text } }
        return written + defaults.map { ($0, true) }
    }

    /// How one expectation came out.
    func evaluate(_ expectation: Expectation, isDefault: Bool) -> ExpectationResult {
        let metric = MetricCatalogue.standard[expectation.metric]
        let reading = reader.read(expectation)
        let unit = ExpectationEvaluator.unit(of: expectation, metric)
        var result = ExpectationResult(
            expression: expectation.text,
            isDefault: isDefault,
            value: reading.number,
            unit: unit.resultName,
            domain: (metric?.domain ?? .population).rawValue,
            outcome: .pass,
            message: nil
        )
        if let reason = impairments.reason(for: metric) {
            result.outcome = .invalid
            result.message = reason
        } else if case .noData(let reason) = reading {
            result.outcome = .noData
            result.message = "no data: \(reason)"
        } else if !expectation.condition.holds(for: reading) {
            result.outcome = .fail
            result.message =
                reading.number.map { "it was \(Readable.value($0, unit: unit.resultName))" }
                ?? "it never happened"
        }
        return result
    }

    /// A number of samples is a count, and a rate is one a second, whatever the metric's own unit.
    private static func unit(of expectation: Expectation, _ metric: MetricDescription?) -> MetricDescription.Unit {
        switch expectation.aggregate {
        case .count where metric?.kind == .histogram: .count
        case .rate: .perSecond
        default: metric?.unit ?? .count
        }
    }
}

extension MetricDescription.Unit {
    /// Its name in results, in kebab case as every dynamic name there.
    fileprivate var resultName: String {
        switch self {
        case .connectionSeconds: "connection-seconds"
        case .perSecond: "per-second"
        default: rawValue
        }
    }
}

extension DefaultExpectation {
    /// In the words of the grammar.
    func expectation(sessions: Int) -> Expectation {
        switch self {
        case .admitted:
            Expectation(
                text: "sessions.admittedOnce == \(sessions)",
                metric: "sessions.admittedOnce",
                matches: [],
                aggregate: nil,
                instant: nil,
                condition: .compare(.equal, .number(Double(sessions)))
            )
        case .unexplained:
            Expectation(
                text: "disconnects{cause=unexplained} count == 0",
                metric: "disconnects",
                matches: [Expectation.Match(key: .cause, negated: false, values: [Cause.unexplained.rawValue])],
                aggregate: .count,
                instant: nil,
                condition: .compare(.equal, .number(0))
            )
        case .census:
            Expectation(
                text: "census.reconciled == true",
                metric: "census.reconciled",
                matches: [],
                aggregate: nil,
                instant: nil,
                condition: .compare(.equal, .boolean(true))
            )
        case .flat:
            Expectation(
                text: "harness.memoryGrowth <= 5%",
                metric: "harness.memoryGrowth",
                matches: [],
                aggregate: nil,
                instant: nil,
                condition: .compare(.lessOrEqual, .percent(0.05))
            )
        }
    }
}
