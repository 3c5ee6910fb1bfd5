import HoldfastResult

/// The answer in three sentences: whether it came true, why or by what evidence, and how the fleet stands.
struct Headline: Equatable {
    let verdict: Verdict
    let lines: [String]

    init(_ result: RunResult) {
        verdict = result.verdict
        lines = [Headline.outcome(of: result), Headline.evidence(of: result), Headline.balance(of: result)]
    }

    /// The verdict as one word.
    var word: String { verdict.rawValue.uppercased() }

    private static func outcome(of result: RunResult) -> String {
        let all = result.expectations.count
        let passed = result.expectations.count { $0.outcome == .pass }
        let failed = result.expectations.count { $0.outcome == .fail }
        switch result.verdict {
        case .pass: return "\(passed) of \(all) expectations hold"
        case .fail: return "\(failed) of \(all) expectations failed"
        case .invalid: return "this run says nothing about the target (exit \(result.exitCode))"
        }
    }

    private static func evidence(of result: RunResult) -> String {
        if let reason = result.reasons.first {
            let more = result.reasons.count - 1
            return more > 0 ? "\(reason) (and \(more) more below)" : reason
        }
        let asked = Readable.count(UInt64(result.sessions.asked))
        let atEnd = result.sessions.establishedAtEnd.map(Readable.count) ?? "an unknown number"
        guard let total = result.disconnects.total, let unexplained = result.disconnects.unexplained else {
            return "\(atEnd) of \(asked) sessions connected at the end"
        }
        let connected = "\(atEnd) of \(asked) sessions connected at the end"
        if total == 0 { return "\(connected); no connection ended" }
        return "\(connected); \(Readable.count(total)) disconnects, \(Readable.count(unexplained)) of them unexplained"
    }

    private static func balance(of result: RunResult) -> String {
        guard let atEnd = result.imbalance.atEnd.maxOverMean else { return "The imbalance at the end is not known" }
        var text = "The busiest gateway ends at \(Readable.fixed(atEnd, decimals: 2)) times the mean"
        if let random = result.imbalance.randomMaxOverMean {
            text += " (random placement: \(Readable.fixed(random, decimals: 2)))"
        }
        let moved = result.faults.filter { $0.maxOverMeanWorst != nil && $0.secondsToRebalance != 0 }
        guard let last = moved.last else { return text + "; no event unbalanced it" }
        guard let seconds = last.secondsToRebalance else {
            return text + "; event \(last.index) was never balanced again"
        }
        return text + "; event \(last.index) was balanced after \(Readable.seconds(seconds))"
    }
}
