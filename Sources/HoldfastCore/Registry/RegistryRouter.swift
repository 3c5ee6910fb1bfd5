/// One router of a registry: it sends clients to gateways by the loads that it last heard of.
///
/// Several routers hear the same reports but not of each other's picks, so each has its own value. A report that is
/// old misleads whoever follows it closely (Mitzenmacher, How Useful Is Old Information?, IEEE TPDS 11(1), 2000).
public struct RegistryRouter: Sendable {
    /// Connections per gateway as last reported, plus own picks since then if those are counted.
    public private(set) var estimates: [UInt64]

    private let policy: RegistryPolicy
    private let countsOwnPicks: Bool
    private let expiry: Span?
    private var reportedAt = Instant(nanoseconds: .min)
    private var cursor = 0

    /// A router over `gateways` gateways that has heard of no load yet and picks at random until it does.
    ///
    /// With `countsOwnPicks` a pick counts until the next report replaces it. A report as old as `expiry` counts as
    /// none; nil trusts it for ever.
    public init(policy: RegistryPolicy, gateways: Int, countsOwnPicks: Bool, expiry: Span? = nil) {
        self.policy = policy
        self.countsOwnPicks = countsOwnPicks
        self.expiry = expiry
        estimates = [UInt64](repeating: 0, count: gateways)
    }

    /// The gateways carried `loads` connections at `time`; a report no newer than the last is ignored.
    public mutating func report(_ loads: [UInt64], at time: Instant) {
        guard time > reportedAt, loads.count == estimates.count else { return }
        estimates = loads
        reportedAt = time
    }

    /// Whether there is a report young enough to pick by.
    public func isInformed(now: Instant) -> Bool {
        guard reportedAt > Instant(nanoseconds: .min) else { return false }
        return expiry.map { now < reportedAt + $0 } ?? true
    }

    /// The gateway for a new client by the random bits `draw`; nil when there are no gateways.
    public mutating func pick(_ draw: UInt64, now: Instant) -> GatewayID? {
        guard !estimates.isEmpty else { return nil }
        let pick: Int
        if isInformed(now: now) {
            switch policy {
            case .headroomWeighted(let cap): pick = byHeadroom(cap, draw)
            case .leastReported: pick = least()
            case .powerOfTwo: pick = lessOfTwo(draw)
            }
        } else {
            pick = even(draw)
        }
        cursor = pick + 1 == estimates.count ? 0 : pick + 1
        if countsOwnPicks { estimates[pick] += 1 }
        return GatewayID(pick)
    }

    private func even(_ draw: UInt64) -> Int { Int(below(UInt64(estimates.count), draw)) }

    private func least() -> Int {
        var best = cursor
        for step in estimates.indices {
            let gateway = (cursor + step) % estimates.count
            if estimates[gateway] < estimates[best] { best = gateway }
        }
        return best
    }

    private func lessOfTwo(_ draw: UInt64) -> Int {
        guard estimates.count > 1 else { return 0 }
        let (first, second) = TwoChoices.pair(of: estimates.count, draw: draw)
        return estimates[second] < estimates[first] ? second : first
    }

    private func byHeadroom(_ cap: Double, _ draw: UInt64) -> Int {
        let limit = cap * Double(estimates.reduce(0, +)) / Double(estimates.count)
        let total = estimates.reduce(0.0) { $0 + max(0, limit - Double($1)) }
        guard total > 0 else { return even(draw) }
        // 53 bits, as many as a Double holds.
        var remaining = Double(draw >> 11) * 0x1p-53 * total
        var last = 0
        for gateway in estimates.indices where Double(estimates[gateway]) < limit {
            remaining -= limit - Double(estimates[gateway])
            if remaining < 0 { return gateway }
            last = gateway
        }
        return last
    }
}
