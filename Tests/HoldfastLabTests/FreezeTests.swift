import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastLab

@Suite struct FreezeTests {
    let spawner: Spawner

    init() throws { spawner = Spawner(janitor: try Janitor()) }

    private func states(ofGroup group: Int32) throws -> [Character] {
        try ProcessEntry.all().filter { $0.group == group }.map(\.state)
    }

    @Test func everyMemberIsStoppedWhenItReturns() async throws {
        let script = "for i in 1 2 3; do (while :; do :; done) & done; wait"
        let child = try spawner.spawn(executable: "/bin/sh", arguments: ["-c", script])
        #expect(try await eventually { try states(ofGroup: child.pid).count == 4 })
        for _ in 0..<5 {
            let before = MonotonicClock.now()
            let instant = try child.freeze()
            #expect(try states(ofGroup: child.pid) == ["T", "T", "T", "T"])
            #expect(instant >= before && instant <= MonotonicClock.now())
            #expect(child.isAlive)
            child.thaw()
            #expect(try await eventually { try !states(ofGroup: child.pid).contains("T") })
        }
        _ = try child.freeze()
        child.kill()
        #expect(await child.waitForExit(within: .seconds(5)) == .signal(SIGKILL))
        #expect(try await eventually { try states(ofGroup: child.pid).allSatisfy { $0 == "Z" } })
    }

    /// A group whose members come and go while the signal is under way.
    @Test func membersBornMeanwhileAreStoppedToo() async throws {
        let script = "while :; do /bin/true & done"
        let child = try spawner.spawn(executable: "/bin/sh", arguments: ["-c", script])
        for _ in 0..<10 {
            _ = try child.freeze(within: .seconds(5))
            #expect(try states(ofGroup: child.pid).allSatisfy { $0 == "T" || $0 == "Z" })
            child.thaw()
        }
        child.kill()
        #expect(await child.waitForExit(within: .seconds(5)) == .signal(SIGKILL))
    }

    @Test func whatHasEndedCannotBeFrozen() async throws {
        let child = try spawner.spawn(executable: "/bin/true")
        #expect(await child.waitForExit(within: .seconds(5)) == .code(0))
        #expect(throws: FreezeError.ended) { try child.freeze() }
    }

    /// The state of a process with several threads is that of all of them.
    @Test func aRunningProcessIsNotStill() {
        let own = ProcessGroup.Member(pid: getpid(), state: UInt8(ascii: "R"))
        #expect(ProcessGroup.waitUntilStill([own], until: MonotonicClock.now()) == nil)
        let nobody = ProcessGroup.Member(pid: Int32.max, state: UInt8(ascii: "R"))
        #expect(ProcessGroup.waitUntilStill([nobody], until: .zero) != nil)
    }
}
