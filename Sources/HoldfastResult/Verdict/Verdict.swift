/// Whether what was expected came true, and can be believed.
public enum Verdict: String, Codable, CaseIterable, Sendable {
    /// It came true.
    case pass
    /// It did not.
    case fail
    /// The harness was late, lost a worker, or had no data: never green, never the target's fault.
    case invalid
}

/// The verdict with its reasons and the exit code that goes with it.
struct Judgement: Equatable, Sendable {
    var verdict: Verdict
    var exitCode: ExitCode
    var reasons: [String]

    /// Precedence: internal error 109, could not start 106, signal 105, invalid 111, failed 99, pass 0.
    init(outcome: RunOutcome, expectations: [ExpectationResult], impairments: Impairments) {
        let lostWorkers = outcome.lost.filter { $0.agent.role == .worker }
        let unusable = expectations.filter { $0.outcome == .invalid || $0.outcome == .noData }
        let failed = expectations.filter { $0.outcome == .fail }
        reasons = []
        if !outcome.isFinished { reasons.append("unfinished") }
        if let error = outcome.internalError { reasons.append("internal error: \(error)") }
        if let failure = outcome.startFailure { reasons.append("could not start: \(failure)") }
        if let signal = outcome.signal { reasons.append("aborted by \(signal)") }
        reasons += lostWorkers.map(\.sentence)
        let isWhole = outcome.isFinished && outcome.internalError == nil && outcome.startFailure == nil
        if isWhole { reasons += Judgement.sentences(about: failed + unusable, but: reasons) }

        if outcome.internalError != nil {
            (verdict, exitCode) = (.invalid, .internalError)
        } else if outcome.startFailure != nil {
            (verdict, exitCode) = (.invalid, .couldNotStart)
        } else if outcome.signal != nil {
            (verdict, exitCode) = (.invalid, .aborted)
        } else if !outcome.isFinished || !lostWorkers.isEmpty || !unusable.isEmpty {
            if isWhole { reasons += outcome.fleetLosses }
            (verdict, exitCode) = (.invalid, .invalidRun)
        } else if !failed.isEmpty {
            // What may be why comes after what failed.
            reasons += outcome.fleetLosses
            (verdict, exitCode) = (.fail, .expectationFailed)
        } else if !outcome.fleetLosses.isEmpty {
            // What came true did so with another fleet than the plan's.
            reasons += outcome.fleetLosses
            (verdict, exitCode) = (.invalid, .invalidRun)
        } else {
            (verdict, exitCode) = (.pass, .pass)
        }
        if verdict == .invalid && isWhole { addUnsaid(impairments.everything) }
    }

    /// What is wrong with the run as a whole stands among the reasons even where no expectation mentions it.
    private mutating func addUnsaid(_ sentences: [String]) {
        for sentence in sentences where !reasons.contains(where: { $0.contains(sentence) }) { reasons.append(sentence) }
    }

    /// One sentence for each expectation that did not pass; several that cannot be judged for one reason share it.
    private static func sentences(about expectations: [ExpectationResult], but known: [String]) -> [String] {
        var sentences: [String] = []
        for expectation in expectations {
            guard let message = expectation.message else { continue }
            guard expectation.outcome == .invalid else {
                sentences.append("\(expectation.expression): \(message)")
                continue
            }
            if !(known + sentences).contains(where: { $0.contains(message) }) {
                let domain = message.hasPrefix("the run ") ? "" : "\(expectation.domain) cannot be judged: "
                sentences.append(domain + message)
            }
        }
        return sentences
    }
}
