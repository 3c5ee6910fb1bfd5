import ArgumentParser
import Foundation
import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult

/// `holdfast compare PLAN`: the same churn in every variant of a plan, and which of them is better.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Carry every variant of a plan out with the same churn, and say which is better, by how much.",
        discussion: """
            Every trial has a seed of its own, the same for all variants; runs are interleaved, so that what the \
            machine does meanwhile happens to all of them. Differences are taken trial by trial, with 95 % confidence \
            intervals. Each run has its own directory in that of the comparison, beside report.html, compare.json and \
            compare.csv. What the plan expects is judged in each run; only an invalid one spoils the comparison.
            """
    )

    @Argument(help: "The plan, with at least two variants.", completion: .file(extensions: ["yaml", "yml"]))
    var plan: String

    @Flag(help: "In virtual time, without sockets.")
    var simulate = false

    @Option(help: "Runs of each variant.")
    var trials = 3

    @Option(help: "Compare this variant with others; may be repeated (default: all).")
    var only: [String] = []

    @OptionGroup
    var options: PlanOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(trials) else { throw ValidationError("--trials is \(trials); expected 1 to 1000") }
    }

    func run() async throws {
        let reading = try options.read(plan)
        let variants = try chosen(from: reading)
        let runner = TrialRunner(simulates: simulate, screen: output.screen)
        let signals = SignalWatch { runner.end(signal: $0) }
        defer { signals.cancel() }
        let directory = try Complaint.told { try RunDirectory(path: try output.directory(for: reading.plan)) }
        let schedule = ComparisonSchedule(variants: variants, trials: trials, seed: reading.plan.seed)
        var results = ComparisonRuns(variants: variants.count, trials: trials)
        try await Complaint.toldAsync {
            try await schedule.carryOut(in: directory.path, width: width, runner) { run, result, series in
                results.note(run, result, series)
                guard !output.quiet, let compared = results.runs[run.variant][run.trial] else { return }
                let name = variants[run.variant].name
                let line = ComparisonText.line(name, compared, trial: run.trial + 1, trials: trials)
                StandardStream.complain(line + "\n")
            }
        }
        let comparison = results.comparison(of: reading.plan.name, variants, simulate ? .simulated : .live)
        let page = ComparisonPage.html(comparison, curves: results.curves)
        let others = [("compare.csv", ComparisonText.csv(comparison)), ("report.html", page)]
        try output.finish(comparison, in: directory, file: "compare.json", others: others) { isColoured, columns in
            ComparisonText.text(comparison, isColoured: isColoured, columns: columns)
        }
        if let signal = runner.signal { throw Complaint.print("the comparison was ended by \(signal)", .aborted) }
        let isValid = !comparison.variants.contains { $0.runs.contains { $0.verdict == .invalid } }
        guard isValid else { throw ExitStatus.invalidRun }
    }

    /// A simulation is one thread's work; live runs would disturb each other.
    private var width: Int { simulate ? ProcessInfo.processInfo.activeProcessorCount : 1 }

    private func chosen(from reading: PlanReader.Reading) throws(ExitStatus) -> [PlanVariant] {
        for name in only where !reading.variants.contains(where: { $0.name == name }) {
            let names = reading.variants.map(\.name).joined(separator: ", ")
            throw Complaint.print("--only \(name): no such variant; expected \(names.isEmpty ? "none" : names)", .usage)
        }
        let variants = reading.variants.filter { only.isEmpty || only.contains($0.name) }
        let last = reading.plan.seed + UInt64(trials) - 1
        guard last < 1 << 53 else {
            throw Complaint.print("the seed of the last trial is \(last); expected at most \((1 << 53) - 1)", .usage)
        }
        guard variants.count >= 2 || only.isEmpty else {
            let names = reading.variants.map(\.name).joined(separator: ", ")
            throw Complaint.print("--only \(only[0]): one variant; expected at least two of \(names)", .usage)
        }
        guard variants.count >= 2 else {
            let found = variants.isEmpty ? "no variants" : "one variant"
            let expected = "at least two, such as variants: [{ name: slb }, { name: client, target.via: client }]"
            throw Complaint.print("\(plan): \(found); expected \(expected)", .planInvalid)
        }
        if !simulate {
            let unable = variants.flatMap(\.simulatedOnly)
            PlanOptions.tell(unable)
            guard unable.isEmpty else { throw .planInvalid }
        }
        return variants
    }
}
