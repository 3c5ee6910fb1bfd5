import CSpawnRehearsal
import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastLab

@Suite struct JanitorTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func living(inSession session: Int32) throws -> [Int32] {
        try ProcessEntry.all().filter { $0.session == session && $0.isLiving }.map(\.pid)
    }

    /// A coordinator dies with one child stopped by SIGSTOP and one with children of its own.
    @Test func nothingOfAKilledCoordinatorIsLeft() async throws {
        let sockets = directory.file("sockets")
        try FileManager.default.createDirectory(atPath: sockets + "/deep", withIntermediateDirectories: true)
        try "".write(toFile: sockets + "/deep/file", atomically: true, encoding: .utf8)
        let rehearsal = rehearse_coordinator(directory.path, sockets)
        try #require(rehearsal.supervisor > 0 && rehearsal.error == 0)
        #expect(try living(inSession: rehearsal.supervisor).count == 6)
        #expect(ProcessEntry(pid: rehearsal.stopped)?.state == "T")
        let janitor = try #require(ProcessEntry(pid: rehearsal.janitor))
        #expect(janitor.session == janitor.pid, "a session of its own")

        kill(rehearsal.supervisor, SIGKILL)
        #expect(try await eventually(within: 5) { try living(inSession: rehearsal.supervisor).isEmpty })
        #expect(await eventually(within: 5) { ProcessEntry(pid: rehearsal.janitor)?.isLiving != true })
        #expect(!FileManager.default.fileExists(atPath: sockets))
        #expect(FileManager.default.fileExists(atPath: directory.path))
        waitpid(rehearsal.supervisor, nil, 0)
    }

    /// Whatever a coordinator is doing when it dies (between fork and registration, between that and exec), no child
    /// escapes.
    @Test func noChildEscapesAtAnyInstant() async throws {
        for round in 0..<25 {
            let supervisor = rehearse_spawning(directory.path)
            try #require(supervisor > 0)
            try await Task.sleep(for: .microseconds(300 + round * 811 % 9_000))
            kill(supervisor, SIGKILL)
            waitpid(supervisor, nil, 0)
            #expect(try await eventually(within: 5) { try living(inSession: supervisor).isEmpty }, "round \(round)")
        }
    }

    @Test func itHoldsNothingAndIgnoresSignals() async throws {
        let janitor = try Janitor(directoryRoot: directory.path)
        let isDetached = try await eventually { try descriptors(of: janitor.pid) == [0, 1, 2, 3] }
        #expect(isDetached)
        #expect(try String(contentsOfFile: "/proc/\(janitor.pid)/comm", encoding: .utf8) == "holdfast-janit\n")
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGPIPE, SIGALRM, SIGTSTP] {
            kill(janitor.pid, signal)
        }
        try await Task.sleep(for: .milliseconds(20))
        #expect(janitor.isAlive)
        #expect(janitor.stop() == .clean)
        #expect(!janitor.isAlive)
        #expect(janitor.stop() == .clean)
    }

    @Test func whatStillRunsIsKilledAtTheEnd() async throws {
        let janitor = try Janitor(directoryRoot: directory.path)
        let child = try Spawner(janitor: janitor).spawn(executable: "/bin/sleep", arguments: ["1000"])
        _ = try child.freeze()
        #expect(janitor.stop() == .killed)
        #expect(await child.waitForExit(within: .seconds(5)) == .signal(SIGKILL))
    }

    @Test func withoutItNothingIsStarted() async throws {
        let janitor = try Janitor(directoryRoot: directory.path)
        let spawner = Spawner(janitor: janitor)
        kill(janitor.pid, SIGKILL)
        #expect(await eventually { !janitor.isAlive })
        #expect(throws: SpawnError.noJanitor(errorNumber: EPIPE)) { try spawner.spawn(executable: "/bin/true") }
        #expect(throws: JanitorError.gone(errorNumber: EPIPE)) {
            try janitor.removeAtEnd(directory.file("sockets"))
        }
        #expect(janitor.stop() == .lost)
        #expect(throws: SpawnError.noJanitor(errorNumber: EPIPE)) { try spawner.spawn(executable: "/bin/true") }
    }

    @Test(arguments: [
        "", "/", "/tmp", "/etc/x", "ROOT", "ROOT/", "ROOT/../x", "ROOT/.", "ROOT//x", "ROOTx/y", "ROOT/x/..",
    ])
    func onlyWhatLiesBelowItsRootIsRemoved(pattern: String) throws {
        let janitor = try Janitor(directoryRoot: directory.path)
        let path = pattern.replacingOccurrences(of: "ROOT", with: directory.path)
        #expect(throws: JanitorError.outsideRoot(path, root: directory.path)) { try janitor.removeAtEnd(path) }
        #expect(janitor.stop() == .clean)
    }

    @Test func noLinkLeadsTheRemovalElsewhere() throws {
        let files = FileManager.default
        try files.createDirectory(atPath: directory.file("precious/inner"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: directory.file("link"), withDestinationPath: directory.file("precious"))
        let janitor = try Janitor(directoryRoot: directory.path)
        let sockets = try SocketDirectory(janitor: janitor)
        try files.createSymbolicLink(atPath: sockets.path(of: "out"), withDestinationPath: directory.file("precious"))
        try janitor.removeAtEnd(directory.file("link/inner"))
        #expect(janitor.stop() == .incomplete)
        #expect(files.fileExists(atPath: directory.file("precious/inner")))
        #expect(!files.fileExists(atPath: sockets.path))
    }

    @Test func socketDirectoriesArePrivateAndShort() throws {
        let janitor = try Janitor()
        let sockets = try SocketDirectory(janitor: janitor)
        var status = stat()
        #expect(stat(sockets.path, &status) == 0)
        #expect(status.st_mode == S_IFDIR | 0o700)
        #expect(sockets.path(of: "haproxy.sock").utf8.count < UnixSocketQuery.longestPath)
        #expect(janitor.stop() == .clean)
        #expect(stat(sockets.path, &status) != 0)
    }

    @Test func itsTableOfDirectoriesIsBounded() throws {
        let janitor = try Janitor(directoryRoot: directory.path)
        for index in 0..<16 { try janitor.removeAtEnd(directory.file("\(index)")) }
        #expect(throws: JanitorError.tooMany("directories", limit: 16)) {
            try janitor.removeAtEnd(directory.file("16"))
        }
        #expect(janitor.stop() == .clean)
    }
}
