import Foundation
import Testing

@testable import HoldfastCore

/// Bucket i holds (2^(i/32), 2^((i+1)/32)]: a bound belongs to the bucket below it.
@Suite struct HistogramTests {
    @Test func theBoundsOfAnOctave() {
        #expect(octaveBounds.count == 33)
        #expect(octaveBounds[0] == 1)
        #expect(octaveBounds[32] == 2)
        #expect(octaveBounds[16] == 2.0.squareRoot())
        for (index, bound) in octaveBounds.enumerated() {
            let expected = pow(2, Double(index) / 32)
            #expect((bound - expected).magnitude <= 2 * expected.ulp, "bound \(index)")
        }
    }

    @Test(arguments: [-1022, -1021, -60, -33, -10, -2, -1, 0, 1, 2, 31, 32, 33, 60, 1022, 1023])
    func powersOfTwoAndTheirNeighbours(exponent: Int32) {
        let power = Double(sign: .plus, exponent: Int(exponent), significand: 1)
        #expect(Histogram.bucket(of: power) == exponent * 32 - 1)
        #expect(Histogram.bucket(of: power.nextUp) == exponent * 32)
        #expect(Histogram.bucket(of: power.nextDown) == exponent * 32 - 1)
    }

    @Test(arguments: [-40, -1, 0, 1, 7])
    func everyBoundOfAnOctaveAndItsNeighbours(exponent: Int32) {
        for step in 1..<32 {
            let bound = Double(sign: .plus, exponent: Int(exponent), significand: octaveBounds[step])
            let below = exponent * 32 + Int32(step) - 1
            #expect(Histogram.bucket(of: bound) == below)
            #expect(Histogram.bucket(of: bound.nextDown) == below)
            #expect(Histogram.bucket(of: bound.nextUp) == below + 1)
        }
    }

    /// The table's answer is that of counting the bounds below, at every step of the table and between.
    @Test func theTableAgreesWithCounting() {
        for index in 0..<4096 {
            let significand = 1 + Double(index) / 4096
            for value in [significand, significand.nextUp, significand + 0x1p-13] {
                let below = octaveBounds.count { $0 < value }
                #expect(Histogram.bucket(of: value) == Int32(below) - 1)
            }
        }
    }

    @Test func theSmallestAndTheLargestValues() {
        #expect(Histogram.bucket(of: .leastNonzeroMagnitude) == -1074 * 32 - 1)
        #expect(Histogram.bucket(of: Double.leastNormalMagnitude.nextDown) == -1022 * 32 - 1)
        #expect(Histogram.bucket(of: .greatestFiniteMagnitude) == 1024 * 32 - 1)
    }

    @Test func anEmptyHistogramKnowsNothing() {
        let histogram = Histogram()
        #expect(histogram.count == 0)
        #expect(histogram.min == nil)
        #expect(histogram.max == nil)
        #expect(histogram.mean == nil)
        #expect(histogram.quantile(0.5) == nil)
    }

