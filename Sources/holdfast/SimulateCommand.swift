import ArgumentParser
import Foundation
import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult
import HoldfastSimulation

/// `holdfast simulate PLAN`: carries a plan out in virtual time and ends with its verdict.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Carry a plan out in virtual time: the same brain, the same result, no sockets.",
        discussion: """
            The first line on standard error is the command that replays the run. The summary goes to standard output. \
            The exit code is the verdict's.
            """
    )

    @Argument(help: "The plan.", completion: .file(extensions: ["yaml", "yml"]))
    var plan: String

    @OptionGroup
    var options: PlanOptions

    @OptionGroup
    var output: OutputOptions

    @Option(help: "Every beat as an event (exact), or those that change nothing counted in closed form (fast).")
    var fidelity = Simulation.Fidelity.fast

    @Option(help: "Parts that hold the sessions; changes nothing but where they are kept.")
    var segments: Int?

    func validate() throws {
        guard let segments, !(1...1024).contains(segments) else { return }
        throw ValidationError("--segments is \(segments); expected 1 to 1024")
    }

    func run() throws {
        let reading = try options.read(self.plan) { plan in
            if !output.quiet { StandardStream.complain("replay: \(replay(plan))\n") }
        }
        let plan = reading.plan
        let interruption = Interruption()
        let signals = SignalWatch { interruption.end(signal: $0) }
        defer { signals.cancel() }
        // Before hours are computed: where they cannot be kept, they need not begin.
        let directory = try prepare(plan)
        let simulation = Simulation(plan: plan, fidelity: fidelity, segments: segments, interruption: interruption)
        let outcome = simulation.run()
        try Complaint.told { try directory.write(outcome, of: plan) }
        try output.finish(outcome.result, outcome.series, in: directory)
    }

    private func prepare(_ plan: Plan) throws -> RunDirectory {
        try Complaint.told {
            let directory = try RunDirectory(path: try output.directory(for: plan))
            try directory.write(plan.resolvedYAML(), to: "plan.yaml")
            return directory
        }
    }

    /// The command that gives this very run again.
    private func replay(_ plan: Plan) -> String {
        var words = ["holdfast", "simulate", self.plan, "--seed", "\(plan.seed)", "--fidelity", fidelity.rawValue]
        for override in options.overrides { words += ["--set", override] }
        if let segments { words += ["--segments", "\(segments)"] }
        return words.map(SimulateCommand.quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case 43, 44...58, 61, 64...90, 95, 97...122: true
            default: false
            }
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension Simulation.Fidelity: ExpressibleByArgument {}
