import ArgumentParser
import Foundation
import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult

/// `holdfast run PLAN`: carries a plan out live and ends with its verdict.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Carry a plan out live: start the fleet, hold the sessions, disturb them, judge.",
        discussion: "The summary goes to standard output, progress to standard error. The exit code is the verdict's."
    )

    @Argument(help: "The plan.", completion: .file(extensions: ["yaml", "yml"]))
    var plan: String

    @OptionGroup
    var options: PlanOptions

    @Option(help: "Directory for the run's files (default: runs/<time>-<name>).")
    var out: String?

    @Option(help: "Push metrics to this collector instead of an embedded one (OTLP over HTTP).")
    var push: String?

    @Flag(help: "No progress.")
    var quiet = false

    @Flag(help: "No colours.")
    var noColor = false

    @Flag(help: "Print result.json instead of the summary.")
    var json = false

    func run() async throws {
        let plan = try options.readLive(self.plan)
        let screen = ProgressScreen(isQuiet: quiet, usesColor: !noColor)
        let outcome: LiveRun.Outcome
        do {
            let settings = RunOptions(directory: out ?? RunCommand.directory(for: plan), pushURL: push)
            let live = try LiveRun(plan: plan, options: settings) { screen.show($0) }
            let signals = SignalWatch { live.abort(signal: $0) }
            defer { signals.cancel() }
            outcome = try await live.run()
        } catch let failure as StartFailure {
            screen.end()
            throw Complaint.print(failure.description, .couldNotStart)
        } catch {
            screen.end()
            throw Complaint.print("\(error)", .internalError)
        }
        screen.end()
        do {
            try show(outcome)
        } catch {
            throw Complaint.print("\(error)", .internalError)
        }
        guard let status = ExitStatus(rawValue: Int32(outcome.result.exitCode)), status == .pass else {
            throw ExitStatus(rawValue: Int32(outcome.result.exitCode)) ?? .internalError
        }
    }

    private func show(_ outcome: LiveRun.Outcome) throws {
        let files = ReportFiles(outcome.result, outcome.series)
        do {
            try files.write(to: outcome.directory)
        } catch {
            Complaint.say("\(error)")
        }
        if json {
            FileHandle.standardOutput.write(try outcome.result.json())
        } else {
            let usesColor = !noColor && isatty(STDOUT_FILENO) == 1
            FileHandle.standardOutput.write(Data(files.summary(usesColor: usesColor).utf8))
            FileHandle.standardOutput.write(Data("Files: \(outcome.directory.path)\n".utf8))
        }
    }

    static func directory(for plan: Plan) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return "runs/\(formatter.string(from: Date()))-\(plan.name)"
    }
}
