import Foundation

/// The files of this repository, as they lie beside this test.
enum Repository {
    /// The directory of Package.swift.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// One text file with its path from the root.
    struct File {
        let path: String
        let text: String

        var name: String { String(path.split(separator: "/").last ?? "") }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var isGenerated: Bool { path.hasSuffix(".pb.swift") }
    }

    /// The names at the top level, those that git ignores and dot files left out.
    static func topLevel() throws -> Set<String> {
        let ignored: Set = ["Package.resolved", "runs"]
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        return Set(names.filter { !$0.hasPrefix(".") && !ignored.contains($0) })
    }

    /// Every file below `directory` whose name ends in one of `suffixes`, in order of path; none if it is not there.
    static func files(below directory: String, endingIn suffixes: String...) throws -> [File] {
        let base = root.appending(path: directory).path
        guard let paths = FileManager.default.enumerator(atPath: base) else { return [] }
        let wanted = paths.compactMap { $0 as? String }.filter { path in suffixes.contains { path.hasSuffix($0) } }
        return try wanted.sorted().map { try file("\(directory)/\($0)") }
    }

    /// The Swift files of Sources and Tests, generated ones left out.
    static func swiftFiles() throws -> [File] {
        let files = try files(below: "Sources", endingIn: ".swift") + files(below: "Tests", endingIn: ".swift")
        return files.filter { !$0.isGenerated }
    }

    /// One file by its path from the root.
    static func file(_ path: String) throws -> File {
        File(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    /// Whether something lies at `path` from the root.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}
