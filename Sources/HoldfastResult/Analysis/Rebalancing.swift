import HoldfastCore

/// How the imbalance of a stretch of the run went: worst, last, and how long until it was balanced again.
struct Rebalancing: Sendable {
    /// The time until the fleet was balanced again.
    enum Outcome: Equatable, Sendable {
        /// Plan seconds from the start to the first cut after which it stayed in the band; 0 if it never left it.
        case after(Double)
        /// Out of the band at the last cut.
        case never
        /// No cut with connections on gateways in service.
        case unknown
    }

    /// The cuts, ascending.
    let cuts: [CutFacts]
    /// From t0; plan seconds.
    let startSeconds: Double
    /// maxOverMean may exceed 1 by this much.
    let band: Double

    /// When the fleet entered the band to stay.
    var outcome: Outcome {
        let values = cuts.compactMap { cut in cut.imbalance.maxOverMean.map { (second: cut.second, value: $0) } }
        guard let last = values.last else { return .unknown }
        guard last.value <= 1 + band else { return .never }
        guard let lastOut = values.lastIndex(where: { $0.value > 1 + band }) else { return .after(0) }
        return .after(Double(values[lastOut + 1].second) - startSeconds)
    }

    /// Each metric's worst value over the cuts: the highest, of minOverMean, jain and entropy the lowest.
    var worst: Imbalance {
        var worst = Imbalance([])
        for cut in cuts {
            let value = cut.imbalance
            worst.maxOverMean = larger(worst.maxOverMean, value.maxOverMean)
            worst.minOverMean = smaller(worst.minOverMean, value.minOverMean)
            worst.cv = larger(worst.cv, value.cv)
            worst.jain = smaller(worst.jain, value.jain)
            worst.gini = larger(worst.gini, value.gini)
            worst.hoover = larger(worst.hoover, value.hoover)
            worst.dispersion = larger(worst.dispersion, value.dispersion)
            worst.entropy = smaller(worst.entropy, value.entropy)
        }
        return worst
    }

    /// The imbalance at the last cut; every metric nil without one.
    var atEnd: Imbalance { cuts.last?.imbalance ?? Imbalance([]) }

    private func larger(_ left: Double?, _ right: Double?) -> Double? {
        guard let left, let right else { return left ?? right }
        return max(left, right)
    }

    private func smaller(_ left: Double?, _ right: Double?) -> Double? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }
}
