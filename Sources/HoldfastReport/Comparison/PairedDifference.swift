import HoldfastCore

/// By how much two variants differ under the same seeds: the mean of the differences trial by trial, with the interval
/// that holds the true one in 95 of 100 comparisons.
///
/// The interval is that of the bootstrap (percentiles of the means of resampled differences; Efron and Tibshirani, "An
/// Introduction to the Bootstrap", 1993), and never narrower than Student's: a bootstrap of a handful of trials knows
/// nothing beyond the values that it saw, and would take chance for a difference.
public struct PairedDifference: Codable, Equatable, Sendable {
    /// Of the trials' differences.
    public var mean: Double
    /// The lower end of the interval.
    public var low: Double
    /// Its upper end.
    public var high: Double

    /// Of `values` minus `others`, which are by trial; nil where there are fewer than two trials, or a trial of either
    /// has no value.
    public init?(_ values: [Double?], minus others: [Double?]) {
        let differences = zip(values, others).compactMap { one, other in one.flatMap { one in other.map { one - $0 } } }
        guard differences.count >= 2, differences.count == values.count, values.count == others.count else {
            return nil
        }
        mean = differences.reduce(0, +) / Double(differences.count)
        let resampled = PairedDifference.bootstrap(differences)
        let half = PairedDifference.student(differences, mean)
        low = min(resampled.low, mean - half)
        high = max(resampled.high, mean + half)
    }

    /// Whether chance is no explanation: the interval leaves 0 out.
    public var isClear: Bool { low > 0 || high < 0 }

    private static let resamples = 4_000

    /// The percentiles 2.5 and 97.5 of the means of resampled differences.
    private static func bootstrap(_ differences: [Double]) -> (low: Double, high: Double) {
        let count = UInt64(differences.count)
        var state: UInt64 = 0
        var means: [Double] = []
        means.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in 0..<count {
                state &+= 0x9E37_79B9_7F4A_7C15
                sum += differences[Int(mix64(state).multipliedFullWidth(by: count).high)]
            }
            means.append(sum / Double(count))
        }
        means.sort()
        return (means[resamples / 40], means[resamples - 1 - resamples / 40])
    }

    /// Half of Student's interval.
    private static func student(_ differences: [Double], _ mean: Double) -> Double {
        let freedom = differences.count - 1
        let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return quantile(freedom: freedom) * (squares / Double(freedom) / Double(differences.count)).squareRoot()
    }

    /// Student's t of 97.5 %: from the tables up to 30 degrees of freedom, then 1.96 + 2.4 / freedom, which is within
    /// 0.003 of them.
    static func quantile(freedom: Int) -> Double {
        freedom <= table.count ? table[freedom - 1] : 1.96 + 2.4 / Double(freedom)
    }

    private static let table = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ]
}
