/// How much each gateway should carry beside the others.
public struct GatewayWeights: Equatable, Sendable {
    /// One for each gateway, in lowest terms.
    let values: [UInt64]
    /// Their sum.
    let total: UInt64
    /// The largest of them.
    let largest: UInt64

    /// The weights of `gateways` gateways: `weights`, one for each, or all alike when there are none.
    /// - Precondition: none or one for each gateway, all above 0.
    public init(_ weights: [Int], gateways: Int) {
        precondition(weights.isEmpty || weights.count == gateways, "\(weights.count) weights for \(gateways) gateways.")
        precondition(weights.allSatisfy { $0 > 0 }, "A gateway without weight.")
        let divisor = weights.reduce(0) { greatestCommonDivisor($0, $1) }
        values = weights.isEmpty ? [UInt64](repeating: 1, count: gateways) : weights.map { UInt64($0 / divisor) }
        total = values.reduce(0, +)
        largest = values.max() ?? 0
    }

    /// Whether all gateways should carry as much.
    var areEqual: Bool { largest <= 1 }

    /// The gateway on which the random bits `draw` fall, each as likely as its weight among those that `isThere` lets
    /// pass; nil when it lets nobody pass.
    func pick(_ draw: UInt64, isThere: (Int) -> Bool) -> Int? {
        var sum: UInt64 = 0
        for gateway in values.indices where isThere(gateway) { sum += values[gateway] }
        var rest = below(sum, draw)
        for gateway in values.indices where isThere(gateway) {
            if rest < values[gateway] { return gateway }
            rest -= values[gateway]
        }
        return nil
    }

    /// Whether `left` connections on gateway `first` are less for its weight than `right` on gateway `second`.
    func isLess(_ left: UInt64, on first: Int, than right: UInt64, on second: Int) -> Bool {
        left * values[second] < right * values[first]
    }
}

private func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
}
