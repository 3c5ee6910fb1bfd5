import Foundation
import Testing

/// What a session, a gateway's connection and a balancer do a million times a second asks for no memory.
///
/// A debug build allocates where a release does not, so the core is compiled here as a release is, with a program that
/// replaces malloc by one that counts.
@Suite struct AllocationTests {
    @Test(.timeLimit(.minutes(5))) func handlingAnEventAllocatesNothing() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("holdfast-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let core = root.appendingPathComponent("Sources/HoldfastCore")
        let sources = try #require(FileManager.default.enumerator(at: core, includingPropertiesForKeys: nil))
            .compactMap { ($0 as? URL)?.path }.filter { $0.hasSuffix(".swift") }
        let counter = folder.appendingPathComponent("count.o").path
        let program = folder.appendingPathComponent("allocations").path
        let probe = here.appendingPathComponent("Allocations")
        try Self.run("clang", "-O2", "-c", probe.appendingPathComponent("count.c").path, "-o", counter)
        let main = probe.appendingPathComponent("main.swift").path
        try Self.run(
            ["swiftc", "-O", "-wmo", "-swift-version", "6"] + sources.sorted() + [main, counter, "-lm", "-o", program]
        )
        let lines = try Self.run(program).split(separator: "\n").map { $0.split(separator: " ") }
        var counts: [String: Int] = [:]
        for line in lines where line.count == 2 { counts[String(line[0])] = Int(line[1]) }
        // Ten lists were made to see that something is counted.
        #expect(counts["control", default: 0] >= 10)
        counts["control"] = nil
        // A call through an existential, or a property of a class, on the way of every event would take it beyond this.
        let ratio = try #require(counts["handle-over-plain-percent"])
        #expect((50...Self.handleCeilingPercent).contains(ratio))
        counts["handle-over-plain-percent"] = nil
        #expect(counts.count >= 30)
        for (name, count) in counts { #expect(count == 0, "\(name) allocated \(count) times") }
    }

    /// What an event of a session may take, of a step of a plain loop in the same process; percent.
    private static let handleCeilingPercent = 1_000

    /// What a command printed; it must succeed.
    @discardableResult
    private static func run(_ command: String...) throws -> String { try run(command) }

    @discardableResult
    private static func run(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command[0]): \(text.prefix(2_000))")
        return text
    }
}
