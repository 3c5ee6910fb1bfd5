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

    /// One restriction `key=a|b` or `key!=a|b`.
    public struct Match: Equatable, Sendable {
        /// What it restricts.
        public var key: MatchKey
        /// Whether the values are excluded instead.
        public var negated: Bool
        /// Any of these.
        public var values: [String]
    }

    /// What a restriction can be about.
    public enum MatchKey: String, CaseIterable, Sendable {
        case phase, gateway, group, cause, mechanism, reason, side, fault
    }

    /// How samples become one value.
    public enum Aggregate: String, CaseIterable, Sendable {
        case count, rate, min, max, mean, p50, p90, p99, p999
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
        case number(Double)
        case duration(Span)
        case percent(Double)
        case size(Double)
        case rate(Double)
        case never
        case boolean(Bool)
    }
}
