import ArgumentParser
import Foundation
import HoldfastCore
import HoldfastReport
import HoldfastResult

/// `holdfast trace DIR --session N`: one session's life, from what a run wrote.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Tell one session's life from a run's directory: connections, ends, causes, and returns.",
        discussion: """
            Reads result.json and events.jsonl, of live and simulated runs alike. The ledger keeps a bounded sample of \
            whole disconnects; of a session that is not in it there is nothing to tell, which ends with 111.
            """
    )

    @Argument(help: "The run's directory.", completion: .directory)
    var directory: String

    @Option(help: "The session's number, from 0.")
    var session: SessionID

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "No colours.")
    var noColor = false

    func run() throws {
        let text = try read("result.json")
        let result: RunResult
        do { result = try RunResult(json: text) } catch {
            throw Complaint.print("\(path("result.json")): not a result; expected what a run wrote", .couldNotStart)
        }
        let lines = String(decoding: try read("events.jsonl"), as: UTF8.self)
        let events: RunEvents
        do { events = try RunEvents(text: lines) } catch {
            throw Complaint.print("\(path("events.jsonl")): \(error)", .couldNotStart)
        }
        switch SessionTrace.answer(session, result, events) {
        case .life(let trace): try print(trace)
        case .notSampled(let coverage, let nearest):
            throw Complaint.print(TraceText.notSampled(session, coverage, nearest: nearest), .invalidRun)
        case .unknown(let asked):
            let expected = asked > 0 ? "expected 0 to \(asked - 1)" : "the run has none"
            throw Complaint.print("--session \(session): no such session; \(expected)", .usage)
        }
    }

    private func print(_ trace: SessionTrace) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let text = try Complaint.told { try encoder.encode(trace) }
            return try StandardStream.print(text + Data("\n".utf8))
        }
        let isColoured = !noColor && isatty(STDOUT_FILENO) == 1
        let style = TextStyle(columns: TextStyle.plain.columns, isColoured: isColoured)
        try StandardStream.print(TraceText.text(trace, style: style).utf8)
    }

    private func path(_ file: String) -> String { "\(directory)/\(file)" }

    private func read(_ file: String) throws(ExitStatus) -> Data {
        do { return try Data(contentsOf: URL(filePath: path(file))) } catch {
            let missing = (error as? CocoaError)?.code == .fileReadNoSuchFile
            let found = missing ? "no such file" : "cannot be read"
            throw Complaint.print("\(path(file)): \(found); expected the directory of a run that ended", .couldNotStart)
        }
    }
}
