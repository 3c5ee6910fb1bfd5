import HoldfastResult

/// The summary of a run for a terminal: the answer in the first three lines, then the evidence.
public enum Summary {
    /// Gateways shown before those in between are left out.
    private static let gatewayLimit = 16

    /// The summary of `result`, ending in a newline.
    public static func text(_ result: RunResult, style: TextStyle = .plain) -> String {
        let tables = ResultTables(result: result)
        var blocks = [headline(result, style)]
        blocks.append(TextTable(table: tables.gateways(limit: gatewayLimit), style: style).lines)
        if !result.faults.isEmpty {
            blocks.append(TextTable(table: tables.events(), style: style).lines)
            blocks.append(TextTable(table: tables.recoveries(), style: style).lines)
        }
        blocks.append(ledger(tables, style))
        blocks.append(TextTable(table: tables.expectations(), style: style).lines)
        blocks.append(harness(result, style))
        blocks.append(closing(result, style))
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private static func headline(_ result: RunResult, _ style: TextStyle) -> [String] {
        let headline = Headline(result)
        let indent = String(repeating: " ", count: headline.word.count + 3)
        var lines: [String] = []
        for (index, line) in headline.lines.enumerated() {
            let line = index == 0 ? "\(result.plan.name): \(line)" : line
            let wrapped = TextWrap.lines(line, columns: style.columns - indent.count)
            for (part, text) in wrapped.enumerated() {
                let isFirst = index == 0 && part == 0
                let badge = style.badge(headline.word, result.verdict.tone) + " "
                lines.append(isFirst ? badge + style.bold(text) : indent + text)
            }
        }
        return lines
    }

    private static func ledger(_ tables: ResultTables, _ style: TextStyle) -> [String] {
        let table = tables.ledger()
        guard table.rows.isEmpty else { return TextTable(table: table, style: style).lines }
        let isKnown = tables.result.disconnects.total != nil
        return [style.bold(table.title), isKnown ? "  No connection ended." : "  No worker has reported."]
    }

    private static func harness(_ result: RunResult, _ style: TextStyle) -> [String] {
        var lines = [style.bold("Harness")] + wrapped(harnessSentence(result), style)
        if let sentence = paceSentence(result) { lines += wrapped(sentence, style) }
        if let sentence = stolenSentence(result) { lines += wrapped(sentence, style) }
        for note in result.notes { lines += wrapped(note, style).map { style.paint($0, .warning) } }
        return lines
    }

    /// How far the harness itself can be trusted, in one sentence.
    static func harnessSentence(_ result: RunResult) -> String {
        let harness = result.harness
        var parts = [
            "Worker lateness p99 \(measured(harness.latenessSeconds.p99))",
            "loop stall p99 \(measured(harness.loopStallSeconds.p99))",
        ]
        if let cpu = harness.cpuSeconds {
            let count = harness.processes.count
            parts.append("\(Readable.seconds(cpu)) of CPU in \(count) \(count == 1 ? "process" : "processes")")
        }
        if let bytes = harness.bytesPerSession { parts.append("\(Readable.bytes(bytes)) a session") }
        if let longest = harness.processes.compactMap(\.cpuWaitP99Seconds).max() {
            parts.append("wait for a CPU p99 at most \(Readable.seconds(longest))")
        }
        let rtt = result.heartbeats.rttSeconds
        if rtt.count > 0 { parts.append("heartbeat round trip p99 \(measured(rtt.p99))") }
        return parts.joined(separator: ", ") + "."
    }

    /// How many attempts were asked for and made; nil when no attempt ever had to wait.
    static func paceSentence(_ result: RunResult) -> String? {
        let connects = result.connects
        guard let due = connects.duePeak, due > 0 else { return nil }
        var parts = ["Attempts due and not made yet: at most \(Readable.count(due))"]
        if let p99 = result.harness.latenessByTimer.attempt.p99 {
            parts.append("lateness of attempts p99 \(Readable.seconds(p99))")
        }
        if let asked = connects.askedPeakPerSecond, let made = connects.peakPerSecond {
            let (asked, made) = (Readable.count(UInt64(asked)), Readable.count(UInt64(made)))
            parts.append("\(asked) a second asked for, \(made) made, at the most")
        }
        return parts.joined(separator: "; ") + "."
    }

    /// What the machine's host took; nil when it was nothing to speak of.
    static func stolenSentence(_ result: RunResult) -> String? {
        let harness = result.harness
        guard let share = harness.cpuStolenShare, let peak = harness.cpuStolenPeakShare else { return nil }
        guard let sentence = StolenTime(share: share, peakShare: peak).sentence else { return nil }
        return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
    }

    private static func measured(_ seconds: Double?) -> String { seconds.map(Readable.seconds) ?? "not measured" }

    private static func closing(_ result: RunResult, _ style: TextStyle) -> [String] {
        var lines: [String] = []
        for reason in result.reasons { lines += wrapped(reason, style) }
        let verdict = "Verdict: \(result.verdict.rawValue)"
        let rest = " (exit \(result.exitCode)); seed \(result.seed), plan \(result.plan.hash), \(result.mode.rawValue)"
        return lines + [style.bold(style.paint(verdict, result.verdict.tone)) + rest]
    }

    private static func wrapped(_ text: String, _ style: TextStyle) -> [String] {
        TextWrap.lines(text, columns: style.columns - 2).map { "  " + $0 }
    }
}

extension Verdict {
    var tone: ReportTable.Tone {
        switch self {
        case .pass: .good
        case .fail: .bad
        case .invalid: .warning
        }
    }
}
