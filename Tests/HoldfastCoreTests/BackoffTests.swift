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

    static func exponential(_ jitter: Jitter) -> ReconnectPolicy.Delay {
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

    /// A fifth either way, even above the cap.
    @Test func proportionalSpreadsAFifthEitherWay() {
        #expect(
            Self.waits(Self.exponential(.proportional), count: 5, draw: 0)
                == [800, 1600, 3200, 6400, 8000].map { .milliseconds($0) }
        )
        #expect(Self.waits(Self.exponential(.proportional), count: 1, draw: Self.half) == [.seconds(1)])
        #expect(Self.waits(Self.exponential(.proportional), count: 5, draw: .max)[4]! <= .seconds(12))
        #expect(Self.waits(Self.exponential(.proportional), count: 5, draw: .max)[4]! > .milliseconds(11_999))
    }

    /// 1, 1.6, 2.56, 4.096 ... up to 120 s, which 1.6^11 exceeds.
    @Test func grpcGrowsByEightFifths() {
        let waits = Self.waits(ReconnectPolicy.grpc.delay, count: 13, draw: Self.half).map { $0!.seconds }
        let expected = [1, 1.6, 2.56, 4.096, 6.5536]
        for (wait, expected) in zip(waits, expected) { #expect(abs(wait - expected) < 1e-6) }
        #expect(waits[10] < 120)
        #expect(waits[11] == 120)
        #expect(waits[12] == 120)
    }

    @Test func aTableRepeatsItsLast() {
        let table = ReconnectPolicy.Delay.table([.milliseconds(10), .seconds(1)])
        #expect(
            Self.waits(table, count: 4, draw: Self.half) == [.milliseconds(10), .seconds(1), .seconds(1), .seconds(1)]
        )
        let phoenix = Self.waits(ReconnectPolicy.phoenix.delay, count: 12, draw: 0)
        #expect(phoenix[8] == .seconds(2))
        #expect(phoenix[9] == .seconds(5))
        #expect(phoenix[11] == .seconds(5))
    }
}
