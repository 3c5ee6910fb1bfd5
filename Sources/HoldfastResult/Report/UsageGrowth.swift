import HoldfastCore

/// How much more a process holds late in a run than early in it, when it had warmed up: what leaks shows here.
///
/// ```
/// cuts     0       1/4       1/2       3/4       end
///          |--------|=========|---------|=========|
///                      early               late
/// ```
///
/// The most in each window stands for it: buffers come and go with the load, and the load of a long run repeats itself.
public struct UsageGrowth: Equatable, Sendable {
    /// What was held at one time, or at most.
    public struct Usage: Equatable, Sendable {
        /// Memory that is no file's; bytes.
        public var anonymousBytes: UInt64
        /// Open descriptors.
        public var descriptors: UInt64

        /// So much.
        public init(anonymousBytes: UInt64 = 0, descriptors: UInt64 = 0) {
            self.anonymousBytes = anonymousBytes
            self.descriptors = descriptors
        }

        /// The greater of both, in each respect.
        mutating func raise(to other: Usage) {
            anonymousBytes = max(anonymousBytes, other.anonymousBytes)
            descriptors = max(descriptors, other.descriptors)
        }
    }

    /// The most in the second quarter of the run, nothing before it; nil for who came too late for all of it.
    public var early: Usage?
    /// The most in its last quarter; nil before.
    public var late: Usage?

    /// Nothing seen yet.
    public init() {}

    /// What windows had at most.
    public init(early: Usage?, late: Usage?) {
        self.early = early
        self.late = late
    }

    /// What was held after the cut at `second` of a run whose last one is at `endSecond`.
    public mutating func note(_ usage: Usage, second: Int32, endSecond: Int32) {
        let quarter = Double(second) * 4 / Double(max(endSecond, 1))
        switch quarter {
        case ..<1: early = Usage()
        case ..<2: early?.raise(to: usage)
        case 3... where early != nil:
            late = late ?? Usage()
            late?.raise(to: usage)
        default: break
        }
    }

    /// Late over early memory, less 1; nil unless it lived through both.
    public var memory: Double? { growth(\.anonymousBytes) }

    /// Late over early descriptors, less 1; nil unless it lived through both.
    public var descriptors: Double? { growth(\.descriptors) }

    private func growth(_ part: KeyPath<Usage, UInt64>) -> Double? {
        guard let early, let late, early[keyPath: part] > 0 else { return nil }
        let before = Double(early[keyPath: part])
        return (Double(late[keyPath: part]) - before) / before
    }
}
