import HoldfastResult

/// What lines are called, beside their last values.
enum ChartLabels {
    /// The labels of those that have one, none of them on another.
    static func beside(_ lines: [ChartSeries], in frame: ChartFrame, decimals: Int = 0) -> [String] {
        let labelled = lines.compactMap { line -> (text: String, style: String, y: Double)? in
            guard let label = line.label, let last = line.samples.last else { return nil }
            let figure =
                decimals == 0 ? Readable.count(UInt64(last.value)) : Readable.fixed(last.value, decimals: decimals)
            return ("\(label): \(figure)", line.style, frame.y(last.value))
        }
        let range = frame.top...max(frame.top, frame.plotBottom)
        let positions = LabelPlacement.spread(labelled.map(\.y), distance: 15, in: range)
        return zip(labelled, positions).map { line, position in
            Svg.text(frame.plotRight + 8, position + 4, line.text, "label \(line.style)")
        }
    }
}

/// Puts labels beside the ends of lines so that none covers another.
enum LabelPlacement {
    /// The positions nearest to `wanted` that are at least `distance` apart and inside `range`, in the same order.
    static func spread(_ wanted: [Double], distance: Double, in range: ClosedRange<Double>) -> [Double] {
        let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
        var placed = wanted
        var lowest = range.lowerBound
        for index in order {
            placed[index] = max(wanted[index], lowest)
            lowest = placed[index] + distance
        }
        var highest = range.upperBound
        for index in order.reversed() {
            placed[index] = min(placed[index], highest)
            highest = placed[index] - distance
        }
        return placed
    }
}
