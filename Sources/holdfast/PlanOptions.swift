import ArgumentParser
import Foundation
import HoldfastPlan

/// What changes a plan on the command line, the same for every command that reads one.
struct PlanOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        parsing: .singleValue,
        help: ArgumentHelp("Replace a value of the plan (repeatable).", valueName: "path=value")
    )
    var overrides: [String] = []

    @Option(name: .long, help: "Replace the plan's seed.")
    var seed: UInt64?

    /// The checked plan in a file that can be carried out live; what is doubtful is told on stderr.
    ///
    /// - Throws: `ExitStatus.planInvalid` once the first errors are told on stderr, each on one line.
    func readLive(_ path: String) throws(ExitStatus) -> Plan {
        let reading = try read(path)
        guard reading.simulatedOnly.isEmpty else {
            PlanOptions.tell(reading.simulatedOnly)
            throw .planInvalid
        }
        return reading.plan
    }

    /// The checked plan in a file; what is doubtful is told on stderr, after `first` was told the plan.
    ///
    /// - Throws: `ExitStatus.planInvalid` once the first errors are told on stderr, each on one line.
    func read(_ path: String, first: (Plan) -> Void = { _ in }) throws(ExitStatus) -> PlanReader.Reading {
        do {
            let overrides = self.overrides.map { SetOverride($0) }
            let reading = try PlanReader.read(contentsOf: path, overrides: overrides, seed: seed)
            first(reading.plan)
            PlanOptions.tell(reading.warnings)
            return reading
        } catch {
            PlanOptions.tell(error.diagnostics)
            throw .planInvalid
        }
    }

    /// Says the first of them on stderr, each on one line.
    static func tell(_ diagnostics: [PlanDiagnostic]) {
        let limit = 10
        StandardStream.complain(diagnostics.prefix(limit).map { "\($0)\n" }.joined())
    }
}
