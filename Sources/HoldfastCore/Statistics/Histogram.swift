/// A base-2 exponential histogram of positive seconds at fixed scale 5: 32 buckets an octave, values within 1.1 %.
///
/// Bucket `i` holds (2^(i/32), 2^((i+1)/32)], as in OTLP's exponential histogram, so merging and exporting lose
/// nothing. Minimum, maximum and sum are exact. Zero and negative values are counted apart.
public struct Histogram: Equatable, Sendable {
    /// OTLP's name for the resolution: buckets an octave = 2^scale.
    public static let scale = 5
    /// Values recorded.
    public private(set) var count: UInt64 = 0
    /// Values at or below zero.
    public private(set) var zeroCount: UInt64 = 0
    /// Sum of all values; seconds.
    public private(set) var sum: Double = 0
    /// Smallest value; nil when empty.
    public var min: Double? { count == 0 ? nil : smallest }
    /// Largest value; nil when empty.
    public var max: Double? { count == 0 ? nil : largest }
    /// The index of the first bucket in `buckets`.
    public private(set) var offset: Int32 = 0
    /// Counts from `offset` upwards; bounded by the exponents of a double.
    public private(set) var buckets: [UInt64] = []

    private var smallest = Double.infinity
    private var largest = -Double.infinity

    /// An empty histogram.
    public init() {}

    /// A histogram from what was sent over a wire; the caller has checked that the counts add up.
    public init(
        zeroCount: UInt64,
        sum: Double,
        min: Double,
        max: Double,
        offset: Int32,
        buckets: [UInt64]
    ) {
        self.count = buckets.reduce(zeroCount, &+)
        self.zeroCount = zeroCount
        self.sum = sum
        self.offset = offset
        self.buckets = buckets
        if count > 0 {
            smallest = min
            largest = max
        }
    }

    /// Records one value, or the same value `times` times; not-a-number is ignored.
    public mutating func record(_ seconds: Double, times: UInt64 = 1) {
        guard !seconds.isNaN, times > 0 else { return }
        count &+= times
        sum += seconds * Double(times)
        if seconds < smallest { smallest = seconds }
        if seconds > largest { largest = seconds }
        guard seconds > 0 else {
            zeroCount &+= times
            return
        }
        add(times, at: Histogram.bucket(of: Swift.min(seconds, .greatestFiniteMagnitude)))
    }

    /// Records one span.
    public mutating func record(_ span: Span) { record(span.seconds) }

    /// Adds everything that `other` holds; order and grouping of merges do not matter.
    public mutating func merge(_ other: Histogram) {
        guard other.count > 0 else { return }
        count &+= other.count
        zeroCount &+= other.zeroCount
        sum += other.sum
        smallest = Swift.min(smallest, other.smallest)
        largest = Swift.max(largest, other.largest)
        for (position, count) in other.buckets.enumerated() where count > 0 {
            add(count, at: other.offset + Int32(position))
        }
    }

    /// The value of rank `ceil(q * count)`: its bucket's geometric mean, clamped to the exact minimum and maximum.
    /// `q` beyond 0 ... 1 is taken as the nearer of them. Nil when empty.
    public func quantile(_ q: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = Swift.max(1, UInt64((Swift.min(1, Swift.max(0, q)) * Double(count)).rounded(.up)))
        if rank >= count { return largest }
        var seen = zeroCount
        if rank <= seen { return Swift.min(Swift.max(0, smallest), largest) }
        for (position, count) in buckets.enumerated() {
            seen &+= count
            if rank <= seen {
                let middle = Histogram.middle(of: offset + Int32(position))
                return Swift.min(Swift.max(middle, smallest), largest)
            }
        }
        return largest
    }

    /// The arithmetic mean; nil when empty.
    public var mean: Double? { count == 0 ? nil : sum / Double(count) }

    private mutating func add(_ count: UInt64, at index: Int32) {
        if buckets.isEmpty {
            offset = index
        } else if index < offset {
            buckets.insert(contentsOf: repeatElement(0, count: Int(offset - index)), at: 0)
            offset = index
        }
        let position = Int(index - offset)
        if position >= buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: position - buckets.count + 1))
        }
        buckets[position] &+= count
    }

    /// The bucket of a positive value, from its exponent's bits and two tables: a heartbeat each records one.
    static func bucket(of value: Double) -> Int32 {
        // The library's own exponent and significand are calls; what is not normal is none of anybody's times.
        let isNormal = value >= .leastNormalMagnitude
        let exponent = isNormal ? Int32(truncatingIfNeeded: value.bitPattern >> 52) - 1_023 : Int32(value.exponent)
        let significand = isNormal ? Double(bitPattern: value.significandBitPattern | 1_023 << 52) : value.significand
        let sixtyFourth = Int(significand.significandBitPattern >> 46)
        var step = Int32(octaveSteps[sixtyFourth])
        if octaveBounds[Int(step)] < significand { step += 1 }
        return exponent * 32 + step - 1
    }

    private static func middle(of index: Int32) -> Double {
        let exponent = index >> 5
        let step = Int(index & 31)
        let significand = (octaveBounds[step] * octaveBounds[step + 1]).squareRoot()
        return Double(sign: .plus, exponent: Int(exponent), significand: significand)
    }
}

/// 2^(i/32) for i in 0 ... 32, by repeated square roots: correctly rounded operations only, so alike everywhere.
let octaveBounds: [Double] = {
    let roots = [0.5, 0.25, 0.125, 0.0625, 0.03125].map { power in
        var value = 2.0
        var remaining = 1.0
        while remaining > power {
            value = value.squareRoot()
            remaining /= 2
        }
        return value
    }
    let bounds = (0..<32).map { index in
        var product = 1.0
        for bit in 0..<5 where index & (16 >> bit) != 0 { product *= roots[bit] }
        return product
    }
    return bounds + [2]
}()

/// How many bounds lie below 1 + i/64, for i in 0 ..< 64. Bounds are more than 1/64 apart, so between one sixty-fourth
/// and the next there is at most one more.
let octaveSteps: [UInt8] = (0..<64).map { index in
    let start = 1 + Double(index) / 64
    return UInt8(octaveBounds.count { $0 < start })
}
