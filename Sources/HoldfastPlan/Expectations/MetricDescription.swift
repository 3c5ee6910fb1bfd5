/// What one metric of the result is, as far as an expectation has to know.
public struct MetricDescription: Equatable, Sendable {
    /// How a metric turns into one value.
    public enum Kind: String, CaseIterable, Sendable {
        /// Grows over the run; aggregates `count` (default) and `rate` (per plan second).
        case counter
        /// Read at cuts; `at end` (default), `at T`, or the aggregates `min`, `max`, `mean` over the cuts.
        case gauge
        /// Samples; an aggregate is required, any but `rate`.
        case histogram
        /// One value; no aggregate, no instant.
        case single
    }

    /// What its values are measured in, and so which literals it can be compared with.
    public enum Unit: String, CaseIterable, Sendable {
        /// Whole things: numbers.
        case count
        /// Dimensionless: numbers or percentages.
        case ratio
        /// Seconds: durations, or numbers of seconds.
        case seconds
        /// Connections times seconds: numbers.
        case connectionSeconds
        /// Things a second: numbers or rates.
        case perSecond
        /// Bytes: sizes or numbers.
        case bytes
        /// 1 is true: `true`, `false` or numbers.
        case boolean
    }

    /// What has to be in order for a value to be believed.
    public enum Domain: String, CaseIterable, Sendable {
        /// Lateness and stalls of the harness.
        case timing
        /// Workers, descriptors and ports.
        case population
        /// Executed times and ledger rows.
        case attribution
    }

    /// What must be in the plan for the metric to get any sample.
    public enum Feed: String, CaseIterable, Sendable {
        /// Every run feeds it.
        case always
        /// A session that beats.
        case heartbeat
        /// A session whose heartbeat adapts.
        case adaptive
        /// Any fault.
        case fault
        /// A fault that sessions have to notice by themselves.
        case detection
        /// Connects that take longer than nothing.
        case distance
        /// A fault after which sessions come back.
        case restoration
        /// A gateway whose state of a connection has a size.
        case stateBytes
        /// Messages that are pushed.
        case push
        /// Requests that are sent.
        case request
    }

    /// Dotted name, as in `result.json`.
    public var name: String
    /// How it turns into one value.
    public var kind: Kind
    /// What its values are measured in.
    public var unit: Unit
    /// What has to be in order for a value to be believed.
    public var domain: Domain
    /// The keys by which it can be restricted.
    public var keys: [Expectation.MatchKey]
    /// A key that must be given, with exactly one value, because the values of several cannot be joined.
    public var requires: Expectation.MatchKey?
    /// Whether at most one of `keys` may be given, because its samples are kept by one key at a time.
    public var oneKeyOnly: Bool
    /// Whether it is `never` (null) when what it measures did not happen.
    public var mayBeNever: Bool
    /// What must be in the plan for the metric to get any sample.
    public var feed: Feed

    /// A description from its parts.
    public init(
        _ name: String,
        _ kind: Kind,
        _ unit: Unit,
        _ domain: Domain,
        keys: [Expectation.MatchKey] = [],
        requires: Expectation.MatchKey? = nil,
        oneKeyOnly: Bool = false,
        mayBeNever: Bool = false,
        feed: Feed = .always
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.domain = domain
        self.keys = keys
        self.requires = requires
        self.oneKeyOnly = oneKeyOnly
        self.mayBeNever = mayBeNever
        self.feed = feed
    }

    /// Whether its durations end with an attempt to connect, so that late attempts make them longer.
    public var waitsForAttempts: Bool {
        name == "outageSeconds" || name.hasPrefix("restore.") || name == "imbalance.secondsToRebalance"
            || name == "messages.latencySeconds" || name == "requests.latencySeconds"
    }

    /// The aggregates that it knows, in the order of the grammar.
    public var aggregates: [Expectation.Aggregate] {
        switch kind {
        case .counter: [.count, .rate]
        case .gauge: [.min, .max, .mean]
        case .histogram: Expectation.Aggregate.allCases.filter { $0 != .rate }
        case .single: []
        }
    }
}
