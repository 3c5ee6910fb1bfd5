import ArgumentParser
import Foundation
import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult
import HoldfastSimulation

/// `holdfast capacity PLAN`: how many sessions the fleet of a plan holds, and what gives way beyond.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "Find how many sessions a plan's fleet holds, what gives way beyond, and how many gateways it takes.",
        discussion: """
            Carries the plan out with twice as many sessions every time until it does not pass, then with the middle \
            between what held and what did not. Whether the target or Holdfast itself gave way is told apart. The time \
            for establishing grows with the sessions. Each run has its own directory in that of the search, beside \
            capacity.json.
            """
    )

    @Argument(help: "The plan.", completion: .file(extensions: ["yaml", "yml"]))
    var plan: String

    @Flag(help: "In virtual time, without sockets.")
    var simulate = false

    @Option(help: "Sessions of the first run (default: the plan's).")
    var from: Int?

    @Option(help: "The most sessions to try.")
    var to = 1_000_000

    @Option(help: "The search ends when what held and what did not are this close, a fraction of the latter.")
    var tolerance = 0.02

    @Option(help: "The sessions that a fleet is wanted for (default: the plan's).")
    var wanted: Int?

    @OptionGroup
    var options: PlanOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        let counts = [("--from", from), ("--to", to), ("--wanted", wanted)]
        for case (let name, let value?) in counts where !(1...10_000_000).contains(value) {
            throw ValidationError("\(name) is \(value); expected 1 to 10000000")
        }
        if let from, from > to { throw ValidationError("--from is \(from); expected at most --to, which is \(to)") }
        guard (0.001...0.5).contains(tolerance) else {
            throw ValidationError("--tolerance is \(tolerance); expected 0.001 to 0.5")
        }
    }

    func run() async throws {
        let plan = try read([])
        let runner = TrialRunner(simulates: simulate, screen: output.screen)
        let signals = SignalWatch { runner.end(signal: $0) }
        defer { signals.cancel() }
        let directory = try Complaint.told { try RunDirectory(path: try output.directory(for: plan)) }
        var search = CapacitySearch(from: from ?? plan.sessions, upTo: to, tolerance: tolerance)
        var steps: [CapacityStep] = []
        while let sessions = search.next, runner.signal == nil {
            let plan = try read(sessions: sessions, instead: plan)
            let step = try await Complaint.toldAsync {
                try await self.step(plan, in: "\(directory.path)/\(sessions)", runner, isFirst: steps.isEmpty)
            }
            guard runner.signal == nil else { break }
            search.note(sessions: sessions, holds: step.holds)
            steps.append(step)
            if !output.quiet { StandardStream.complain(CapacityText.line(step) + "\n") }
        }
        let answer = CapacityAnswer(
            plan: plan.name,
            mode: simulate ? .simulated : .live,
            gateways: plan.target.gateways,
            wanted: wanted ?? plan.sessions,
            steps: steps
        )
        try output.finish(answer, in: directory, file: "capacity.json") { isColoured, columns in
            CapacityText.text(answer, isColoured: isColoured, columns: columns)
        }
        if let signal = runner.signal { throw Complaint.print("the search was ended by \(signal)", .aborted) }
        guard let status = CapacityCommand.status(answer) else { return }
        throw status
    }

    /// One run. What it could not start for is its limit, unless it is the first: then nothing of the plan can be
    /// carried out here.
    private func step(_ plan: Plan, in path: String, _ runner: TrialRunner, isFirst: Bool) async throws -> CapacityStep
    {
        do {
            return CapacityStep(try await runner.run(plan, in: path).result, directory: path)
        } catch let failure as StartFailure where !isFirst {
            return CapacityStep(sessions: plan.sessions, startFailure: failure.description, directory: path)
        }
    }

    /// The plan with so many sessions instead of its own; establishing may take longer by what more of them take to
    /// begin, or the plan would end the search and not its target.
    private func read(sessions: Int, instead plan: Plan) throws(ExitStatus) -> Plan {
        let more = Double(max(0, sessions - plan.sessions)) / plan.establish.ratePerSecond
        let timeout = ((plan.establish.timeout.seconds + more) * 1_000).rounded(.up)
        return try read(["sessions=\(sessions)", "establish.timeout=\(Int(timeout))ms"])
    }

    private func read(_ overrides: [String]) throws(ExitStatus) -> Plan {
        var options = options
        options.overrides += overrides
        return simulate ? try options.read(plan).plan : try options.readLive(plan)
    }

    /// How the command ends; nil when the question is answered.
    private static func status(_ answer: CapacityAnswer) -> ExitStatus? {
        if answer.limit == .harness { return .invalidRun }
        return answer.sessions == nil ? .expectationFailed : nil
    }
}
