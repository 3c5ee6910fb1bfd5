extension Seed {
    /// Position `index` of a pseudo-random permutation of `0 ..< count`.
    ///
    /// A balanced Feistel network of 4 rounds over the smallest even number of bits that holds `count - 1`, walked
    /// until the value is below `count` (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
    /// - Precondition: `index < count`.
    public func permute(_ purpose: Purpose, salt: UInt32, count: UInt32, _ index: UInt32) -> UInt32 {
        precondition(index < count, "A permutation of \(count) has no position \(index).")
        let bits = max(1, UInt32.bitWidth - (count - 1).leadingZeroBitCount)
        let half = UInt64((bits + 1) / 2)
        let mask = (UInt64(1) << half) - 1
        let stream = stream(purpose, actor: salt)
        var value = UInt64(index)
        repeat {
            var left = value >> half
            var right = value & mask
            for round in 0..<UInt64(4) {
                (left, right) = (right, left ^ (stream.draw(round << 32 | right) & mask))
            }
            value = left << half | right
        } while value >= UInt64(count)
        return UInt32(value)
    }
}
