import ArgumentParser
import Foundation
import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult

/// Where a run's result goes, the same for every command that ends with a verdict.
struct OutputOptions: ParsableArguments {
    @Option(help: "Directory for the run's files (default: runs/<time>-<name>).")
    var out: String?

    @Flag(help: "Nothing on standard error but what is wrong.")
    var quiet = false

    @Flag(help: "No colours.")
    var noColor = false

    @Flag(help: "Print result.json instead of the summary.")
    var json = false

    /// Whether what is printed is coloured.
    private var usesColor: Bool { !noColor && isatty(STDOUT_FILENO) == 1 }

    /// Shows how a run goes.
    var screen: ProgressScreen { ProgressScreen(isQuiet: quiet, usesColor: !noColor) }

    func validate() throws {
        if out?.isEmpty == true { throw ValidationError("--out is empty; expected a directory") }
    }

    /// The directory that was asked for, else a new one of this second.
    func directory(for plan: Plan) throws(StartFailure) -> String {
        if let out { return out }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return try RunDirectory.reserve("runs/\(formatter.string(from: Date()))-\(plan.name)")
    }

    /// Writes the answer of several runs as JSON to `file`, and `others` beside it, then prints `text`, or the JSON
    /// where that was asked for.
    func finish(
        _ answer: some Encodable,
        in directory: RunDirectory,
        file: String,
        others: [(name: String, text: String)] = [],
        text: (_ isColoured: Bool, _ columns: Int) -> String
    ) throws {
        let json = try Complaint.told {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let json = try encoder.encode(answer) + Data("\n".utf8)
            try directory.write(json, to: file)
            for other in others { try directory.write(other.text, to: other.name) }
            return json
        }
        if self.json { return try StandardStream.print(json) }
        try StandardStream.print(text(usesColor, TextStyle.plain.columns).utf8)
        try StandardStream.print("Files: \(directory.path)\n".utf8)
    }

    /// Writes the reports, prints the result, and ends as the verdict says; a file that could not be written, now or
    /// before (`unwritten`), is told, and turns a pass into a fault of Holdfast's own.
    func finish(
        _ result: RunResult,
        _ series: RunSeries,
        in directory: RunDirectory,
        unwritten: [RunDirectoryError] = []
    ) throws {
        let files = ReportFiles(result, series)
        let errors = unwritten + files.write(to: directory)
        for error in errors { Complaint.say("\(error)") }
        if json {
            let text: Data
            do { text = try result.json() } catch { throw Complaint.print("\(error)", .internalError) }
            try StandardStream.print(text)
        } else {
            try StandardStream.print(files.summary(usesColor: usesColor).utf8)
            try StandardStream.print("Files: \(directory.path)\n".utf8)
        }
        let status = ExitStatus(rawValue: Int32(result.exitCode)) ?? .internalError
        guard status == .pass else { throw status }
        guard errors.isEmpty else { throw ExitStatus.internalError }
    }
}
