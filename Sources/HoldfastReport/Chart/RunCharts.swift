import HoldfastResult

/// The charts of one run: connections by gateway, imbalance, and sessions that wait.
struct RunCharts {
    let result: RunResult
    let series: RunSeries

    /// Lines that get a colour and a label of their own.
    private static let colours = 8
    private var xRange: ClosedRange<Double> { 0...max(1, result.durationSeconds) }

    /// Sessions on each gateway over time.
    var connections: String {
        let largest = series.points.compactMap { $0.connections.max() }.max() ?? 0
        let frame = self.frame(plotHeight: 300, yRange: 0...max(1, Double(largest)), hasFlags: true, isWhole: true)
        let marks = EventMarks(faults: result.faults, frame: frame)
        let lines = gatewayLines
        var parts = marks.bands + frame.axes(yTitle: "connections") { Readable.count(UInt64(max(0, $0))) }
        parts += lines.flatMap { $0.drawn(in: frame) }
        parts += marks.marks + ChartLabels.beside(lines, in: frame)
        return Svg.image(
            height: frame.height,
            title: "Connections per gateway over time",
            description: "One line for each gateway, by the sessions' own account; events of the timeline are marked.",
            id: "connections",
            parts
        )
    }

    /// Busiest over mean over time, beside the band of balance and random placement.
    var imbalance: String {
        let samples = series.points.compactMap { point in
            point.maxOverMean.map { ChartSeries.Sample(second: Double(point.second), value: $0) }
        }
        let random = series.points.compactMap { point in
            point.randomMaxOverMean.map { ChartSeries.Sample(second: Double(point.second), value: $0) }
        }
        let largest = (samples + random).map(\.value).max() ?? 1
        let frame = self.frame(plotHeight: 200, yRange: 1...max(1 + 2 * series.band, largest, 1.05))
        let marks = EventMarks(faults: result.faults, frame: frame)
        let bandTop = frame.y(1 + series.band)
        var parts = [
            Svg.rect(
                frame.left,
                bandTop,
                frame.plotRight - frame.left,
                frame.y(1) - bandTop,
                "balanced",
                tip: "balanced: at most \(Readable.number(1 + series.band))"
            )
        ]
        parts += marks.bands + frame.axes(yTitle: "busiest gateway over the mean") { Readable.fixed($0, decimals: 2) }
        let lines = [
            ChartSeries(label: "random", style: "random", samples: random),
            ChartSeries(label: "measured", style: "s0 strong", samples: samples),
        ]
        parts += lines.flatMap { $0.drawn(in: frame) }
        parts += eventLines(frame) + ChartLabels.beside(lines, in: frame, decimals: 2)
        return Svg.image(
            height: frame.height,
            title: "Imbalance over time",
            description:
                "Connections of the busiest gateway in service over the mean; 1 is even. The shaded band counts as "
                + "balanced; the dashed line is what random placement would be expected to give.",
            id: "imbalance",
            parts
        )
    }

    /// Sessions that are not connected and want to be.
    var waiting: String {
        let samples = series.points.map { ChartSeries.Sample(second: Double($0.second), value: Double($0.waiting)) }
        let largest = samples.map(\.value).max() ?? 0
        let frame = self.frame(plotHeight: 110, yRange: 0...max(1, largest), isWhole: true)
        let line = ChartSeries(label: "waiting", style: "s1", samples: samples)
        var parts = frame.axes(yTitle: "sessions reconnecting") { Readable.count(UInt64(max(0, $0))) }
        for stretch in line.stretches {
            guard let first = stretch.samples.first, let last = stretch.samples.last else { continue }
            let top = stretch.samples.map { (x: frame.x($0.second), y: frame.y($0.value)) }
            let foot = [(x: frame.x(last.second), y: frame.y(0)), (x: frame.x(first.second), y: frame.y(0))]
            parts.append(Svg.polygon(top + foot, "area"))
        }
        parts += line.drawn(in: frame) + eventLines(frame) + ChartLabels.beside([line], in: frame)
        return Svg.image(
            height: frame.height,
            title: "Sessions reconnecting over time",
            description: "Sessions that are neither connected nor stopped.",
            id: "waiting",
            parts
        )
    }

    private func frame(
        plotHeight: Double,
        yRange: ClosedRange<Double>,
        hasFlags: Bool = false,
        isWhole: Bool = false
    ) -> ChartFrame {
        let lanes = hasFlags ? EventMarks.lanes(for: result.faults, xRange: xRange) : 0
        let top = EventMarks.height(ofLanes: lanes) + 30
        return ChartFrame(height: top + plotHeight + 44, top: top, xRange: xRange, yRange: yRange, isWhole: isWhole)
    }

    /// Of many gateways only the busiest and the idlest at the end stand out.
    private var gatewayLines: [ChartSeries] {
        let count = result.gateways.count
        let last = series.points.last?.connections ?? []
        let busiest = last.indices.max { last[$0] < last[$1] }
        let idlest = last.indices.min { last[$0] < last[$1] }
        let lines = (0..<count).map { gateway in
            let isMarked = count <= RunCharts.colours || gateway == busiest || gateway == idlest
            let style = count <= RunCharts.colours ? "s\(gateway)" : gateway == busiest ? "s1" : "s0"
            return ChartSeries(
                label: isMarked ? result.gateways[gateway].name : nil,
                style: isMarked ? style : "context",
                samples: series.points.filter { $0.connections.indices.contains(gateway) }.map { point in
                    ChartSeries.Sample(
                        second: Double(point.second),
                        value: Double(point.connections[gateway]),
                        isServing: point.inService.indices.contains(gateway) ? point.inService[gateway] : true
                    )
                }
            )
        }
        return lines.filter { $0.label == nil } + lines.filter { $0.label != nil }
    }

    private func eventLines(_ frame: ChartFrame) -> [String] {
        result.faults.map { fault in
            let at = fault.executed?.first.flatMap { $0 } ?? fault.at
            let x = frame.x(min(max(at, xRange.lowerBound), xRange.upperBound))
            return Svg.line(x, frame.top, x, frame.plotBottom, "event")
        }
    }
}
