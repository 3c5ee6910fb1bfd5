import HoldfastCore
import HoldfastPlan

/// What a metric turned out to be.
enum Reading: Equatable, Sendable {
    /// It was measured.
    case value(Double)
    /// What it measures did not happen: null in the result.
    case never
    /// Nothing was measured, and why; never green.
    case noData(String)

    /// A measured value, or no data.
    init(_ value: Double?, orNoData reason: String) {
        self = value.map { .value($0) } ?? .noData(reason)
    }

    /// A measured count, or no data.
    init(_ count: UInt64?, orNoData reason: String) {
        self = count.map { .value(Double($0)) } ?? .noData(reason)
    }

    /// The value, if there is one.
    var number: Double? {
        guard case .value(let value) = self else { return nil }
        return value
    }
}

extension Expectation.Condition {
    /// Whether a reading satisfies it. `never` is null: an order against it fails, and it equals nothing but itself.
    func holds(for reading: Reading) -> Bool {
        switch self {
        case .compare(let op, .never):
            let isNever = reading == .never
            return op == .equal ? isNever : op == .notEqual ? !isNever : false
        case .compare(let op, let literal):
            guard let limit = literal.number else { return false }
            guard let value = reading.number else { return op == .notEqual }
            return op.holds(value, limit)
        case .range(let low, let high):
            guard let value = reading.number, let low = low.number, let high = high.number else { return false }
            return low <= value && value <= high
        }
    }

    /// The numbers that it compares with; seconds for durations.
    var numbers: [Double] {
        switch self {
        case .compare(_, let literal): [literal].compactMap(\.number)
        case .range(let low, let high): [low, high].compactMap(\.number)
        }
    }
}

extension Expectation.Operator {
    fileprivate func holds(_ value: Double, _ limit: Double) -> Bool {
        switch self {
        case .less: value < limit
        case .lessOrEqual: value <= limit
        case .greater: value > limit
        case .greaterOrEqual: value >= limit
        case .equal: value == limit
        case .notEqual: value != limit
        }
    }
}

extension [Expectation.Match] {
    /// Whether every restriction on `key` lets `text` through.
    func accept(_ key: Expectation.MatchKey, _ text: String) -> Bool {
        allSatisfy { $0.key != key || $0.allows(text) }
    }

    /// Whether there is any restriction on `key`.
    func restrict(_ key: Expectation.MatchKey) -> Bool { contains { $0.key == key } }
}
