import HoldfastResult

/// What became of the same churn in every variant of a plan: `compare.json`.
public struct Comparison: Codable, Equatable, Sendable {
    /// The version of this schema.
    public static let currentSchema = 1

    /// The version of the schema that it was written with.
    public var schema = Comparison.currentSchema
    /// The plan's name.
    public var plan: String
    /// Whether the runs really happened.
    public var mode: RunMode
    /// The seed of each trial, the same in every variant.
    public var seeds: [UInt64]
    /// The variants, as the plan has them.
    public var variants: [Variant]
    /// What they are compared by.
    public var metrics: [Metric]

    /// One variant and its runs.
    public struct Variant: Codable, Equatable, Sendable {
        /// Its name.
        public var name: String
        /// What stood between sessions and gateways, such as `haproxy`.
        public var via: String
        /// The algorithm of the balancer, or of the sessions.
        public var algorithm: String
        /// Its runs, by trial.
        public var runs: [ComparedRun]

        /// A variant from its parts.
        public init(name: String, via: String, algorithm: String, runs: [ComparedRun]) {
            self.name = name
            self.via = via
            self.algorithm = algorithm
            self.runs = runs
        }
    }

    /// One metric in every variant.
    public struct Metric: Codable, Equatable, Sendable {
        /// As in `result.json`, where it is one of its fields.
        public var name: String
        /// For people.
        public var title: String
        /// `ratio`, `seconds`, `count` or `perSecond`.
        public var unit: String
        /// What it tells.
        public var kind: ComparedMetric.Kind
        /// By variant: the mean of the trials; null where a trial has no value.
        public var means: [Double?]
        /// By variant: how it differs from the first one; null for that one, and where it cannot be told.
        public var differences: [PairedDifference?]
        /// The variants that are better than all others: the one with the least mean, and those that chance may have
        /// set apart from it. All of them, or none, is no answer.
        public var best: [Int]
        /// How the best differs from the variant that it is told against in `verdict`; null without an answer.
        @OrNull public var margin: PairedDifference?
        /// The answer in a sentence.
        public var verdict: String
    }

    /// What `variants` amount to.
    public init(plan: String, mode: RunMode, seeds: [UInt64], variants: [Variant]) {
        self.plan = plan
        self.mode = mode
        self.seeds = seeds
        self.variants = variants
        metrics = ComparedMetric.all.map { Metric($0, variants) }
    }
}

/// One run of one variant.
public struct ComparedRun: Codable, Equatable, Sendable {
    /// Its seed.
    public var seed: UInt64
    /// What it came to.
    public var verdict: Verdict
    /// Why it is not a pass.
    public var reasons: [String]
    /// Where its files are.
    public var directory: String
    /// The churn that was really applied.
    public var churn: AppliedChurn
    /// By the names of `ComparedMetric`; null where the run has none.
    public var values: [String: Double?]

    /// What a run came to whose files are in `directory`.
    public init(_ result: RunResult, directory: String) {
        seed = result.seed
        verdict = result.verdict
        reasons = result.reasons
        self.directory = directory
        churn = AppliedChurn(result)
        values = Dictionary(uniqueKeysWithValues: ComparedMetric.all.map { ($0.name, $0.value(result)) })
    }
}

/// The ends of connections that a plan asks for, as far as they were carried out.
public struct AppliedChurn: Codable, Equatable, Sendable {
    /// By the timeline.
    @OrNull public var injected: UInt64?
    /// By lifetimes, and by the fleet's own policies.
    @OrNull public var scheduled: UInt64?
    /// Whatever else followed from the timeline.
    @OrNull public var consequence: UInt64?

    init(_ result: RunResult) {
        injected = result.disconnects.byCause["injected"] ?? nil
        scheduled = result.disconnects.byCause["scheduled"] ?? nil
        consequence = result.disconnects.byCause["consequence"] ?? nil
    }
}

extension Comparison.Metric {
    fileprivate init(_ metric: ComparedMetric, _ variants: [Comparison.Variant]) {
        let values = variants.map { variant in variant.runs.map { $0.values[metric.name] ?? nil } }
        let means = values.map(Comparison.Metric.mean)
        name = metric.name
        title = metric.title
        unit = metric.unit
        kind = metric.kind
        self.means = means
        differences = values.indices.map { index in
            index == 0 ? nil : PairedDifference(values[index], minus: values[0])
        }
        let leader = means.indices.filter { means[$0] != nil }.min { (means[$0] ?? 0) < (means[$1] ?? 0) }
        guard let leader else {
            best = []
            margin = nil
            verdict = "no variant has a value in every trial"
            return
        }
        let told = means.indices.filter { index in
            index != leader && PairedDifference(values[leader], minus: values[index])?.isClear == true
        }
        best = means.indices.filter { means[$0] != nil && !told.contains($0) }
        // The first variant is what people have; else the next best.
        guard let other = told.first == 0 ? 0 : told.min(by: { (means[$0] ?? 0) < (means[$1] ?? 0) }),
            let margin = PairedDifference(values[leader], minus: values[other])
        else {
            margin = nil
            verdict = "no variant can be told from another"
            return
        }
        self.margin = margin
        let names = [leader] + best.filter { $0 != leader }
        verdict =
            ComparisonSentence(
                best: names.map { variants[$0].name },
                other: variants[other].name,
                metric: metric,
                values: (means[leader] ?? 0, means[other] ?? 0),
                margin: margin
            ).text
    }

    private static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap(\.self)
        guard !known.isEmpty, known.count == values.count else { return nil }
        return known.reduce(0, +) / Double(known.count)
    }
}
