/// The two draws of `power-of-two` (Mitzenmacher 2001), both from one draw of 64 bits.
enum TwoChoices {
    /// Two of `count` places, the first drawn first; distinct unless drawn with `replacement`.
    /// - Precondition: at least two places.
    static func pair(of count: Int, draw: UInt64, replacement: Bool = false) -> (first: Int, second: Int) {
        let first = Int(below(UInt64(count), draw))
        if replacement { return (first, Int(below(UInt64(count), mix64(draw)))) }
        let other = Int(below(UInt64(count - 1), mix64(draw)))
        return (first, other >= first ? other + 1 : other)
    }
}
