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
        let runner = TrialRunner(simulates: simulate, screen: screen)
        let signals = SignalWatch { runner.end(signal: $0) }
        defer { signals.cancel() }
        let directory = try await told { try RunDirectory(path: try output.directory(for: reading.plan)) }
        let schedule = ComparisonSchedule(variants: variants, trials: trials, seed: reading.plan.seed)
        var results = ComparisonRuns(variants: variants.count, trials: trials)
        try await told {
            try await schedule.carryOut(in: directory.path, width: width, runner) { run, result, series in
                results.note(run, result, series)
                guard !output.quiet, let compared = results.runs[run.variant][run.trial] else { return }
                let name = variants[run.variant].name
                let line = ComparisonText.line(name, compared, trial: run.trial + 1, trials: trials)
                StandardStream.complain(line + "\n")
            }
        }
        let comparison = results.comparison(of: reading.plan.name, variants, simulate ? .simulated : .live)
        try await finish(comparison, results.curves, directory)
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

    private var screen: ProgressScreen { ProgressScreen(isQuiet: output.quiet, usesColor: !output.noColor) }

    private func finish(_ comparison: Comparison, _ curves: ComparisonCurves, _ directory: RunDirectory) async throws {
        let json = try await told { () throws -> Data in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let json = try encoder.encode(comparison) + Data("\n".utf8)
            try directory.write(json, to: "compare.json")
            try directory.write(ComparisonText.csv(comparison), to: "compare.csv")
            try directory.write(ComparisonPage.html(comparison, curves: curves), to: "report.html")
            return json
        }
        if output.json { return try StandardStream.print(json) }
        let usesColor = !output.noColor && isatty(STDOUT_FILENO) == 1
        let columns = TextStyle.plain.columns
        try StandardStream.print(ComparisonText.text(comparison, isColoured: usesColor, columns: columns).utf8)
        try StandardStream.print("Files: \(directory.path)\n".utf8)
    }

    private func told<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let failure as StartFailure {
            throw Complaint.print(failure.description, .couldNotStart)
        } catch {
            throw Complaint.print("\(error)", .internalError)
        }
    }
}
