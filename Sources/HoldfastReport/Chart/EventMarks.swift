import HoldfastResult

/// The timeline's events above and inside a chart: a numbered flag at the instant, a band for as long as it went on.
struct EventMarks {
    let faults: [FaultResult]
    let frame: ChartFrame

    private static let laneHeight = 20.0
    private static let characterWidth = 6.6

    /// How many rows of flags are needed so that none covers another.
    static func lanes(for faults: [FaultResult], xRange: ClosedRange<Double>, right: Double = ChartFrame.right) -> Int {
        let probe = ChartFrame(height: 300, top: 40, right: right, xRange: xRange, yRange: 0...1)
        return (EventMarks(faults: faults, frame: probe).flags.map(\.lane).max() ?? -1) + 1
    }

    /// The space that the flags need above the plot.
    static func height(ofLanes lanes: Int) -> Double { Double(lanes) * laneHeight }

    /// Bands behind the lines.
    var bands: [String] {
        faults.flatMap { fault in
            fault.executions.compactMap { execution in
                let end = min(execution.end ?? frame.xRange.upperBound, frame.xRange.upperBound)
                guard execution.gateway != nil, end > execution.start else { return nil }
                let x = frame.x(execution.start)
                let height = frame.plotBottom - frame.top
                return Svg.rect(x, frame.top, frame.x(end) - x, height, "band", tip: fault.label)
            }
        }
    }

    /// Lines and flags in front of the lines.
    var marks: [String] {
        flags.flatMap { flag in
            let y = Double(flag.lane) * EventMarks.laneHeight + 2
            return [
                Svg.line(flag.x, y + 17, flag.x, frame.plotBottom, "event"),
                Svg.rect(flag.left, y, flag.width, 17, "flag", tip: "\(flag.text), at \(Readable.seconds(flag.at))"),
                Svg.text(flag.left + 6, y + 12.5, flag.text, "flagtext"),
            ]
        }
    }

    private struct Flag {
        var x: Double
        var left: Double
        var width: Double
        var lane: Int
        var text: String
        var at: Double
    }

    /// Each in the first lane that is free where it stands.
    private var flags: [Flag] {
        var ends: [Double] = []
        return faults.map { fault in
            let at = fault.executed?.first.flatMap { $0 } ?? fault.at
            let x = frame.x(min(max(at, frame.xRange.lowerBound), frame.xRange.upperBound))
            let text = "\(fault.index) \(EventMarks.short(fault.label))"
            let width = Double(text.count) * EventMarks.characterWidth + 12
            let left = min(x, ChartFrame.width - width - 2)
            let lane = ends.firstIndex { $0 < left - 4 } ?? ends.count
            if lane == ends.count { ends.append(left + width) } else { ends[lane] = left + width }
            return Flag(x: x, left: left, width: width, lane: lane, text: text, at: at)
        }
    }

    private static func short(_ label: String) -> String {
        label.count <= 44 ? label : label.prefix(43) + "…"
    }
}
