import HoldfastResult

/// The answer for a terminal.
public enum CapacityText {
    /// What holds, what broke, the size of a fleet with its formula, and a line for each run.
    public static func text(_ answer: CapacityAnswer, isColoured: Bool, columns: Int) -> String {
        let style = TextStyle(columns: columns, isColoured: isColoured)
        var lines = [style.bold(headline(answer))]
        let details = broken(answer) + fleet(answer)
        lines += details.flatMap { TextWrap.lines($0, columns: columns - 2).map { "  " + $0 } }
        lines.append("")
        return (lines + TextTable(table: table(answer), style: style).lines).joined(separator: "\n") + "\n"
    }

    /// One line about a run that has ended.
    public static func line(_ step: CapacityStep) -> String {
        let sessions = "\(count(step.sessions)) sessions"
        guard let limit = step.limit else { return "\(sessions) held" }
        return "\(sessions) did not hold (\(limit.rawValue)): \(step.reasons.first ?? "no reason was given")"
    }

    private static func headline(_ answer: CapacityAnswer) -> String {
        let fleet = answer.gateways == 1 ? "1 gateway" : "\(answer.gateways) gateways"
        let verb = answer.gateways == 1 ? "holds" : "hold"
        guard let sessions = answer.sessions else {
            let nothing = answer.steps.isEmpty ? "no run came to its end" : "nothing that was tried held"
            return "\(answer.plan): \(nothing)"
        }
        let busiest = answer.sessionsPerGateway.map { ", \(Readable.count($0)) of them on the busiest" } ?? ""
        return "\(answer.plan): \(fleet) \(verb) \(count(sessions)) sessions\(busiest)"
    }

    private static func broken(_ answer: CapacityAnswer) -> [String] {
        guard !answer.steps.isEmpty else { return [] }
        guard let brokenAt = answer.brokenAt, let step = answer.steps.last(where: { $0.sessions == brokenAt }),
            let limit = step.limit
        else { return ["Nothing gave way up to \(count(answer.sessions ?? 0)) sessions, the most that was asked for."] }
        let start = "At \(count(brokenAt)) sessions "
        let said = step.reasons.prefix(3).map { "- \($0)" }
        switch limit {
        case .capacity:
            return [start + "the gateways were full: \(Readable.count(step.rejected)) logins were turned away."] + said
        case .acceptRate:
            let rate = step.acceptsPeakPerSecond.map {
                " a gateway accepted no more than \(Readable.number($0, decimals: 0)) connections in a second, and"
            }
            let late = " \(Readable.count(step.unanswered)) attempts went unanswered."
            return [start + "the gateways did not let everybody in in time:\(rate ?? "")\(late)"] + said
        case .expectation: return [start + "the target did not do what the plan expects:"] + said
        case .harness:
            let rest = "Holdfast or its machine was the limit, so this says nothing about the gateways:"
            return [start + rest] + said
        }
    }

    private static func fleet(_ answer: CapacityAnswer) -> [String] {
        guard let gateways = answer.gatewaysForWanted, let perGateway = answer.sessionsPerGateway,
            let maxOverMean = answer.maxOverMean
        else { return [] }
        let ratio = Readable.number(maxOverMean, decimals: 3)
        let formula = "ceil(\(count(answer.wanted)) x \(ratio) / \(Readable.count(perGateway))) + 1"
        let most = answer.isTargetsLimit ? "" : "at most "
        let more = answer.isTargetsLimit ? "" : " The gateways' own limit was not reached: fewer may do."
        return [
            """
            For \(count(answer.wanted)) sessions with one gateway down: \(most)\(gateways) gateways = \(formula), \
            where the busiest carries \(ratio) times the mean, as measured.\(more)
            """
        ]
    }

    private static func table(_ answer: CapacityAnswer) -> ReportTable {
        ReportTable(
            title: "Runs",
            explanation: "Accepts are the most of one gateway in one second.",
            columns: [
                .figure("sessions"), .text("verdict"), .figure("busiest"), .figure("of mean"), .figure("accepts/s"),
                .figure("turned away"), .figure("unanswered"),
            ],
            rows: answer.steps.map(row)
        )
    }

    private static func row(_ step: CapacityStep) -> [ReportTable.Cell] {
        [
            Figures.count(UInt64(step.sessions)),
            ReportTable.Cell(text: step.limit?.rawValue ?? "held"),
            Figures.count(step.busiestConnections),
            Figures.ratio(step.maxOverMean),
            Figures.count(step.acceptsPeakPerSecond.map { UInt64($0.rounded()) }),
            Figures.count(step.rejected),
            Figures.count(step.unanswered),
        ]
    }

    private static func count(_ value: Int) -> String { Readable.count(UInt64(value)) }
}
