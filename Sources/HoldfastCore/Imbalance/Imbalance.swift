/// How unevenly connections lie over the gateways in service.
///
/// With x_i connections on gateway i, n gateways, N = Σx_i, μ = N/n and σ the population deviation (divided by n). A
/// metric that is not defined for the counts is nil, never 0: all of them without connections.
public struct Imbalance: Equatable, Sendable {
    /// max x / μ: 1 is even, n is all on one. What capacity planning multiplies by.
    public var maxOverMean: Double?
    /// min x / μ: 1 is even, 0 is an idle gateway.
    public var minOverMean: Double?
    /// σ / μ, the coefficient of variation.
    public var cv: Double?
    /// N² / (n Σx²) = 1 / (1 + cv²): k of n equal and the others empty is k/n (Jain, Chiu and Hawe, DEC-TR-301, 1984).
    public var jain: Double?
    /// Σ_i Σ_j |x_i - x_j| / (2 n² μ): 0 ... (n-1)/n.
    public var gini: Double?
    /// ½ Σ |x_i/N - 1/n|: the smallest share of the connections that must move to make the fleet even.
    public var hoover: Double?
    /// Σ(x_i - μ)² / (μ (n-1)): 1 is as uneven as random placement, far above it is structure. Nil for one gateway.
    public var dispersion: Double?
    /// -Σ p_i ln p_i / ln n with p_i = x_i/N: 1 is even, 0 is all on one. Nil for one gateway.
    public var entropy: Double?

    /// The metrics of `counts`, the connections on each gateway in service.
    public init(_ counts: [UInt64]) {
        let values = counts.map { Double($0) }
        let total = values.reduce(0, +)
        guard total > 0, let largest = values.max(), let smallest = values.min() else { return }
        let n = Double(values.count)
        let mean = total / n
        var squares = 0.0
        var squaredDeviations = 0.0
        var absoluteDeviations = 0.0
        for value in values {
            squares += value * value
            squaredDeviations += (value - mean) * (value - mean)
            absoluteDeviations += (value - mean).magnitude
        }
        maxOverMean = largest / mean
        minOverMean = smallest / mean
        cv = (squaredDeviations / n).squareRoot() / mean
        jain = total * total / (n * squares)
        gini = Imbalance.gini(values.sorted(), total: total)
        hoover = absoluteDeviations / (2 * total)
        if values.count > 1 {
            dispersion = squaredDeviations / (mean * (n - 1))
            entropy = Imbalance.entropy(values, total: total)
        }
    }

    /// What `maxOverMean` random placement is expected to give: 1 + √(2 ln n / μ), at most n; 1 for one gateway.
    ///
    /// The leading terms for m connections on n gateways, m well above n ln n (Raab and Steger, "Balls into Bins: A
    /// Simple and Tight Analysis", RANDOM 1998); below that it is too high. Nil without connections or gateways. The
    /// `dispersion` of random placement is 1 whatever the counts.
    public static func randomPlacementMaxOverMean(connections: UInt64, gateways: Int) -> Double? {
        guard connections > 0, gateways > 0 else { return nil }
        let n = Double(gateways)
        let mean = Double(connections) / n
        return min(n, 1 + (2 * ln(n) / mean).squareRoot())
    }

    /// The double sum in one pass: in ascending order, x_i is subtracted from those above and those below from it.
    private static func gini(_ ascending: [Double], total: Double) -> Double {
        let n = Double(ascending.count)
        var sum = 0.0
        for (rank, value) in ascending.enumerated() {
            sum += (2 * Double(rank) - n + 1) * value
        }
        return sum / (n * total)
    }

    private static func entropy(_ values: [Double], total: Double) -> Double {
        var sum = 0.0
        for value in values where value > 0 {
            let share = value / total
            sum -= share * ln(share)
        }
        // An even fleet sums to ln n give or take the last bit; the range is part of the definition.
        return min(1, max(0, sum / ln(Double(values.count))))
    }
}
