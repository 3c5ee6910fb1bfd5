import HoldfastCore
import Testing

/// Natural ends of connections.
@Suite struct LifetimeTests {
    static let seed = Seed(42)
    static let exponential = Churn(distribution: .exponential, mean: .seconds(10))

    @Test func aFixedLifetimeEndsOnEveryMultiple() {
        let churn = Churn(distribution: .fixed, mean: .seconds(3))
        var queue = LifetimeQueue(churn, seed: Self.seed, sessions: 7..<9, start: .zero + .seconds(1))
        #expect(queue.nextInstant == .zero + .seconds(4))
        #expect(queue.takeDue(at: .zero + Span(nanoseconds: 3_999_999_999)) == nil)
        var ends: [LifetimeQueue.End] = []
        while let end = queue.takeDue(at: .zero + .seconds(7)) { ends.append(end) }
        #expect(ends.map(\.session) == [7, 8, 7, 8])
        #expect(ends.map(\.at.nanoseconds) == [4, 4, 7, 7].map { $0 * 1_000_000_000 })
        #expect(ends.map(\.renewal) == [0, 0, 1, 1])
        #expect(queue.nextInstant == .zero + .seconds(10))
    }

    @Test func endsComeInOrderAndAreThoseOfTheDraws() {
        let sessions: Range<SessionID> = 100..<400
        var queue = LifetimeQueue(Self.exponential, seed: Self.seed, sessions: sessions, start: .zero)
        var clocks: [SessionID: Instant] = [:]
        var last = Instant.zero
        for _ in 0..<3_000 {
            guard let end = queue.takeDue(at: .never) else { break }
            #expect(end.at >= last)
            last = end.at
            let life = Self.exponential.lifetime(of: end.session, renewal: end.renewal, seed: Self.seed)
            #expect(end.at == clocks[end.session, default: .zero] + life)
            clocks[end.session] = end.at
        }
        #expect(clocks.count == sessions.count)
    }

    /// A part of the sessions has the ends that they have among all of them.
    @Test func aPartOfTheSessionsHasTheSameEnds() {
        func ends(_ sessions: Range<SessionID>) -> [LifetimeQueue.End] {
            var queue = LifetimeQueue(Self.exponential, seed: Self.seed, sessions: sessions, start: .zero)
            var ends: [LifetimeQueue.End] = []
            while let end = queue.takeDue(at: .zero + .seconds(60)) { ends.append(end) }
            return ends
        }
        #expect(ends(20..<30) == ends(0..<50).filter { (20..<30).contains($0.session) })
    }

    /// Renewals without memory: over T the number of ends of a session is Poisson with mean T / mean.
    @Test func exponentialLifetimesGivePoissonCounts() {
        let sessions: Range<SessionID> = 0..<2_000
        var queue = LifetimeQueue(Self.exponential, seed: Self.seed, sessions: sessions, start: .zero)
        var counts = [Double](repeating: 0, count: sessions.count)
        while let end = queue.takeDue(at: .zero + .seconds(200)) { counts[Int(end.session)] += 1 }
        let mean = counts.reduce(0, +) / Double(counts.count)
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count - 1)
        // Five standard errors: of the mean sqrt(20 / 2000), of the variance about 20 sqrt(2 / 2000).
        #expect(abs(mean - 20) < 0.5)
        #expect(abs(variance - 20) < 3.2)
    }

    @Test func withoutSessionsNothingEnds() {
        var queue = LifetimeQueue(Self.exponential, seed: Self.seed, sessions: 5..<5, start: .zero)
        #expect(queue.nextInstant == .never)
        #expect(queue.takeDue(at: .never) == nil)
    }
}
