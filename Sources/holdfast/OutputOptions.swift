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

    /// The directory that was asked for, else one of this second.
    func directory(for plan: Plan) -> String {
        if let out { return out }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return "runs/\(formatter.string(from: Date()))-\(plan.name)"
    }

    /// Writes the reports, prints the result, and ends as the verdict says.
    func finish(_ result: RunResult, _ series: RunSeries, in directory: RunDirectory) throws {
        let files = ReportFiles(result, series)
        do {
            try files.write(to: directory)
        } catch {
            Complaint.say("\(error)")
        }
        do {
            if json {
                FileHandle.standardOutput.write(try result.json())
            } else {
                let usesColor = !noColor && isatty(STDOUT_FILENO) == 1
                FileHandle.standardOutput.write(Data(files.summary(usesColor: usesColor).utf8))
                FileHandle.standardOutput.write(Data("Files: \(directory.path)\n".utf8))
            }
        } catch {
            throw Complaint.print("\(error)", .internalError)
        }
        let status = ExitStatus(rawValue: Int32(result.exitCode)) ?? .internalError
        guard status == .pass else { throw status }
    }
}
