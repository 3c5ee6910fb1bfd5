import HoldfastResult

/// `junit.xml` as CI systems read it: a suite is the plan, a case is an expectation, a failure is one that failed, an
/// error is one that could not be judged. There is no official schema; the elements are those that readers agree on.
public enum JUnitReport {
    /// The report on `result`, ending in a newline.
    public static func xml(_ result: RunResult) -> String {
        let cases = self.cases(result)
        let failures = cases.count { $0.element == "failure" }
        let errors = cases.count { $0.element == "error" }
        let counts = [
            ("name", result.plan.name), ("tests", "\(cases.count)"), ("failures", "\(failures)"),
            ("errors", "\(errors)"),
            ("skipped", "0"),
        ]
        var timing: [(String, String)] = []
        if let elapsed = result.elapsedSeconds { timing.append(("time", Readable.fixed(elapsed, decimals: 3))) }
        if let startedAt = result.startedAt { timing.append(("timestamp", startedAt)) }
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append(Markup.open("testsuites", counts + timing))
        lines.append("  " + Markup.open("testsuite", counts + timing))
        lines.append("    <properties>")
        for (name, value) in properties(result) {
            lines.append("      " + Markup.empty("property", [("name", name), ("value", value)]))
        }
        lines.append("    </properties>")
        for one in cases { lines += one.lines(className: "holdfast.\(result.plan.name)") }
        let said = (result.reasons + result.notes).joined(separator: "\n")
        if !said.isEmpty { lines.append("    <system-out>\(Markup.escape(said))</system-out>") }
        lines += ["  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cases(_ result: RunResult) -> [Case] {
        var cases = result.expectations.map { expectation in
            Case(
                name: expectation.expression,
                element: expectation.outcome.element,
                type: expectation.outcome.rawValue,
                message: expectation.message ?? ""
            )
        }
        // A run that is not green without any expectation saying so must not look green.
        if result.verdict != .pass && cases.allSatisfy({ $0.element == nil }) {
            let message = result.reasons.first ?? "the run is \(result.verdict.rawValue)"
            cases.append(Case(name: "run", element: "error", type: result.verdict.rawValue, message: message))
        }
        return cases
    }

    private static func properties(_ result: RunResult) -> [(String, String)] {
        [
            ("seed", "\(result.seed)"), ("plan.hash", result.plan.hash), ("mode", result.mode.rawValue),
            ("sessions", "\(result.sessions.asked)"), ("gateways", "\(result.gateways.count)"),
            ("workers", "\(result.harness.processes.count { $0.role == "worker" })"),
            ("timeScale", Readable.number(result.timeScale)), ("verdict", result.verdict.rawValue),
            ("exitCode", "\(result.exitCode)"),
        ]
    }
}

/// One test case.
private struct Case {
    var name: String
    /// `failure` or `error`; nil for a pass.
    var element: String?
    var type: String
    var message: String

    func lines(className: String) -> [String] {
        let attributes = [("name", name), ("classname", className)]
        guard let element else { return ["    " + Markup.empty("testcase", attributes)] }
        return [
            "    " + Markup.open("testcase", attributes),
            "      " + Markup.empty(element, [("message", message), ("type", type)]),
            "    </testcase>",
        ]
    }
}

extension ExpectationResult.Outcome {
    fileprivate var element: String? {
        switch self {
        case .pass: nil
        case .fail: "failure"
        case .invalid, .noData: "error"
        }
    }
}
