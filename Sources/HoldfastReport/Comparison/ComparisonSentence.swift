/// The answer of one metric in words.
struct ComparisonSentence {
    /// The variant with the least value first, then those that cannot be told from it.
    var best: [String]
    /// The variant that it is told against.
    var other: String
    var metric: ComparedMetric
    /// Of the best, and of the other.
    var values: (best: Double, other: Double)
    var margin: PairedDifference

    /// Such as `client is better: max/mean at end 1.040 against 1.610 of slb, 95 % CI of the difference -0.580 to
    /// -0.560`.
    var text: String {
        let figure = ComparisonFigures.text(values.best, metric.unit)
        let against = ComparisonFigures.text(values.other, metric.unit)
        let interval = ComparisonFigures.interval(margin, metric.unit)
        return "\(best[0]) is better: \(metric.title) \(figure) against \(against) of \(other), "
            + "95 % CI of the difference \(interval)\(remainder)"
    }

    private var remainder: String {
        guard best.count > 1 else { return "" }
        let names = best.dropFirst().joined(separator: ", ")
        return "; \(names) cannot be told from it"
    }
}
