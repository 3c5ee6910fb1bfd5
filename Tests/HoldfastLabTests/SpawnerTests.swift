import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastLab

@Suite struct SpawnerTests {
    let directory: TemporaryDirectory
    let spawner: Spawner

    init() throws {
        directory = try TemporaryDirectory()
        spawner = Spawner(janitor: try Janitor(directoryRoot: directory.path))
    }

    @Test func argumentsEnvironmentAndDirectoryArrive() async throws {
        let child = try spawner.spawn(
            executable: "/bin/sh",
            arguments: ["-c", "echo \"$1|$COLOUR|$PWD|$(cat)\"; echo trouble >&2; exit 7", "sh", "two words"],
            environment: ["COLOUR": "blue=green", "PATH": "/bin:/usr/bin"],
            workingDirectory: directory.path,
            standardOutput: .file(directory.file("out")),
            standardError: .file(directory.file("err"))
        )
        #expect(await child.waitForExit(within: .seconds(10)) == .code(7))
        #expect(try directory.text("out") == "two words|blue=green|\(directory.path)|\n")
        #expect(try directory.text("err") == "trouble\n")
        #expect(spawner.janitor.stop() == .clean)
    }

    @Test(arguments: [
        ("/nowhere/at-all", ENOENT), ("/etc/passwd", EACCES), ("/etc", EACCES), ("/etc/passwd/x", ENOTDIR),
    ])
    func aFailedExecIsReported(path: String, errorNumber: Int32) throws {
        #expect(throws: SpawnError.cannotExecute(path, errorNumber: errorNumber)) {
            try spawner.spawn(executable: path)
        }
        #expect(spawner.janitor.stop() == .clean)
    }

    @Test func otherFailuresAreToldApart() throws {
        #expect(throws: SpawnError.noWorkingDirectory("/nowhere", errorNumber: ENOENT)) {
            try spawner.spawn(executable: "/bin/true", workingDirectory: "/nowhere")
        }
        #expect(throws: SpawnError.cannotOpen("/nowhere/log", errorNumber: ENOENT)) {
            try spawner.spawn(executable: "/bin/true", standardOutput: .file("/nowhere/log"))
        }
        let line = SpawnError.cannotExecute("/nowhere", errorNumber: ENOENT).description
        #expect(line == "cannot execute /nowhere: No such file or directory")
    }

    /// The forgotten descriptor is the kind that libraries leave behind: open, high, and not close-on-exec.
    @Test func onlyTheLifelineIsInherited() async throws {
        let forgotten = fcntl(STDERR_FILENO, F_DUPFD, 700)
        defer { close(forgotten) }
        let lifeline = try Lifeline()
        let plain = try spawner.spawn(executable: "/bin/sleep", arguments: ["1000"])
        let attached = try spawner.spawn(executable: "/bin/sleep", arguments: ["1000"], inherit: lifeline)
        // A program that was executed a moment ago may still be opening its libraries.
        #expect(try await eventually { try descriptors(of: plain.pid) == [0, 1, 2] })
        #expect(try await eventually { try descriptors(of: attached.pid) == [0, 1, 2, 3] })
        #expect(try descriptors(of: spawner.janitor.pid).contains(700) == false)
        plain.kill()
        attached.kill()
        #expect(await attached.waitForExit(within: .seconds(5)) == .signal(SIGKILL))
        #expect(await plain.waitForExit(within: .seconds(5)) == .signal(SIGKILL))
    }

    @Test func signalsAreDefaultAndTheGroupIsItsOwn() async throws {
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        let child = try spawner.spawn(executable: "/bin/sleep", arguments: ["1000"])
        let status = try String(contentsOfFile: "/proc/\(child.pid)/status", encoding: .utf8)
        for name in ["SigBlk", "SigIgn", "SigCgt"] {
            #expect(status.contains("\(name):\t0000000000000000\n"), "\(name) of\n\(status)")
        }
        #expect(ProcessEntry(pid: child.pid)?.group == child.pid)
        #expect(child.isAlive)
        child.signal(SIGTERM)
        #expect(await child.waitForExit(within: .seconds(5)) == .signal(SIGTERM))
        #expect(child.signal(SIGTERM) == false)
    }

    /// Threads of a pool have the niceness that the pool gave them.
    @Test func nicenessIsThatOfTheMainThread() async throws {
        let process = __priority_which_t(PRIO_PROCESS.rawValue)
        let own = getpriority(process, id_t(getpid()))
        let output = directory.file("nice")
        let child: ChildProcess = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { [spawner] in
                setpriority(process, 0, own + 3)
                let result = Result { try spawner.spawn(executable: "/usr/bin/nice", standardOutput: .file(output)) }
                continuation.resume(with: result)
            }
        }
        #expect(await child.waitForExit(within: .seconds(10)) == .code(0))
        #expect(try directory.text("nice") == "\(own)\n")
        #expect(spawner.janitor.stop() == .clean)
    }

    @Test func theLifelineEndsWithItsOwner() async throws {
        var lifeline: Lifeline? = try Lifeline()
        let script = "eval \"read line <&$HOLDFAST_LIFELINE\"; exit 9"
        let child = try spawner.spawn(executable: "/bin/sh", arguments: ["-c", script], inherit: lifeline)
        try await Task.sleep(for: .milliseconds(50))
        #expect(child.isAlive)
        lifeline = nil
        #expect(await child.waitForExit(within: .seconds(5)) == .code(9))
        #expect(lifeline == nil)
    }

    @Test func whatALeaderLeavesBehindIsKilled() async throws {
        let child = try spawner.spawn(executable: "/bin/sh", arguments: ["-c", "/bin/sleep 1000 & exit 3"])
        #expect(await child.waitForExit(within: .seconds(5)) == .code(3))
        let group = child.pid
        #expect(try await eventually { try !ProcessEntry.all().contains { $0.group == group && $0.isLiving } })
        #expect(spawner.janitor.stop() == .clean)
    }

    @Test func aChildThatIgnoresTheRequestIsKilled() async throws {
        let script = "trap '' TERM; echo ready; while :; do sleep 1; done"
        let out = directory.file("out")
        let child = try spawner.spawn(
            executable: "/bin/sh",
            arguments: ["-c", script],
            standardOutput: .file(out)
        )
        #expect(await eventually { TextFile.read(out) == "ready\n" })
        #expect(await child.stop(grace: .milliseconds(50)) == .signal(SIGKILL))
    }

    @Test func programsAreFoundInThePathThenInSystemDirectories() throws {
        let script = directory.file("tool")
        try "#!/bin/sh\n".write(toFile: script, atomically: true, encoding: .utf8)
        #expect(Executable.find("tool", searchPath: "relative::\(directory.path)") == nil)
        chmod(script, 0o755)
        #expect(Executable.find("tool", searchPath: "relative::\(directory.path)") == script)
        #expect(Executable.find("holdfast-no-such-tool") == nil)
        #expect(Executable.current()?.hasPrefix("/") == true)
    }
}
