import HoldfastResult

/// One figure of a run by which variants are compared.
public struct ComparedMetric: Sendable {
    /// As in `result.json`, where it is one of its fields.
    public let name: String
    /// For people.
    public let title: String
    /// What it is measured in: `ratio`, `seconds`, `count` or `perSecond`.
    public let unit: String
    /// What it tells: a gain, or what a gain cost.
    public let kind: Kind
    /// Reads it; nil where a run has none, such as a time that never came.
    let value: @Sendable (RunResult) -> Double?

    /// What a metric tells.
    public enum Kind: String, Codable, Sendable {
        case imbalance
        case recovery
        case cost
    }

    /// All of them. Of each less is better.
    public static let all: [ComparedMetric] = [
        ComparedMetric(name: "imbalance.atEnd.maxOverMean", title: "max/mean at end", unit: "ratio", kind: .imbalance) {
            $0.imbalance.atEnd.maxOverMean
        },
        ComparedMetric(name: "imbalance.worst.maxOverMean", title: "worst max/mean", unit: "ratio", kind: .imbalance) {
            $0.imbalance.phases.compactMap(\.worst.maxOverMean).max()
        },
        ComparedMetric(name: "imbalance.atEnd.cv", title: "cv at end", unit: "ratio", kind: .imbalance) {
            $0.imbalance.atEnd.cv
        },
        ComparedMetric(
            name: "imbalance.excessConnectionSeconds",
            title: "excess connection seconds",
            unit: "count",
            kind: .imbalance
        ) { result in
            let phases = result.imbalance.phases.map(\.excessConnectionSeconds)
            return phases.contains(nil) ? nil : phases.compactMap(\.self).reduce(0, +)
        },
        ComparedMetric(name: "restore.seconds95", title: "95 % restored", unit: "seconds", kind: .recovery) {
            $0.restore.seconds95
        },
        ComparedMetric(name: "restore.seconds100", title: "all restored", unit: "seconds", kind: .recovery) {
            $0.restore.seconds100
        },
        ComparedMetric(name: "outageSeconds.p99", title: "outage p99", unit: "seconds", kind: .recovery) {
            $0.outageSeconds.p99
        },
        ComparedMetric(name: "outageSeconds.sum", title: "session seconds offline", unit: "count", kind: .cost) {
            guard let mean = $0.outageSeconds.mean else { return $0.outageSeconds.count == 0 ? 0 : nil }
            return mean * Double($0.outageSeconds.count)
        },
        ComparedMetric(name: "connects.succeeded", title: "reconnects", unit: "count", kind: .cost) {
            $0.connects.succeeded.map { Double($0) }
        },
        ComparedMetric(name: "connects.failed", title: "failed connects", unit: "count", kind: .cost) { result in
            let reasons = result.connects.failed.byReason.values
            return reasons.contains(nil) ? nil : Double(reasons.compactMap(\.self).reduce(0, +))
        },
        ComparedMetric(name: "connects.peakPerSecond", title: "storm", unit: "perSecond", kind: .cost) {
            $0.connects.peakPerSecond
        },
    ]
}
