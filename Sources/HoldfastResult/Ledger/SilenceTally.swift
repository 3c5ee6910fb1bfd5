import HoldfastCore

/// How long connections had been silent when the other end finished or reset them: what an idle timeout on the way, the
/// gateway's or somebody else's, looks like from outside.
public struct SilenceTally: Equatable, Sendable {
    /// Connections by their silence in plan seconds, rounded to whole ones; the last count has all that were longer.
    public private(set) var counts: [UInt64] = []

    /// Silences that are told apart: up to an hour. So a tally of any run takes at most 29 kB.
    public static let longest = 3_600

    /// Nothing counted.
    public init() {}

    /// A tally from what was sent over a wire; counts beyond the longest silence are left out.
    public init(counts: [UInt64]) { self.counts = Array(counts.prefix(SilenceTally.longest + 2)) }

    /// Connections counted.
    public var total: UInt64 { counts.reduce(0, +) }

    /// Counts a connection that ended after this silence, in plan time.
    public mutating func record(_ silence: Span) {
        let second = Int(min(max(0, silence.seconds.rounded()), Double(SilenceTally.longest + 1)))
        if second >= counts.count { counts += [UInt64](repeating: 0, count: second + 1 - counts.count) }
        counts[second] += 1
    }

    /// Adds what another tally counted.
    public mutating func merge(_ other: SilenceTally) {
        if other.counts.count > counts.count {
            counts += [UInt64](repeating: 0, count: other.counts.count - counts.count)
        }
        for (second, count) in other.counts.enumerated() { counts[second] += count }
    }

    /// The silence in plan seconds that most of the connections have in common, give or take one, and how many do.
    ///
    /// Nil below ten of them, which may agree by chance. Nil as well below five seconds: sessions that write every few
    /// seconds are never silent for longer, so whatever ends them seems to wait for that.
    public var commonSilence: (seconds: Double, count: UInt64)? {
        var best: (seconds: Double, count: UInt64)?
        for second in SilenceTally.shortest...SilenceTally.longest where second < counts.count {
            let near = (second - 1)...min(second + 1, SilenceTally.longest, counts.count - 1)
            let count = near.reduce(0) { $0 + counts[$1] }
            guard count > best?.count ?? 0 else { continue }
            best = (near.reduce(0) { $0 + Double($1) * Double(counts[$1]) } / Double(count), count)
        }
        guard let best, best.count >= SilenceTally.least, best.count > total / 2 else { return nil }
        return best
    }

    private static let shortest = 5
    private static let least: UInt64 = 10
}
