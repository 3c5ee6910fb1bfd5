import HoldfastCore
import Testing

@Suite struct PaceTests {
    @Test(arguments: [
        (UInt32(0), 500.0, Int64(0)), (1, 500, 2_000_000), (500, 500, 1_000_000_000), (1, 3, 333_333_333),
        (1_000_000, 50_000, 20_000_000_000),
    ])
    func startsAreDueAtTheirRate(index: UInt32, rate: Double, nanoseconds: Int64) {
        let start = Instant(nanoseconds: 7)
        let pace = Pace(start: start, ratePerSecond: rate)
        #expect(pace.instant(of: index) - start == Span(nanoseconds: nanoseconds))
    }
}
