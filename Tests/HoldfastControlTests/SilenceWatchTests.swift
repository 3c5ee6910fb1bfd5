import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

/// When an agent is called silent, as a drawing of time: a look every 100 ms.
@Suite struct SilenceWatchTests {
    private let gateway = AgentID(role: .gateway, index: 1)

    private func instant(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    /// Nothing is heard after 0: suspected at the first look after 3 s, silent 1.5 s after that.
    @Test func silentAfterTwoLooksFarEnoughApart() {
        var watch = SilenceWatch()
        for at in stride(from: Int64(0), through: 4_600, by: 100) {
            let isSilent = watch.isSilent(gateway, heard: instant(0), instant(at))
            #expect(!isSilent, "\(at) ms")
        }
        let isSilent = watch.isSilent(gateway, heard: instant(0), instant(4_700))
        #expect(isSilent)
    }

    /// The whole machine stands still for ten seconds; the gateway is heard a second after everybody goes on.
    @Test func aMachineThatStoodStillIsNoSilence() {
        var watch = SilenceWatch()
        var heard = instant(0)
        for at in [0, 500, 10_500, 10_600, 11_400] {
            let isSilent = watch.isSilent(gateway, heard: heard, instant(Int64(at)))
            #expect(!isSilent, "\(at) ms")
        }
        heard = instant(11_500)
        for at in stride(from: Int64(11_500), through: 14_500, by: 100) {
            let isSilent = watch.isSilent(gateway, heard: heard, instant(at))
            #expect(!isSilent, "\(at) ms")
        }
    }

    /// A word in between begins it anew.
    @Test func whoSpeaksIsNotSuspectedAnyMore() {
        var watch = SilenceWatch()
        let looks: [(heard: Int64, at: Int64)] = [(0, 3_100), (3_200, 3_300), (3_200, 6_300), (3_200, 7_800)]
        for look in looks {
            let isSilent = watch.isSilent(gateway, heard: instant(look.heard), instant(look.at))
            #expect(!isSilent, "\(look.at) ms")
        }
        let isSilent = watch.isSilent(gateway, heard: instant(3_200), instant(7_801))
        #expect(isSilent)
    }
}
