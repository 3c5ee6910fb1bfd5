import Foundation
import HoldfastResult
import Testing

extension EndToEnd {
    /// Where a simulated run leaves what it found, and what happens where it cannot.
    @Suite struct SimulateOutputTests {
        private static let plan = "\(Program.root)/Plans/uneven-departures.yaml"

        /// Runs a shell script in an empty directory, with `$holdfast` and `$plan`.
        private func shell(_ script: String) throws -> (status: Int32, text: String, directory: URL) {
            let directory = FileManager.default.temporaryDirectory.appending(path: "holdfast-out-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/bash")
            shell.arguments = ["-c", script]
            shell.currentDirectoryURL = directory
            shell.environment = ["PATH": "/usr/bin:/bin", "holdfast": Program.path, "plan": Self.plan]
            let printed = Pipe()
            shell.standardOutput = printed
            shell.standardError = printed
            try shell.run()
            let text = String(decoding: try printed.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            shell.waitUntilExit()
            return (shell.terminationStatus, text, directory)
        }

        @Test(arguments: [
            ("$holdfast simulate $plan --out run >/dev/full", Int32(109), "standard output: No space left on device"),
            ("$holdfast simulate $plan --out run 2>/dev/full >/dev/null", 0, ""),
            ("$holdfast simulate $plan --out run >&- 2>&-", 0, ""),
            ("set -o pipefail; $holdfast simulate $plan --out run | head -1", 0, " PASS  uneven-departures"),
            ("set -o pipefail; $holdfast simulate $plan --out run --json | true", 0, ""),
        ])
        func outputsThatTakeNothing(script: String, status: Int32, text: String) throws {
            let ended = try shell(script)
            defer { try? FileManager.default.removeItem(at: ended.directory) }
            #expect(ended.status == status, "\(ended.text)")
            #expect(text.isEmpty || ended.text.contains(text), "\(ended.text)")
            let file = ended.directory.appending(path: "run/result.json")
            #expect(try RunResult(json: Data(contentsOf: file)).verdict == .pass)
        }

        /// A day is not computed for a directory that cannot be made.
        @Test(arguments: [
            ("/proc/nope", Int32(106), "cannot make the directory /proc/nope"), ("''", 64, "--out is empty"),
            ("$plan", 106, "Not a directory"),
        ])
        func directoriesThatCannotBe(path: String, status: Int32, line: String) throws {
            let year = "--set duration=10000h --set 'churn={ lifetime: { mean: 1m } }'"
            let ended = try shell("$holdfast simulate $plan \(year) --out \(path)")
            defer { try? FileManager.default.removeItem(at: ended.directory) }
            #expect(ended.status == status, "\(ended.text)")
            #expect(ended.text.contains(line), "\(ended.text)")
        }

        /// A file that cannot be written is told, and there is no pass without it.
        @Test func aFileThatCannotBeWritten() throws {
            let ended = try shell("mkdir -p run/report.html/in-the-way && $holdfast simulate $plan --out run")
            defer { try? FileManager.default.removeItem(at: ended.directory) }
            #expect(ended.status == 109)
            #expect(ended.text.contains("holdfast: error: cannot write run/report.html: "), "\(ended.text)")
            let left = try FileManager.default.contentsOfDirectory(atPath: ended.directory.appending(path: "run").path)
            #expect(
                left.sorted() == [
                    "events.jsonl", "junit.xml", "logs", "plan.yaml", "report.html", "result.json", "summary.md",
                ]
            )
        }

        @Test func runsOfOneSecondDoNotShareADirectory() throws {
            let three = "for run in 1 2 3; do $holdfast simulate $plan --quiet >/dev/null & done; wait"
            let ended = try shell("\(three); ls -d runs/*/result.json")
            defer { try? FileManager.default.removeItem(at: ended.directory) }
            #expect(ended.text.split(separator: "\n").count == 3, "\(ended.text)")
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func aSignalEndsItWithAResult(signal: Int32) async throws {
            let long = ["--set", "duration=10000h", "--set", "churn={ lifetime: { mean: 1m } }"]
            let running = try Program.start(["simulate", "Plans/uneven-departures.yaml"] + long)
            _ = await running.wait(within: 30) {
                FileManager.default.fileExists(atPath: "\(running.directory)/plan.yaml")
            }
            kill(running.process.processIdentifier, signal)
            let ended = try await running.end(within: 60)
            #expect(ended.status == 105, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.verdict == .invalid)
            #expect(result.reasons.first == "aborted by \(signal == SIGINT ? "SIGINT" : "SIGTERM")")
        }
    }
}
