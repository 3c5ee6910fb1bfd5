import Testing

@testable import HoldfastCore

/// What policies wait, over many sessions, against closed forms.
@Suite struct ReconnectOracleTests {
    static let sessions = 20_000

    /// The waits before attempt `attempt`, in seconds, each session with draws of its own.
    static func waits(_ delay: ReconnectPolicy.Delay, before attempt: UInt32) -> [Double] {
        (0..<UInt32(sessions)).map { id in
            var backoff = Backoff()
            var wait: Span?
            for number in 0...attempt {
                backoff.attempts = number
                wait = backoff.nextWait(delay, draw: Seed(42).draw(.backoff, actor: id, UInt64(number)))
            }
            return wait?.seconds ?? .nan
        }
    }

    struct Expected: Sendable {
        var delay: ReconnectPolicy.Delay
        var attempt: UInt32
        var range: ClosedRange<Double>
        var mean: Double
        var variance: Double

        /// U(low, high): mean (low + high) / 2, variance (high - low)^2 / 12.
        static func uniform(_ delay: ReconnectPolicy.Delay, _ attempt: UInt32, _ range: ClosedRange<Double>) -> Self {
            let width = range.upperBound - range.lowerBound
            let mean = (range.lowerBound + range.upperBound) / 2
            return Expected(delay: delay, attempt: attempt, range: range, mean: mean, variance: width * width / 12)
        }
    }

    static func exponential(_ jitter: Jitter, cap: Int64 = 60) -> ReconnectPolicy.Delay {
        .exponential(base: .seconds(2), cap: .seconds(cap), jitter: jitter)
    }

    static let closedForms: [Expected] = [
        .uniform(exponential(.full), 0, 0...2), .uniform(exponential(.full), 3, 0...16),
        .uniform(exponential(.full), 9, 0...60), .uniform(exponential(.equal), 0, 1...2),
        .uniform(exponential(.equal), 3, 8...16), .uniform(exponential(.proportional), 0, 1.6...2.4),
        .uniform(exponential(.proportional), 9, 48...72), .uniform(exponential(.decorrelated), 0, 2...6),
        // X ~ U(b, 3b), then U(b, 3X): the mean is 3.5b, the variance is E[(3X - b)^2] / 12 + 9/4 Var X, which is
        // 28/12 b^2 + 3/4 b^2.
        Expected(
            delay: exponential(.decorrelated),
            attempt: 1,
            range: 2...18,
            mean: 7,
            variance: (28.0 / 12 + 0.75) * 4
        ),
        .uniform(ReconnectPolicy.grpc.delay, 0, 0.8...1.2), .uniform(ReconnectPolicy.grpc.delay, 2, 2.048...3.072),
        .uniform(ReconnectPolicy.grpc.delay, 50, 96...144), .uniform(ReconnectPolicy.nats.delay, 0, 2...2.1),
        .uniform(ReconnectPolicy.nats.delay, 59, 2...2.1), .uniform(ReconnectPolicy.websocket.delay, 0, 0...5),
        .uniform(ReconnectPolicy.mars.delay, 22, 120...139),
    ]

    /// Five standard errors; the kurtosis of everything here is at most 3.
    @Test(arguments: closedForms)
    func spreadAsCalculated(expected: Expected) {
        let waits = Self.waits(expected.delay, before: expected.attempt)
        let count = Double(waits.count)
        let mean = waits.reduce(0, +) / count
        let variance = waits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        #expect(abs(mean - expected.mean) < 5 * (expected.variance / count).squareRoot())
        #expect(abs(variance - expected.variance) < 5 * expected.variance * (2 / count).squareRoot())
        // A nanosecond for the rounding of each wait.
        #expect((waits.min() ?? .nan) >= expected.range.lowerBound - 1e-9)
        #expect((waits.max() ?? .nan) <= expected.range.upperBound + 1e-9)
        // Of 20,000 even draws the extremes come within a thousandth of the ends (5e-9 that one does not).
        let width = expected.range.upperBound - expected.range.lowerBound
        guard expected.attempt != 1 else { return }
        #expect((waits.min() ?? .nan) < expected.range.lowerBound + width / 1000)
        #expect((waits.max() ?? .nan) > expected.range.upperBound - width / 1000)
    }

    /// In milliseconds, the same for every draw.
    static let fixed: [(delay: ReconnectPolicy.Delay, waits: [Int64])] = [
        (ReconnectPolicy.phoenix.delay, [10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000, 5000, 5000]),
        (.table(DelayTable([.zero, .seconds(3)])), [0, 3000, 3000]),
        (
            .exponential(ExponentialDelay(base: .seconds(1), cap: .seconds(30), factor: 3, jitter: .none)),
            [1000, 3000, 9000, 27_000, 30_000, 30_000]
        ),
        (
            ReconnectPolicy.mars.delay,
            [Int64](repeating: 15_000, count: 4) + [Int64](repeating: 30_000, count: 18)
        ),
    ]

    @Test(arguments: fixed, [UInt64.zero, 1 << 63, .max])
    func waitsWithoutJitter(policy: (delay: ReconnectPolicy.Delay, waits: [Int64]), draw: UInt64) {
        let waits = BackoffTests.waits(policy.delay, count: policy.waits.count, draw: draw)
        #expect(waits == policy.waits.map { .milliseconds($0) })
    }

    /// 3.1 s * 1.618^n after the random first wait, at most 90 s: the eighth would be 90.01 s.
    @Test func theWebSocketClientGrowsAfterItsFirstWait() {
        let waits = BackoffTests.waits(ReconnectPolicy.websocket.delay, count: 10, draw: 1 << 63)
        let expected = [2.5, 3.1, 5.0158, 8.1155644, 13.1309832, 21.2459308, 34.3759161, 55.6202322, 89.9935358, 90]
        #expect(zip(waits, expected).allSatisfy { abs(($0?.seconds ?? .nan) - $1) < 1e-6 })
    }

    @Test func aTableOfAllAttemptsIsNotLeft() {
        let table = DelayTable([.seconds(1), .seconds(2)], spread: .seconds(1))
        #expect(table.wait(before: 0, unit: 0.5) == .seconds(1))
        #expect(table.wait(before: 1, unit: 0.5) == .milliseconds(2500))
        #expect(table.wait(before: .max, unit: 0) == .seconds(2))
    }
}
