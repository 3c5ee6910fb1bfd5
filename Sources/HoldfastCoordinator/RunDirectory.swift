import Foundation
import Glibc
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// The files of one run.
public struct RunDirectory: Sendable {
    /// Its path.
    public let path: String

    /// Makes the directory, its parents and `logs/`.
    public init(path: String) throws(StartFailure) {
        self.path = path
        try RunDirectory.make("\(path)/logs")
    }

    /// Makes a directory that nobody has at `path`, or at `path-2` and so on, and returns where: several runs may begin
    /// in one second.
    public static func reserve(_ path: String) throws(StartFailure) -> String {
        try make((path as NSString).deletingLastPathComponent)
        for number in 1...10_000 {
            let candidate = number == 1 ? path : "\(path)-\(number)"
            if mkdir(candidate, 0o755) == 0 { return candidate }
            guard errno == EEXIST else { throw failure(candidate, errno) }
        }
        throw StartFailure("cannot make the directory \(path): 10,000 like it are there already")
    }

    /// Where agents and servers log.
    public var logs: String { "\(path)/logs" }

    /// Where the embedded collector stores.
    public var database: String { "\(path)/series.sqlite" }

    /// Writes one file whole: whoever reads it sees the old content or the new.
    public func write(_ data: Data, to name: String) throws(RunDirectoryError) {
        let file = "\(path)/\(name)"
        let draft = "\(file).\(getpid()).part"
        let code = data.withUnsafeBytes { Descriptor.write($0, toFile: draft) }
        guard code == 0 else {
            unlink(draft)
            throw RunDirectoryError(file: file, reason: RunDirectory.reason(code))
        }
        guard rename(draft, file) == 0 else {
            let code = errno
            unlink(draft)
            throw RunDirectoryError(file: file, reason: RunDirectory.reason(code))
        }
    }

    /// Writes one text file whole.
    public func write(_ text: String, to name: String) throws(RunDirectoryError) {
        try write(Data(text.utf8), to: name)
    }

    /// Writes files whole; returns what kept any of them from being written.
    public func write(_ files: [(name: String, data: Data)]) -> [RunDirectoryError] {
        files.compactMap { file in
            do throws(RunDirectoryError) {
                try write(file.data, to: file.name)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Removes what another run said here: it must not be taken for what a run came to that could not start.
    func forgetResult() {
        for name in ["result.json", "events.jsonl", "report.html", "junit.xml", "summary.md"] {
            unlink("\(path)/\(name)")
        }
    }

    /// The last line that an agent logged; nil when it logged nothing.
    func lastLine(ofLog path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data.suffix(4096), as: UTF8.self)
            .split(separator: "\n").last.map(String.init)
    }

    private static func make(_ path: String) throws(StartFailure) {
        guard !path.isEmpty, path != "/" else { return }
        if mkdir(path, 0o755) == 0 { return }
        let code = errno
        var status = stat()
        if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        guard code == ENOENT else { throw failure(path, code == EEXIST ? ENOTDIR : code) }
        try make((path as NSString).deletingLastPathComponent)
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> StartFailure {
        StartFailure("cannot make the directory \(path): \(reason(code))")
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
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
