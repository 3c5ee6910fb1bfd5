import ArgumentParser
import HoldfastPlan

/// `holdfast validate`: says whether plans are right, without running them.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check plans without running them.",
        discussion: "Every error is one line FILE:LINE:COLUMN on stderr, and the exit code is then 104."
    )

    @Argument(help: "The plans to check.", completion: .file(extensions: ["yaml", "yml"]))
    var plans: [String]

    @OptionGroup
    var options: PlanOptions

    func run() throws {
        var status: ExitStatus?
        for path in plans {
            do {
                print(summary(of: try options.read(path)))
            } catch {
                status = error
            }
        }
        if let status { throw status }
    }

    private func summary(of reading: PlanReader.Reading) -> String {
        let plan = reading.plan
        var facts = [
            "hash \(plan.hash)", counted(plan.sessions, "session"), counted(plan.target.gateways, "gateway"),
            "via \(plan.target.via.rawValue)", counted(plan.timeline.count, "event"),
            counted(plan.expect.count, "expectation"),
        ]
        if !reading.simulatedOnly.isEmpty { facts.append("simulated only") }
        return "OK \(plan.name) (\(facts.joined(separator: ", ")))"
    }

    private func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
}
