import HoldfastCore
import Testing

@testable import HoldfastPlan

/// The reports of all gateways stand to t0 as the seed says, whoever started when.
@Suite struct ReportTimesTests {
    private func times(seed: UInt64, timeScale: Double = 1) throws -> ReportTimes {
        let text = """
            name: p
            sessions: 10
            seed: \(seed)
            timeScale: \(timeScale)
            target: { gateways: 2, via: client, algorithm: least-reported, registry: { reportInterval: 5s } }
            """
        return try #require(ReportTimes(Plan.parse(text: text, file: "plan.yaml")))
    }

    @Test func beforeAndAfterTheStart() throws {
        let times = try times(seed: 42)
        #expect(times.phase > .zero && times.phase < .seconds(5))
        let t0 = Instant.zero + .seconds(100)
        let first = t0 + times.phase
        let tick = Span(nanoseconds: 1)
        // As long as t0 is not known, and while it is still far.
        #expect(times.next(after: .zero, t0: nil) == .zero + .seconds(5))
        #expect(times.next(after: .zero, t0: t0) == .zero + .seconds(5))
        #expect(times.next(after: first - .seconds(3), t0: t0) == first)
        #expect(times.next(after: first - tick, t0: t0) == first)
        // From then on five seconds apart, and none twice.
        #expect(times.next(after: first, t0: t0) == first + .seconds(5))
        #expect(times.next(after: first + .seconds(5) - tick, t0: t0) == first + .seconds(5))
        #expect(times.next(after: first + .seconds(12), t0: t0) == first + .seconds(15))
    }

    /// Uniform within the interval: of 1,000 seeds each fifth has 200, and four standard deviations are 51.
    @Test func seedsSpreadThem() throws {
        var fifths = [0, 0, 0, 0, 0]
        for seed in 1...1_000 as ClosedRange<UInt64> {
            fifths[Int(try times(seed: seed).phase.seconds)] += 1
        }
        #expect(fifths.allSatisfy { 149...251 ~= $0 }, "\(fifths)")
    }

    @Test func timeScaleShortensThem() throws {
        let times = try times(seed: 42, timeScale: 10)
        #expect(times.interval == .milliseconds(500))
        #expect(times.phase == (try self.times(seed: 42).phase).scaled(by: 0.1))
    }

    @Test func withoutARegistryThereAreNone() throws {
        let text = "name: p\nsessions: 10\ntarget: { gateways: 2 }\n"
        #expect(ReportTimes(try Plan.parse(text: text, file: "plan.yaml")) == nil)
    }
}
