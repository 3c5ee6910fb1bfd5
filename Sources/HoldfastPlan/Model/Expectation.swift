import HoldfastCore

/// One parsed expectation of a plan, such as `disconnects{cause=unexplained} count == 0`.
public struct Expectation: Equatable, Sendable {
    /// The text as written; the result repeats it.
    public var text: String
    /// Dotted metric name.
    public var metric: String
    /// Restrictions, in the order written.
    public var matches: [Match]
    /// How samples become one value; nil takes the metric's default.
    public var aggregate: Aggregate?
    /// When a gauge is read; nil is the end.
    public var instant: ReadInstant?
    /// What the value must satisfy.
    public var condition: Condition

    /// An expectation from its parts; nothing is checked.
    public init(
        text: String,
        metric: String,
        matches: [Match],
        aggregate: Aggregate?,
        instant: ReadInstant?,
        condition: Condition
    ) {
        self.text = text
        self.metric = metric
        self.matches = matches
        self.aggregate = aggregate
        self.instant = instant
        self.condition = condition
    }

    /// One restriction `key=a|b` or `key!=a|b`.
    public struct Match: Equatable, Sendable {
        /// What it restricts.
        public var key: MatchKey
        /// Whether the values are excluded instead.
        public var negated: Bool
        /// Any of these.
        public var values: [String]

        /// A restriction from its parts.
        public init(key: MatchKey, negated: Bool, values: [String]) {
            self.key = key
            self.negated = negated
            self.values = values
        }
    }

    /// What a restriction can be about.
    public enum MatchKey: String, CaseIterable, Sendable {
        /// A phase of the run, by name.
        case phase
        /// A gateway, by id.
        case gateway
        /// A group of sessions, by name.
        case group
        /// Who is held responsible for a disconnect; for `detection` the kind of the fault.
        case cause
        /// How a session came to know.
        case mechanism
        /// Why a connect failed or a session stopped.
        case reason
        /// Which end noticed.
        case side
        /// A fault, by its index in the resolved timeline.
        case fault
        /// What a timer of the harness is for.
        case timer
    }

    /// How samples become one value.
    public enum Aggregate: String, CaseIterable, Sendable {
        /// How many.
        case count
        /// How many a plan second.
        case rate
        /// The smallest.
        case min
        /// The largest.
        case max
        /// The arithmetic mean.
        case mean
        /// The median.
        case p50
        /// Nine of ten are at most this.
        case p90
        /// 99 of 100 are at most this.
        case p99
        /// 999 of 1,000 are at most this.
        case p999
    }

    /// When a gauge is read.
    public enum ReadInstant: Equatable, Sendable {
        /// At t0 + duration.
        case end
        /// At this plan time.
        case at(Span)
    }

    /// What the value must satisfy.
    public enum Condition: Equatable, Sendable {
        /// `value op literal`.
        case compare(Operator, Literal)
        /// Inclusive at both ends.
        case range(Literal, Literal)
    }

    /// A comparison.
    public enum Operator: String, CaseIterable, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
    }

    /// The right-hand side. A duration is in seconds, a percentage a fraction, a size bytes, a rate per second.
    public enum Literal: Equatable, Sendable {
        /// Such as `1.35`.
        case number(Double)
        /// Such as `4m30s`.
        case duration(Span)
        /// Such as `5%`, which is 0.05.
        case percent(Double)
        /// Such as `4KiB`; bytes.
        case size(Double)
        /// Such as `500/s`; per second.
        case rate(Double)
        /// Null: it did not happen.
        case never
        /// `true` or `false`.
        case boolean(Bool)
    }
}
