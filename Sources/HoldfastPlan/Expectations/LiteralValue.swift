import HoldfastCore

extension Expectation.Literal {
    /// The literal as a number: durations in seconds, percentages as fractions, rates per second, sizes in bytes.
    /// `true` is 1, `never` nil.
    public var number: Double? {
        switch self {
        case .number(let number): number
        case .duration(let span): span.seconds
        case .percent(let fraction): fraction
        case .size(let bytes): bytes
        case .rate(let perSecond): perSecond
        case .never: nil
        case .boolean(let boolean): boolean ? 1 : 0
        }
    }

    /// What it is, for a message.
    var what: String {
        switch self {
        case .number: "a number"
        case .duration: "a duration"
        case .percent: "a percentage"
        case .size: "a size"
        case .rate: "a rate"
        case .never: "never"
        case .boolean: "true or false"
        }
    }
}

extension MetricDescription.Unit {
    /// Whether values in this unit can be compared with a literal; `never` is the metric's business.
    func accepts(_ literal: Expectation.Literal) -> Bool {
        switch (self, literal) {
        case (_, .number), (.ratio, .percent), (.seconds, .duration), (.perSecond, .rate), (.bytes, .size),
            (.boolean, .boolean):
            true
        default: false
        }
    }

    /// The literals that it accepts, for a message.
    var literals: String {
        switch self {
        case .count, .connectionSeconds: "a number"
        case .ratio: "a number or a percentage"
        case .seconds: "a duration, or a number of seconds"
        case .perSecond: "a rate or a number"
        case .bytes: "a size or a number"
        case .boolean: "true or false"
        }
    }
}
