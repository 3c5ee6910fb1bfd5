import Foundation
import Testing

@testable import HoldfastLab

/// A directory of a test's own, gone afterwards.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/holdfast-lab-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
}

/// What `/proc` says about one process.
struct ProcessEntry {
    let pid: Int32
    let state: Character
    let group: Int32
    let session: Int32

    var isLiving: Bool { state != "Z" && state != "X" }

    init?(pid: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 3, let state = fields[0].first, let group = Int32(fields[2]),
            let session = Int32(fields[3])
        else { return nil }
        self.pid = pid
        self.state = state
        self.group = group
        self.session = session
    }

    static func all() throws -> [ProcessEntry] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.compactMap(Self.init)
    }
}

/// The numbers of a process's open descriptors.
func descriptors(of pid: Int32) throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap { Int($0) }.sorted()
}

/// Looks every 2 ms whether something has become true, for `seconds` at most.
func eventually(within seconds: Double = 5, _ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        if ContinuousClock.now >= deadline { return false }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return true
}
