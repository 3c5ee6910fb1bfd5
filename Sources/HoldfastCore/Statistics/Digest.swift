/// An order-independent summary of a set of connections: two sides that hold the same set have equal digests.
public struct Digest: Hashable, Sendable {
    /// Connections in the set.
    public var count: UInt64
    /// Sum mod 2^64 of `mix64((session << 32 | ordinal) + G)` over them.
    public var sum: UInt64

    /// A digest from its parts; of the empty set by default.
    @inlinable
    public init(count: UInt64 = 0, sum: UInt64 = 0) {
        self.count = count
        self.sum = sum
    }

    /// Adds one connection.
    @inlinable
    public mutating func insert(session: SessionID, ordinal: Ordinal) {
        count &+= 1
        sum &+= Digest.term(session, ordinal)
    }

    /// Takes out one connection that was inserted before.
    @inlinable
    public mutating func remove(session: SessionID, ordinal: Ordinal) {
        count &-= 1
        sum &-= Digest.term(session, ordinal)
    }

    /// The digest of the union of two disjoint sets.
    @inlinable
    public static func + (left: Digest, right: Digest) -> Digest {
        Digest(count: left.count &+ right.count, sum: left.sum &+ right.sum)
    }

    @inlinable
    static func term(_ session: SessionID, _ ordinal: Ordinal) -> UInt64 {
        mix64((UInt64(session) << 32 | UInt64(ordinal)) &+ goldenGamma)
    }
}
