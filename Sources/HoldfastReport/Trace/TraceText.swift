import HoldfastCore
import HoldfastResult

/// A session's life for a terminal: one paragraph an event, by time.
public enum TraceText {
    private static let timeColumns = 14

    /// The text, which ends with a line end.
    public static func text(_ trace: SessionTrace, style: TextStyle) -> String {
        let title = style.bold("Session \(trace.session) of \(trace.plan)")
        var lines = ["\(title), \(trace.mode.rawValue), seed \(trace.seed)"]
        lines += TextWrap.lines(coverage(trace), columns: style.columns).map { style.paint($0, .dim) }
        for connection in trace.connections {
            lines += paragraph(connection.admittedAt, admission(connection), style, .normal)
            let tone: ReportTable.Tone = connection.end.cause == Cause.unexplained.rawValue ? .bad : .normal
            lines += paragraph(connection.end.at, end(connection), style, tone)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// One line for a session that the sample does not hold.
    public static func notSampled(
        _ session: SessionID,
        _ coverage: SessionTrace.Coverage,
        nearest: [SessionID]
    ) -> String {
        let others = nearest.map { "\($0)" }.joined(separator: ", ")
        let expected = nearest.isEmpty ? "it holds no session at all" : "expected one that is there, such as \(others)"
        return "session \(session) is not in the sample, which holds \(share(coverage)); \(expected)"
    }

    private static func coverage(_ trace: SessionTrace) -> String {
        let ends = trace.connections.count
        guard trace.coverage.isComplete else {
            return "The sample holds \(share(trace.coverage)), \(ends) of them of this session: others may be missing."
        }
        let share = "The sample holds \(share(trace.coverage))"
        return ends == 0
            ? "\(share), and none of them is of this session: no connection of it that was admitted ended."
            : "\(share), \(ends) of them of this session: its life is whole up to its last disconnect."
    }

    private static func share(_ coverage: SessionTrace.Coverage) -> String {
        guard let all = coverage.disconnects else {
            return "\(Readable.count(coverage.rows)) disconnects of an unknown number"
        }
        return coverage.isComplete
            ? "all \(Readable.count(all)) disconnects of the run"
            : "\(Readable.count(coverage.rows)) of \(Readable.count(all)) disconnects of the run"
    }

    private static func paragraph(
        _ at: Double,
        _ text: String,
        _ style: TextStyle,
        _ tone: ReportTable.Tone
    ) -> [String] {
        let time = "\(Readable.fixed(at, decimals: 3)) s"
        let padding = String(repeating: " ", count: max(0, timeColumns - time.count))
        let indent = String(repeating: " ", count: timeColumns + 2)
        return TextWrap.lines(text, columns: style.columns - indent.count).enumerated().map { index, line in
            (index == 0 ? style.paint(padding + time, .dim) + "  " : indent) + style.paint(line, tone)
        }
    }

    private static func admission(_ connection: SessionTrace.Connection) -> String {
        let gateway = "admitted on \(name(connection.gateway)) as connection \(connection.ordinal)"
        let path = "(\(connection.tuple))"
        guard let back = connection.backAfterSeconds else { return "\(gateway) \(path)\(earlier(connection))" }
        guard connection.isNextOne else {
            let between = attempts(connection.attemptsBetween)
            let reason = "\(between) between failed, or became connections that are not in the sample"
            return "\(gateway) \(path), back within \(Readable.seconds(back)): \(reason)"
        }
        let failed = connection.attemptsBetween == 0 ? "" : ", \(attempts(connection.attemptsBetween)) failed before"
        return "\(gateway) \(path), back after \(Readable.seconds(back))\(failed)"
    }

    private static func earlier(_ connection: SessionTrace.Connection) -> String {
        guard connection.attemptsBetween > 0 else { return "" }
        let before = attempts(connection.attemptsBetween)
        return connection.isNextOne
            ? ", \(before) failed before"
            : "; \(before) before failed, or became connections that are not in the sample"
    }

    private static func end(_ connection: SessionTrace.Connection) -> String {
        let end = connection.end
        let age = "after \(Readable.seconds(end.at - connection.admittedAt))"
        let silence = "last byte received \(Readable.seconds(end.silenceSeconds)) before"
        return "ended \(age) (\(end.mechanism)): \(cause(end)); \(silence)"
    }

    private static func cause(_ end: SessionTrace.End) -> String {
        guard let cause = end.cause else { return "its cause was never decided" }
        guard let fault = end.fault else { return cause }
        let label = end.label.map { ", \($0)" } ?? ""
        let verb = cause == Cause.consequence.rawValue ? "detected" : "known"
        let latency = end.sinceFaultSeconds.map { ", \(verb) \(Readable.seconds($0)) after its onset" } ?? ""
        return "\(cause) of event \(fault)\(label)\(latency)"
    }

    private static func attempts(_ count: Ordinal) -> String { "\(count) attempt\(count == 1 ? "" : "s")" }

    private static func name(_ gateway: GatewayID) -> String {
        gateway == noGateway ? "a gateway that did not say which" : "gateway \(gateway)"
    }
}
