import Foundation
import HoldfastResult

/// The built `holdfast`, run as its users run it.
struct Program {
    /// How a run of the program ended.
    struct Ended {
        var status: Int32
        var output: String
        var errors: String
        var directory: String

        /// `result.json`.
        func result() throws -> RunResult {
            try RunResult(json: Data(contentsOf: URL(fileURLWithPath: "\(directory)/result.json")))
        }

        /// Whether it ended as invalid for want of CPU, and for nothing else.
        var wasHeldUp: Bool {
            guard status == 111, let reasons = try? result().reasons, !reasons.isEmpty else { return false }
            let signs = ["the workers' lateness ", "the workers' loop stall ", " for a CPU p99 ", " no idle moment "]
            return reasons.allSatisfy { reason in signs.contains(where: reason.contains) }
        }

        func text(of file: String) throws -> String {
            try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
        }
    }

    /// The package's root.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The executable beside the test bundle.
    static let path: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return bundle.appendingPathComponent("holdfast").path
    }()

    /// Runs to the end, or is killed after `limit` seconds. Where a run says that the machine gave it too little CPU to
    /// judge anything it is done again, twice at most: that is a finding about the machine.
    static func run(_ arguments: [String], limit seconds: Double = 120) async throws -> Ended {
        for _ in 0..<2 {
            let ended = try await start(arguments).end(within: seconds)
            guard ended.wasHeldUp else { return ended }
        }
        return try await start(arguments).end(within: seconds)
    }

    /// `holdfast run` of a checked-in plan.
    static func plan(_ name: String, _ arguments: String..., limit seconds: Double = 120) async throws -> Ended {
        try await run(["run", "Plans/\(name).yaml"] + arguments, limit: seconds)
    }

    /// `holdfast run` of a checked-in plan with some of its values replaced: `path=value` each.
    static func plan(_ name: String, replacing values: [String], limit seconds: Double = 120) async throws -> Ended {
        try await run(["run", "Plans/\(name).yaml"] + settings(values), limit: seconds)
    }

    /// The words of a command line that replace values of a plan.
    static func settings(_ values: [String]) -> [String] { values.flatMap { ["--set", $0] } }

    /// Starts a live run of a checked-in plan with some of its values replaced.
    static func start(
        plan name: String,
        replacing values: [String],
        through wrapper: [String] = [],
        before prepare: (_ directory: String) throws -> Void = { _ in }
    ) throws -> Running {
        try start(["run", "Plans/\(name).yaml"] + settings(values), through: wrapper, before: prepare)
    }

    /// Starts the program, by another one if there is a `wrapper`; a run writes to a directory of its own.
    static func start(
        _ arguments: [String],
        through wrapper: [String] = [],
        before prepare: (_ directory: String) throws -> Void = { _ in }
    ) throws -> Running {
        let directory = scratch + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try prepare(directory)
        return try Running(arguments, through: wrapper, directory: directory)
    }

    /// Whatever the programs of these tests write; gone when the tests are over.
    private static let scratch: String = {
        atexit { try? FileManager.default.removeItem(atPath: Program.scratch) }
        return NSTemporaryDirectory() + "holdfast-e2e-\(ProcessInfo.processInfo.processIdentifier)/"
    }()

    /// A program under way.
    final class Running {
        let process = Process()
        let directory: String
        private let outputFile: String
        private let errorFile: String

        init(_ arguments: [String], through wrapper: [String], directory: String) throws {
            self.directory = directory
            outputFile = directory + "/stdout"
            errorFile = directory + "/stderr"
            for file in [outputFile, errorFile] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
            let leavesFiles = ["run", "simulate", "capacity", "compare"].contains(arguments.first)
            let words = wrapper + [Program.path] + arguments + (leavesFiles ? ["--out", directory] : [])
            process.executableURL = URL(fileURLWithPath: words[0])
            process.arguments = Array(words.dropFirst())
            process.currentDirectoryURL = URL(fileURLWithPath: Program.root)
            process.standardOutput = FileHandle(forWritingAtPath: outputFile)
            process.standardError = FileHandle(forWritingAtPath: errorFile)
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }
        var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }

        /// Waits until `condition` holds; false after `seconds` or when the program has ended.
        func wait(within seconds: Double, until condition: () throws -> Bool) async rethrows -> Bool {
            let deadline = Date().addingTimeInterval(seconds)
            while Date() < deadline, process.isRunning {
                if try condition() { return true }
                try? await Task.sleep(for: .milliseconds(20))
            }
            return try condition()
        }

        func end(within seconds: Double) async throws -> Ended {
            if !(await wait(within: seconds, until: { !process.isRunning })) {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                throw TooLong(arguments: process.arguments ?? [], errors: errors)
            }
            process.waitUntilExit()
            return Ended(
                status: process.terminationStatus,
                output: output,
                errors: errors,
                directory: directory
            )
        }

        /// The process ids of this run's agents of one role, by index.
        func agents(_ role: String) -> [Int: Int32] {
            Processes.children(of: process.processIdentifier).reduce(into: [:]) { found, child in
                guard child.arguments.dropFirst().first == role,
                    let position = child.arguments.firstIndex(of: "--index"),
                    let index = Int(child.arguments[position + 1])
                else { return }
                found[index] = child.pid
            }
        }

        /// The process id of another program that this run started, such as HAProxy, or nginx, which writes what it is
        /// behind its name.
        func program(_ name: String) -> Int32? {
            Processes.children(of: process.processIdentifier).first { child in
                guard let first = child.arguments.first else { return false }
                return first.hasPrefix("\(name): ") || URL(fileURLWithPath: first).lastPathComponent == name
            }?.pid
        }

        /// Where this run's registry listens, as its log says.
        var registryURL: String? {
            let log = try? String(contentsOfFile: "\(directory)/logs/registry-0.log", encoding: .utf8)
            return log?.split(whereSeparator: \.isWhitespace).last.map(String.init)
        }

        /// Waits until the run has told of plan second `second`, which is up to a second after that second began.
        func reach(second: Double, within seconds: Double = 60) async throws {
            let isReached = await wait(within: seconds) { (Progress.seconds(in: errors) ?? -1) >= second }
            guard isReached else { throw TooLong(arguments: process.arguments ?? [], errors: errors) }
        }
    }

    /// A program did not end, or did not get where it should.
    struct TooLong: Error, CustomStringConvertible {
        var arguments: [String]
        var errors: String

        var description: String { "holdfast \(arguments.joined(separator: " ")) took too long:\n\(errors)" }
    }
}

