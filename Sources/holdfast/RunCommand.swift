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

    @OptionGroup
    var output: OutputOptions

    @Option(help: "Push metrics to this collector instead of an embedded one (OTLP over HTTP).")
    var push: String?

    func run() async throws {
        let plan = try options.readLive(self.plan)
        let screen = output.screen
        let outcome: LiveRun.Outcome
        do {
            let settings = RunOptions(directory: try output.directory(for: plan), pushURL: push)
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
        try output.finish(outcome.result, outcome.series, in: outcome.directory, unwritten: outcome.unwritten)
    }
}
