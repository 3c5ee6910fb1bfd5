import Testing

@testable import HoldfastLab

@Suite struct StolenTimeMeterTests {
    @Test func readsWhatTheKernelSays() throws {
        let text = "cpu  100 20 30 800 5 6 7 32 4 3\ncpu0 50 10 15 400 2 3 3 16 2 1\n"
        let reading = try #require(StolenTimeMeter.Reading(text))
        // What guests used is part of the first two.
        #expect((reading.stolen, reading.all) == (32, 1_000))
        #expect(StolenTimeMeter.Reading("") == nil)
        #expect(StolenTimeMeter.Reading("cpu 1 2 3 4\n") == nil)
        #expect(StolenTimeMeter.Reading("cpu0 1 2 3 4 5 6 7 8\n") == nil)
    }

    @Test func sharesAreOfAllTimeBetween() throws {
        let earlier = try #require(StolenTimeMeter.Reading("cpu 0 0 0 100 0 0 0 10\n"))
        let later = try #require(StolenTimeMeter.Reading("cpu 0 0 0 140 0 0 0 70\n"))
        #expect(later.share(since: earlier) == 0.6)
        #expect(earlier.share(since: later) == nil)
        #expect(later.share(since: later) == nil)
    }

    @Test func measuresThisMachine() async throws {
        var meter = StolenTimeMeter()
        #expect(meter.share == nil)
        try await Task.sleep(for: .milliseconds(100))
        meter.sample()
        let share = try #require(meter.share)
        #expect((0...1).contains(share) && share <= meter.peakShare)
    }
}
