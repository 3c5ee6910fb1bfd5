import HoldfastResult

/// The progress of a run: one plain line a second, or a view that a terminal redraws in place.
public enum ProgressLine {
    /// Gateways that get a bar of their own.
    private static let barLimit = 16

    /// One line, for pipes and logs.
    public static func plain(_ progress: RunProgress) -> String {
        var parts = [clock(progress), admitted(progress)]
        if let cut = progress.cut {
            parts.append("gateways \(populations(cut))")
            parts.append("imbalance \(imbalance(cut))")
            parts.append("reconnecting \(Readable.count(cut.waiting))")
        }
        if progress.unexplained > 0 { parts.append("unexplained \(Readable.count(progress.unexplained))") }
        if !progress.active.isEmpty { parts.append("now: \(progress.active.joined(separator: ", "))") }
        return parts.joined(separator: "  ")
    }

    /// The view of a terminal, line by line, none longer than the style's columns.
    public static func view(_ progress: RunProgress, style: TextStyle) -> [String] {
        var lines = [header(progress, style)]
        if let cut = progress.cut { lines += bars(cut, style) }
        var state = [admitted(progress)]
        if let cut = progress.cut {
            state.append("imbalance \(imbalance(cut))")
            state.append("reconnecting \(Readable.count(cut.waiting))")
            state.append("disconnects \(Readable.count(progress.disconnects))")
        }
        lines.append("  " + state.joined(separator: "   "))
        if progress.unexplained > 0 {
            lines.append("  " + style.paint("\(Readable.count(progress.unexplained)) unexplained", .bad))
        }
        lines.append("  " + style.paint(shortened(timeline(progress), to: style.columns - 2), .dim))
        return lines
    }

    /// The escape sequences that put `view` in the place of the one before it.
    public static func redraw(_ view: [String], previousLines: Int) -> String {
        var text = previousLines > 0 ? "\u{1B}[\(previousLines)A" : ""
        for line in view { text += "\r\(line)\u{1B}[K\n" }
        // A shorter view leaves nothing of the longer one behind.
        return text + "\u{1B}[J"
    }

    private static func header(_ progress: RunProgress, _ style: TextStyle) -> String {
        let width = min(24, style.columns / 4)
        let share = max(0, (progress.seconds ?? 0) / max(progress.durationSeconds, 1e-9))
        let bar = Bar.text(share, columns: width)
        let padding = String(repeating: "·", count: max(0, width - bar.count))
        let name = shortened(progress.name, to: style.columns / 3)
        return "\(style.bold(name))  \(bar)\(style.paint(padding, .dim))  \(clock(progress))"
    }

    private static func bars(_ cut: SeriesPoint, _ style: TextStyle) -> [String] {
        let largest = Double(max(1, cut.connections.max() ?? 1))
        let width = style.columns - 40
        var lines: [String] = []
        for (gateway, count) in cut.connections.enumerated().prefix(barLimit) {
            let name = "gateway \(gateway)"
            let padding = String(repeating: " ", count: max(1, 12 - name.count))
            let figure = Readable.count(count)
            let space = String(repeating: " ", count: max(1, 11 - figure.count))
            let isServing = cut.inService[gateway]
            let bar = Bar.text(Double(count) / largest, columns: width)
            let state = isServing ? "" : "  stopped"
            lines.append("  \(name)\(padding)\(space)\(figure)  \(style.paint(bar, isServing ? .good : .dim))\(state)")
        }
        let left = cut.connections.count - barLimit
        return left > 0 ? lines + ["  and \(left) more gateways"] : lines
    }

    private static func clock(_ progress: RunProgress) -> String {
        guard let seconds = progress.seconds else { return "establishing" }
        if seconds < 0 { return "starts in \(Readable.seconds((-seconds).rounded(.up)))" }
        let now = Readable.fixed(min(seconds, progress.durationSeconds).rounded(.down), decimals: 0)
        return "\(now) s of \(Readable.number(progress.durationSeconds, decimals: 1)) s"
    }

    private static func admitted(_ progress: RunProgress) -> String {
        let count = progress.seconds == nil ? progress.admittedOnce : progress.admitted
        return "admitted \(Readable.count(count))/\(Readable.count(UInt64(max(0, progress.asked))))"
    }

    private static func populations(_ cut: SeriesPoint) -> String {
        guard cut.connections.count > 8 else {
            let texts = zip(cut.connections, cut.inService).map { $1 ? Readable.count($0) : "(\(Readable.count($0)))" }
            return texts.joined(separator: " ")
        }
        let serving = zip(cut.connections, cut.inService).compactMap { $1 ? $0 : nil }
        let range = "\(Readable.count(serving.min() ?? 0)) to \(Readable.count(serving.max() ?? 0))"
        return "\(range) on \(serving.count) of \(cut.connections.count)"
    }

    private static func imbalance(_ cut: SeriesPoint) -> String { Figures.ratio(cut.maxOverMean).text }

    private static func timeline(_ progress: RunProgress) -> String {
        var parts: [String] = []
        if !progress.active.isEmpty { parts.append("now: \(progress.active.joined(separator: ", "))") }
        if let next = progress.next { parts.append("next: \(next.label) at \(Readable.seconds(next.atSeconds))") }
        return parts.isEmpty ? "no more events" : parts.joined(separator: "   ")
    }

    private static func shortened(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(1, width - 1)) + "…"
    }
}
