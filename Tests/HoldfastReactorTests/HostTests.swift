import Glibc
import Testing

@testable import HoldfastReactor

@Suite struct HostTests {
    @Test func portsBelowTheKernelsOwnAreLeft() throws {
        #expect(try #require(Host.firstEphemeralPort) > 1024)
    }

    @Test func theDescriptorLimitIsWhatTheKernelGrants() {
        let limit = Host.raiseDescriptorLimit()
        let highest = dup2(0, Int32(limit) - 1)
        #expect(highest == Int32(limit) - 1)
        close(highest)
        #expect(dup2(0, Int32(limit)) == -1)
    }
}
