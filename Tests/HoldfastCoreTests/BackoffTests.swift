import Testing

@testable import HoldfastCore

@Suite struct BackoffTests {
    static func waits(_ delay: ReconnectPolicy.Delay, count: Int, draw: UInt64) -> [Span?] {
        var backoff = Backoff()
        return (0..<count).map { _ in
            let wait = backoff.nextWait(delay, draw: draw)
            backoff.attempts += 1
            return wait
        }
    }

    static func exponential(_ jitter: ReconnectPolicy.Jitter) -> ReconnectPolicy.Delay {
        .exponential(base: .seconds(1), cap: .seconds(10), jitter: jitter)
    }

    /// Half of the unit interval, as a draw.
    static let half: UInt64 = 1 << 63

    @Test func waitsInOrder() {
        #expect(Self.waits(.none, count: 1, draw: 0) == [nil])
        #expect(Self.waits(.immediate, count: 2, draw: 0) == [.zero, .zero])
        #expect(Self.waits(.fixed(.seconds(2)), count: 2, draw: 0) == [.seconds(2), .seconds(2)])
        #expect(
            Self.waits(Self.exponential(.none), count: 6, draw: Self.half) == [1, 2, 4, 8, 10, 10].map { .seconds($0) }
        )
        #expect(
            Self.waits(Self.exponential(.full), count: 5, draw: Self.half)
                == [500, 1000, 2000, 4000, 5000].map { .milliseconds($0) }
        )
        #expect(
            Self.waits(Self.exponential(.equal), count: 5, draw: Self.half)
                == [750, 1500, 3000, 6000, 7500].map { .milliseconds($0) }
        )
        // 1 + (3 - 1) / 2 = 2, then 1 + (6 - 1) / 2 = 3.5, 1 + (10.5 - 1) / 2 = 5.75, 9.125, capped.
        #expect(
            Self.waits(Self.exponential(.decorrelated), count: 5, draw: Self.half)
                == [2000, 3500, 5750, 9125, 10_000].map { .milliseconds($0) }
        )
    }

    @Test func bounds() {
        #expect(Self.waits(Self.exponential(.full), count: 1, draw: 0) == [.zero])
        #expect(Self.waits(Self.exponential(.equal), count: 1, draw: 0) == [.milliseconds(500)])
        #expect(Self.waits(Self.exponential(.decorrelated), count: 1, draw: 0) == [.seconds(1)])
        #expect(Self.waits(Self.exponential(.full), count: 1, draw: .max)[0]! <= .seconds(1))
    }

    @Test func manyAttemptsDoNotOverflow() {
        let waits = Self.waits(
            .exponential(base: .seconds(1), cap: .seconds(3600), jitter: .none),
            count: 200,
            draw: 0
        )
        #expect(waits.last == .seconds(3600))
    }
}
