import Foundation
import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

@Suite struct LifelineTests {
    @Test func closedLifelineEndsTheProcess() async {
        await #expect(processExitsWith: .exitCode(Lifeline.exitCode)) {
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            setenv(Lifeline.variable, "\(ends[0])", 1)
            let isWatched = try Lifeline.watchInherited()
            #expect(isWatched)
            close(ends[1])
            sleep(20)
            exit(1)
        }
    }

    @Test func openLifelineLetsTheProcessLive() async {
        await #expect(processExitsWith: .exitCode(42)) {
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            setenv(Lifeline.variable, "\(ends[0])", 1)
            let isWatched = try Lifeline.watchInherited()
            #expect(isWatched)
            var byte: UInt8 = 7
            #expect(write(ends[1], &byte, 1) == 1)
            usleep(200_000)
            #expect(fcntl(ends[0], F_GETFD) & FD_CLOEXEC != 0)
            exit(42)
        }
    }

    @Test(arguments: ["", "x", "-1", "987"])
    func wrongLifelineIsRefused(value: String) async {
        await #expect(processExitsWith: .exitCode(43)) { [value] in
            setenv(Lifeline.variable, value, 1)
            do throws(LifelineError) {
                _ = try Lifeline.watchInherited()
            } catch {
                exit(error == LifelineError(found: value) ? 43 : 44)
            }
        }
    }

    @Test func processWithoutLifelineIsLeftAlone() async {
        await #expect(processExitsWith: .exitCode(45)) {
            unsetenv(Lifeline.variable)
            let isWatched = try Lifeline.watchInherited()
            exit(isWatched ? 46 : 45)
        }
    }
}

@Suite struct AgentUsageTests {
    @Test func growsWithWhatIsUsed() throws {
        let before = AgentUsage.current
        #expect(before.rssPeakBytes >= before.rssBytes && before.rssBytes >= before.anonymousBytes)
        let size = 64 << 20
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        memset(memory, 1, size)
        let descriptors = (0..<200).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        let after = AgentUsage.current
        for descriptor in descriptors { close(descriptor) }
        memory.deallocate()
        // The kernel's two counters differ by what it has not added up yet.
        #expect(AgentUsage.current.rssPeakBytes + UInt64(4 << 20) >= after.rssBytes)
        #expect(after.anonymousBytes >= before.anonymousBytes + UInt64(size) / 2)
        #expect(after.rssPeakBytes >= before.rssBytes + UInt64(size) / 2)
        #expect(after.descriptors >= before.descriptors + 150)
        #expect(after.cpuSeconds > before.cpuSeconds)
    }

    /// Two others for each CPU: whoever runs on has to wait now and then.
    @Test func pressureIsCounted() throws {
        let others = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in try busy() }
        defer { for other in others { kill(other.processIdentifier, SIGKILL) } }
        var pressure = CPUPressure(now: ControlClock.now)
        // What the machine's host takes meanwhile is neither running nor waiting.
        for _ in 0..<10 where pressure.saturatedSeconds == 0 {
            let end = ControlClock.now + Span.milliseconds(200)
            while ControlClock.now < end {}
            pressure.sample(now: ControlClock.now)
        }
        #expect(pressure.wait.count > 3)
        #expect(try #require(pressure.wait.max) > 0)
        // It always had something to do.
        #expect(pressure.saturatedSeconds >= 0.2)
        var harness = HarnessReport()
        pressure.fill(&harness)
        #expect(harness.cpuWait == pressure.wait && harness.cpuSaturatedSeconds == pressure.saturatedSeconds)
    }

    @Test func whoeverSleepsIsNotSaturated() {
        var pressure = CPUPressure(now: ControlClock.now)
        usleep(200_000)
        pressure.sample(now: ControlClock.now)
        #expect(pressure.saturatedSeconds == 0)
    }

    private func busy() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "while ((SECONDS < 5)); do :; done"]
        try process.run()
        return process
    }

    @Test func peaksOfAReportNeverFall() {
        var harness = HarnessReport()
        harness.fdsPeak = 19_000
        harness.rssPeakBytes = 1
        AgentUsage.current.fill(&harness)
        #expect(harness.fdsPeak == 19_000)
        #expect(harness.rssPeakBytes > 1 << 20)
        #expect(harness.pid == getpid())
        #expect(harness.cpuSeconds > 0)
    }

    @Test func buildIsKnown() {
        #expect(BuildIdentity.current.hasPrefix(BuildIdentity.version + "-"))
        #expect(BuildIdentity.current.utf8.count <= ControlLimits.word)
    }
}
