import Foundation
import Testing

/// Texts that people read, as files beside the tests. `RECORD_SNAPSHOTS=1 swift test` writes them anew; what has
/// changed is then seen in the diff.
enum Snapshot {
    /// Expects `text` to be the file `name`.
    static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = directory.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            try Data(text.utf8).write(to: file)
            return
        }
        let recorded = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        guard text != recorded else { return }
        let expected = recorded.split(separator: "\n", omittingEmptySubsequences: false)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(expected, lines).prefix { $0 == $1 }.count
        let said = line < lines.count ? lines[line] : "(the end)"
        let wanted = line < expected.count ? expected[line] : "(the end)"
        Issue.record(
            "\(name), line \(line + 1):\n  \(said)\ninstead of\n  \(wanted)\nRECORD_SNAPSHOTS=1 records it anew.",
            sourceLocation: sourceLocation
        )
    }

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
}
