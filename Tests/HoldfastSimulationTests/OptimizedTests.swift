import Foundation
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// The simulator as a release has it does what it does here: an optimizer can break what every debug test passes.
///
/// The core and the simulation are compiled as a release is, 40 s of one core; plan, result and YAML are linked as they
/// were built for these tests.
@Suite struct OptimizedTests {
    private static let program = """
        import HoldfastPlan
        import HoldfastSimulation

        for path in CommandLine.arguments.dropFirst() {
            let plan = try PlanReader.read(contentsOf: path).plan
            print(path, Simulation(plan: plan).run().result.eventHash ?? "none")
        }
        """

    /// Beyond the golden ones: crashes, middleboxes, partitions and sessions that stop.
    private static let compared = ["crash-kinds", "nat-carriers", "replug", "give-up"]

    @Test(.timeLimit(.minutes(10))) func everyPlanRunsAsItDoesHere() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("holdfast-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let simulate = try Self.compile(in: folder)
        let plans = Self.root.appendingPathComponent("Plans")
        let paths = try Self.files(in: plans, "yaml")
        #expect(paths.count >= 20)
        var hashes: [String: String] = [:]
        for line in try Self.run([simulate] + paths).split(separator: "\n") {
            let words = line.split(separator: " ")
            try #require(words.count == 2, "\(line)")
            hashes[URL(fileURLWithPath: String(words[0])).deletingPathExtension().lastPathComponent] = String(words[1])
        }
        #expect(hashes.count == paths.count)
        for (name, hash) in GoldenHashTests.hashes { #expect(hashes[name] == hash, "\(name)") }
        for name in Self.compared {
            let here = try #require(try PlanRuns.run(name).eventHash)
            #expect(hashes[name] == here, "\(name)")
        }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a program that prints the hash of each plan named on its command line.
    private static func compile(in folder: URL) throws -> String {
        let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        // The module of YAML's parser wants to know that there is one in C, and nothing of it.
        let map = folder.appendingPathComponent("module.modulemap")
        let memory = root.appendingPathComponent("Sources/CHoldfastMemory/include/CHoldfastMemory.h").path
        let modules = "module CYaml {}\nmodule CHoldfastMemory { header \"\(memory)\" }\n"
        try modules.write(to: map, atomically: true, encoding: .utf8)
        let main = folder.appendingPathComponent("main.swift")
        try program.write(to: main, atomically: true, encoding: .utf8)
        let release = [
            "swiftc", "-O", "-wmo", "-swift-version", "6", "-I", folder.path,
            "-I", built.appendingPathComponent("Modules").path,
        ]
        var objects: [String] = []
        for module in ["HoldfastCore", "HoldfastSimulation"] {
            let output = folder.appendingPathComponent(module).path
            let sources = try files(in: root.appendingPathComponent("Sources/\(module)"), "swift")
            let asModule = ["-parse-as-library", "-module-name", module, "-emit-module"]
            try run(
                release + asModule + ["-emit-module-path", output + ".swiftmodule", "-c", "-o", output + ".o"] + sources
            )
            objects.append(output + ".o")
        }
        for module in ["HoldfastPlan", "HoldfastResult", "Yams", "CYaml"] {
            objects += try files(in: built.appendingPathComponent("\(module).build"), "o")
        }
        let simulate = folder.appendingPathComponent("simulate").path
        try run(release + [main.path] + objects + ["-o", simulate])
        return simulate
    }

    /// The files below `folder` with this extension, in order.
    private static func files(in folder: URL, _ ending: String) throws -> [String] {
        let all = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        let files = all.compactMap { ($0 as? URL)?.path }.filter { $0.hasSuffix(".\(ending)") }.sorted()
        try #require(!files.isEmpty, "\(folder.path) has no .\(ending)")
        return files
    }

    /// What a command printed; it must succeed.
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