    @Test func oneValueIsEveryQuantile() {
        var histogram = Histogram()
        histogram.record(0.012)
        for q in [0, 0.5, 0.99, 1] { #expect(histogram.quantile(q) == 0.012) }
        #expect(histogram.min == 0.012)
        #expect(histogram.max == 0.012)
        #expect(histogram.mean == 0.012)
    }

    /// Rank ceil(q * count): of 1 ... 8 octaves apart, each value in a bucket of its own.
    @Test(
        arguments: [
            (-1, 1), (0, 1), (0.125, 1), (0.126, 2), (0.25, 2), (0.5, 4), (0.501, 5), (0.875, 7), (0.876, 8), (1, 8),
            (2, 8),
        ] as [(Double, Int)]
    )
    func theRankOfAQuantile(q: Double, rank: Int) throws {
        var histogram = Histogram()
        for exponent in 1...8 { histogram.record(Double(1 << exponent)) }
        let value = try #require(histogram.quantile(q))
        #expect(Histogram.bucket(of: value) == Int32(rank * 32 - 1))
    }

    @Test func quantilesLieWithinTheBucketAndTheRange() throws {
        let stream = Seed(1).stream(.workload, actor: 0)
        let values = (0..<UInt64(10_000)).map { 0.001 + 20 * unitDouble(stream.draw($0)) }
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        let sorted = values.sorted()
        for q in [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999] {
            let exact = sorted[Int((q * 10_000).rounded(.up)) - 1]
            let value = try #require(histogram.quantile(q))
            // A bucket is 2.2 % wide and stands for its geometric mean.
            #expect((value / exact - 1).magnitude < 0.011, "q \(q)")
        }
        #expect(histogram.quantile(1) == sorted.last)
        #expect(histogram.min == sorted.first)
    }

    @Test func quantilesNeverLeaveMinimumAndMaximum() throws {
        var histogram = Histogram()
        histogram.record(12.01)
        histogram.record(12.02)
        histogram.record(12.03)
        for q in [0.0, 0.3, 0.5, 0.9, 1] {
            #expect((12.01...12.03).contains(try #require(histogram.quantile(q))))
        }
    }

    @Test func zeroAndNegativeValuesAreCountedApart() {
        var histogram = Histogram()
        for value in [0, -0.0, -3, 5] { histogram.record(value) }
        #expect(histogram.count == 4)
        #expect(histogram.zeroCount == 3)
        #expect(histogram.buckets.reduce(0, +) == 1)
        #expect(histogram.min == -3)
        #expect(histogram.max == 5)
        #expect(histogram.sum == 2)
        #expect(histogram.quantile(0.5) == 0)
        #expect(histogram.quantile(0.76) == 5)
    }

    @Test func onlyNegativeValues() {
        var histogram = Histogram()
        histogram.record(-2)
        histogram.record(-1)
        #expect(histogram.quantile(0.5) == -1)
        #expect(histogram.quantile(1) == -1)
    }

    @Test func notANumberIsIgnoredAndInfinityIsKept() {
        var histogram = Histogram()
        histogram.record(.nan)
        #expect(histogram == Histogram())
        histogram.record(.infinity)
        histogram.record(1)
        #expect(histogram.count == 2)
        #expect(histogram.max == .infinity)
        #expect(histogram.quantile(0.5) == 1)
    }

    @Test func spansAreSeconds() {
        var histogram = Histogram()
        histogram.record(.milliseconds(250))
        #expect(histogram.max == 0.25)
    }

    /// Dyadic values, so that the sums are exact in any order.
    @Test func mergingIsRecordingTheUnion() {
        let stream = Seed(9).stream(.workload, actor: 1)
        let values = (0..<UInt64(600)).map { draw -> Double in
            let bits = stream.draw(draw)
            return Double(sign: .plus, exponent: Int(bits & 15) - 8, significand: 1 + Double(bits >> 60) / 16)
        }
        var whole = Histogram()
        var parts = [Histogram](repeating: Histogram(), count: 3)
        for (index, value) in (values + [0, -1]).enumerated() {
            whole.record(value)
            parts[index % 3].record(value)
        }
        #expect(merged([0, 1, 2].map { parts[$0] }) == whole)
        #expect(merged([2, 0, 1].map { parts[$0] }) == whole)
        #expect(merged([merged([parts[1], parts[2]]), parts[0]]) == whole)
        #expect(merged([whole, Histogram()]) == whole)
        #expect(merged([Histogram(), whole]) == whole)
    }

    @Test func aHistogramFromItsParts() {
        var original = Histogram()
        for value in [0, 0.5, 3, 1000] { original.record(value) }
        let copy = Histogram(
            zeroCount: original.zeroCount,
            sum: original.sum,
            min: 0,
            max: 1000,
            offset: original.offset,
            buckets: original.buckets
        )
        #expect(copy == original)
        let empty = Histogram(zeroCount: 0, sum: 0, min: 0, max: 0, offset: 0, buckets: [])
        #expect(empty == Histogram())
    }

    private func merged(_ parts: [Histogram]) -> Histogram {
        parts.reduce(into: Histogram()) { $0.merge($1) }
    }
}
