import HoldfastCore

extension DrawStream {
    /// Draw number `counter`, below `count`.
    func below(_ count: UInt64, _ counter: UInt64) -> UInt64 { HoldfastCore.below(count, draw(counter)) }
}
