/// How much a gateway may carry under `bounded-load` (Mirrokni, Thorup and Zadimoghaddam, arXiv 1608.01350): its share
/// of all connections, the new one included, times a factor, rounded up.
///
/// A bound when a connection is placed only: nothing moves when others end. Whole percent, as HAProxy's
/// `hash-balance-factor` has them, so that no rounding of fractions decides.
struct BoundedLoad: Sendable {
    private let percent: UInt64

    /// A bound of `factor` times the even share, 1.01 or more.
    init(factor: Double) { percent = UInt64(max(101, (factor * 100).rounded())) }

    /// The connections that a gateway of `weight` may have, of gateways with `weights` together that have `open`.
    func slots(open: UInt64, weight: UInt64, weights: UInt64) -> UInt64 {
        let share = (open + 1) * percent * weight
        return (share + 100 * weights - 1) / (100 * weights)
    }
}
