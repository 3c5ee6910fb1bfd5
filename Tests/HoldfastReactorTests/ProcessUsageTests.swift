import Glibc
import Testing

@testable import HoldfastReactor

@Suite struct ProcessUsageTests {
    @Test func theKernelAnswers() throws {
        let usage = ProcessUsage.current
        #expect(usage.cpuSeconds > 0)
        #expect(usage.residentPeakBytes > 1 << 20)
        let anonymous = try #require(ProcessUsage.anonymousBytes)
        #expect(anonymous > 1 << 20)
        #expect(anonymous <= usage.residentPeakBytes)
        #expect(try #require(ProcessUsage.firstEphemeralPort) > 1024)
    }

    @Test func descriptorsAreCounted() {
        let extra = (0..<100).map { _ in dup(0) }
        #expect(ProcessUsage.openDescriptors >= 100)
        for descriptor in extra { close(descriptor) }
    }
}
