import HoldfastResult

/// One line of a chart.
struct ChartSeries {
    /// One value at one plan second.
    struct Sample: Equatable {
        var second: Double
        var value: Double
        /// Drawn faint where it is not: a gateway out of service.
        var isServing = true
    }

    /// What it is called beside its last value; nil for lines without a label.
    var label: String?
    /// The style class that gives it its colour.
    var style: String
    /// By time, ascending.
    var samples: [Sample]

    /// What people see: unbroken stretches of either kind, thinned to what a screen can show.
    var stretches: [(isServing: Bool, samples: [Sample])] {
        var stretches: [(isServing: Bool, samples: [Sample])] = []
        for (index, sample) in samples.enumerated() {
            let previous = index > 0 ? samples[index - 1] : nil
            // Seconds that a worker did not report leave a gap instead of a guess.
            let isContinued = previous.map { sample.second - $0.second <= 1.001 } ?? false
            if isContinued, let last = stretches.last, last.isServing == sample.isServing {
                stretches[stretches.count - 1].samples.append(sample)
            } else {
                let joint = isContinued ? previous.map { [$0] } ?? [] : []
                stretches.append((sample.isServing, joint + [sample]))
            }
        }
        return stretches.map { ($0.isServing, Thinning.thin($0.samples, limit: 600)) }
    }

    /// The polylines of the series in a frame.
    func drawn(in frame: ChartFrame) -> [String] {
        stretches.map { stretch in
            let points = stretch.samples.map { (x: frame.x($0.second), y: frame.y($0.value)) }
            let style = "line \(style)\(stretch.isServing ? "" : " out")"
            return Svg.polyline(points.count == 1 ? points + points : points, style, tip: label)
        }
    }
}

/// Makes long series short without losing a peak.
enum Thinning {
    /// At most about `limit` samples: of every bucket the first, the lowest, the highest and the last.
    static func thin(_ samples: [ChartSeries.Sample], limit: Int) -> [ChartSeries.Sample] {
        guard samples.count > limit, limit >= 4 else { return samples }
        let buckets = limit / 4
        var kept: [ChartSeries.Sample] = []
        for bucket in 0..<buckets {
            let range = samples.count * bucket / buckets..<samples.count * (bucket + 1) / buckets
            guard let low = range.min(by: { samples[$0].value < samples[$1].value }),
                let high = range.max(by: { samples[$0].value < samples[$1].value })
            else { continue }
            let chosen = Set([range.lowerBound, low, high, range.upperBound - 1])
            kept += chosen.sorted().map { samples[$0] }
        }
        return kept
    }
}