/// What the machine says of processes.
enum Processes {
    struct Child {
        var pid: Int32
        var arguments: [String]
    }

    /// Every process id.
    static var all: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }
    }

    static func children(of parent: Int32) -> [Child] {
        all.compactMap { pid in
            guard Processes.parent(of: pid) == parent else { return nil }
            return Child(pid: pid, arguments: arguments(of: pid))
        }
    }

    static func arguments(of pid: Int32) -> [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return [] }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The heaps that threads other than the main one have: glibc's begin at multiples of 64 MiB.
    static func threadHeaps(of pid: Int32) throws -> Int {
        let maps = try String(contentsOfFile: "/proc/\(pid)/maps", encoding: .utf8)
        return maps.split(separator: "\n").count { line in
            let words = line.split(separator: " ")
            let start = words[0].split(separator: "-").first.flatMap { UInt($0, radix: 16) }
            return words.count == 5 && words[1] == "rw-p" && start.map { $0 % (64 << 20) == 0 } == true
        }
    }

    static func exists(_ pid: Int32) -> Bool { state(of: pid).map { $0 != "Z" } ?? false }

    /// The letter of the process's state; nil when it is gone.
    static func state(of pid: Int32) -> String? { fields(of: pid)?.first }

    private static func parent(of pid: Int32) -> Int32? {
        fields(of: pid).flatMap { $0.count > 1 ? Int32($0[1]) : nil }
    }

    /// What follows the name in /proc/pid/stat.
    private static func fields(of pid: Int32) -> [String]? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ").map(String.init)
    }
}

/// What the program says about its progress.
enum Progress {
    /// The plan second of the newest progress line; nil before t0.
    static func seconds(in errors: String) -> Double? {
        errors.split(separator: "\n").reversed().lazy.compactMap { line -> Double? in
            let words = line.split(separator: " ")
            guard words.count > 3, words[1] == "s", words[2] == "of" else { return nil }
            return Double(words[0])
        }.first
    }
}
