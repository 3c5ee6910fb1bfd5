import Foundation
import Testing

/// `.ci/run` is run for real, with a package manager and a compiler that only write down how they were called.
@Suite struct CheckTests {
    @Test func theCheckInstallsThePackagesAndRunsTheTests() throws {
        let (status, calls, output) = try check(failing: nil)
        #expect(status == 0)
        #expect(calls.first == "apt-get update")
        #expect(calls.last == "swift test --no-parallel")
        let packages = try Repository.file("Tests/packages.txt").lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        #expect(!packages.isEmpty)
        let installed = try #require(calls.first { $0.hasPrefix("apt-get install -y ") })
        #expect(installed.split(separator: " ").dropFirst(3) == packages[...])
        #expect(!output.contains("what failed"))
    }

    @Test(arguments: ["apt-get", "swift"])
    func theCheckFailsWithItsFirstFailure(tool: String) throws {
        let (status, calls, output) = try check(failing: tool)
        #expect(status == 3)
        #expect(calls.last?.hasPrefix(tool) == true)
        #expect(calls.contains("swift test --no-parallel") == (tool == "swift"))
        // Once where it happened, and again where people look first.
        let lines = output.split(separator: "\n")
        #expect(lines.count { $0 == "✘ Test planted() failed" } == 2)
        #expect(lines.last == "↳ why it did")
    }

    /// Runs the check with stand-ins first in the search path; gives its exit status, their calls in order, and all
    /// that was printed.
    private func check(failing tool: String?) throws -> (status: Int32, calls: [String], output: String) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "holdfast-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let log = directory.appending(path: "calls").path
        for name in ["apt-get", "swift"] {
            let failure = "printf '✘ Test planted() failed\\n↳ why it did\\n◇ Test other() started.\\n'\nexit 3"
            let script = "#!/bin/sh\necho \"\(name) $*\" >>'\(log)'\n\(name == tool ? failure : "exit 0")\n"
            try standIn(name, script, in: directory)
        }
        try standIn("sudo", "#!/bin/sh\nexec \"$@\"\n", in: directory)
        let check = Process()
        check.executableURL = Repository.root.appending(path: ".ci/run")
        check.environment = ["PATH": "\(directory.path):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        let printed = Pipe()
        check.standardOutput = printed
        check.standardError = printed
        try check.run()
        let output = String(decoding: try printed.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        check.waitUntilExit()
        let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        return (check.terminationStatus, calls, output)
    }

    private func standIn(_ name: String, _ script: String, in directory: URL) throws {
        let path = directory.appending(path: name).path
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
}
