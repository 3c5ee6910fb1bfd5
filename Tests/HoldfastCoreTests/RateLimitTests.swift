import HoldfastCore
import Testing

/// How a limited rate is kept.
@Suite struct RateLimitTests {
    static let start = Instant.zero + .seconds(100)

    /// Accepts whenever it may, looking every `turn`; the number accepted in the ten seconds after the first one.
    static func accepted(ratePerSecond: Double?, turn: Span) -> Int {
        var pace = RateLimit(ratePerSecond: ratePerSecond)
        var count = 0
        var now = start
        while now < start + .seconds(10) {
            while pace.next <= now, count < 1_000_000 {
                pace.note(now)
                count += 1
                if ratePerSecond == nil { break }
            }
            now = now + turn
        }
        return count
    }

    /// Late turns cost nothing below what is made up for, and the rate is never exceeded by more than that.
    @Test(arguments: [
        (100.0, Span.milliseconds(1), 1002), (100, .milliseconds(7), 1002), (500, .milliseconds(15), 5010),
        (3, .milliseconds(1), 31), (10_000, .milliseconds(1), 100_200),
    ])
    func theRateIsKept(rate: Double, turn: Span, most: Int) {
        let count = Self.accepted(ratePerSecond: rate, turn: turn)
        #expect(count <= most)
        #expect(Double(count) >= rate * 10 * 0.99)
    }

    /// After a pause there is no burst: 20 ms of 100 a second are two, and the one that is due.
    @Test func aPauseIsNotMadeUpFor() {
        var pace = RateLimit(ratePerSecond: 100)
        pace.note(Self.start)
        let later = Self.start + .seconds(60)
        var burst = 0
        while pace.next <= later {
            pace.note(later)
            burst += 1
        }
        #expect(burst == 3)
    }

    @Test func withoutARateNobodyWaits() {
        var pace = RateLimit(ratePerSecond: nil)
        for _ in 0..<100 { pace.note(Self.start) }
        #expect(pace.next <= Self.start)
    }
}
