import HoldfastResult

/// What happened second by second in every variant: means of the trials so far.
public struct ComparisonCurves: Sendable {
    /// By variant.
    private var curves: [[Int32: Sums]]
    /// The events of one run, for charts.
    private(set) var faults: [FaultResult] = []
    /// The length of the longest run; plan seconds.
    private(set) var durationSeconds = 0.0

    private struct Sums {
        var ratio = 0.0
        var ratios = 0
        var busiest = 0.0
        var waiting = 0.0
        var count = 0
    }

    /// What a curve shows.
    enum Figure {
        /// Connections of the busiest gateway in service over the mean.
        case maxOverMean
        /// Connections of the busiest gateway in service.
        case busiest
        /// Sessions neither connected nor stopped.
        case waiting
    }

    /// No runs yet.
    public init(variants: Int) { curves = Array(repeating: [:], count: variants) }

    /// Adds a run of a variant.
    public mutating func note(_ result: RunResult, _ series: RunSeries, variant: Int) {
        if faults.isEmpty { faults = result.faults }
        durationSeconds = max(durationSeconds, result.durationSeconds)
        for point in series.points {
            var sums = curves[variant][point.second] ?? Sums()
            let serving = zip(point.connections, point.inService).filter(\.1).map(\.0)
            sums.busiest += Double(serving.max() ?? 0)
            sums.waiting += Double(point.waiting)
            sums.count += 1
            if let ratio = point.maxOverMean {
                sums.ratio += ratio
                sums.ratios += 1
            }
            curves[variant][point.second] = sums
        }
    }

    /// One figure of one variant over time.
    func samples(_ figure: Figure, variant: Int) -> [ChartSeries.Sample] {
        curves[variant].sorted { $0.key < $1.key }.compactMap { second, sums in
            let value: Double? =
                switch figure {
                case .maxOverMean: sums.ratios > 0 ? sums.ratio / Double(sums.ratios) : nil
                case .busiest: sums.busiest / Double(sums.count)
                case .waiting: sums.waiting / Double(sums.count)
                }
            return value.map { ChartSeries.Sample(second: Double(second), value: $0) }
        }
    }
}
