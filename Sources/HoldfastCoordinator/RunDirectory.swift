import Foundation
import HoldfastPlan
import HoldfastResult

/// The files of one run.
public struct RunDirectory: Sendable {
    /// Its path.
    public let path: String

    /// Makes the directory, its parents and `logs/`.
    public init(path: String) throws(StartFailure) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: "\(path)/logs", withIntermediateDirectories: true)
        } catch {
            throw StartFailure("cannot make the directory \(path): \(error.localizedDescription)")
        }
    }

    /// Where agents and servers log.
    public var logs: String { "\(path)/logs" }

    /// Where the embedded collector stores.
    public var database: String { "\(path)/series.sqlite" }

    /// Writes one file whole: whoever reads it sees the old content or the new.
    public func write(_ data: Data, to name: String) throws(RunDirectoryError) {
        do {
            try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: .atomic)
        } catch {
            throw RunDirectoryError(file: "\(path)/\(name)", reason: error.localizedDescription)
        }
    }

    /// Writes one text file whole.
    public func write(_ text: String, to name: String) throws(RunDirectoryError) {
        try write(Data(text.utf8), to: name)
    }

    /// The last line that an agent logged; nil when it logged nothing.
    func lastLine(ofLog path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data.suffix(4096), as: UTF8.self)
            .split(separator: "\n").last.map(String.init)
    }
}

/// A file of the run could not be written.
public struct RunDirectoryError: Error, CustomStringConvertible {
    /// Which file.
    public var file: String
    /// What the system said.
    public var reason: String

    /// One line.
    public var description: String { "cannot write \(file): \(reason)" }
}
