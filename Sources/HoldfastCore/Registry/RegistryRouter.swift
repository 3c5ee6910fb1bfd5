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
    private let everyone: [GatewayID]
    /// By gateway, and of all of them.
    private var reportedAt: [Instant]
    private var heardAt = Instant(nanoseconds: .min)
    private var cursor: GatewayID = 0

    /// A router over `gateways` gateways that has heard of no load yet and picks at random until it does.
    ///
    /// With `countsOwnPicks` a pick counts until the gateway's next report replaces it. When the last report of all is
    /// as old as `expiry`, it counts as none; nil trusts it for ever.
    public init(policy: RegistryPolicy, gateways: Int, countsOwnPicks: Bool, expiry: Span? = nil) {
        self.policy = policy
        self.countsOwnPicks = countsOwnPicks
        self.expiry = expiry
        everyone = (0..<gateways).map { GatewayID($0) }
        estimates = [UInt64](repeating: 0, count: gateways)
        reportedAt = [Instant](repeating: Instant(nanoseconds: .min), count: gateways)
    }

    /// The gateways carried `loads` connections at `time`; a report no newer than the last is ignored.
    public mutating func report(_ loads: [UInt64], at time: Instant) {
        guard time > heardAt, loads.count == estimates.count else { return }
        for (gateway, load) in loads.enumerated() { report(load, of: GatewayID(gateway), at: time) }
    }

    /// One gateway carried `load` connections at `time`; a report no newer than its last is ignored.
    public mutating func report(_ load: UInt64, of gateway: GatewayID, at time: Instant) {
        guard time > reportedAt[Int(gateway)] else { return }
        estimates[Int(gateway)] = load
        reportedAt[Int(gateway)] = time
        heardAt = max(heardAt, time)
    }

    /// Whether there is a report young enough to pick by.
    public func isInformed(now: Instant) -> Bool {
        guard heardAt > Instant(nanoseconds: .min) else { return false }
        return expiry.map { now < heardAt + $0 } ?? true
    }

    /// The gateway for a new client by the random bits `draw`; nil when there are no gateways.
    public mutating func pick(_ draw: UInt64, now: Instant) -> GatewayID? {
        guard let pick = choice(draw, among: OfferedGateways(everyone), now: now) else { return nil }
        take(pick)
        return pick
    }

    /// What it would pick of some gateways, each of which has reported.
    func choice(_ draw: UInt64, among offered: OfferedGateways, now: Instant) -> GatewayID? {
        guard offered.count > 0 else { return nil }
        switch policy {
        case .random: return offered[even(draw, offered)]
        case .roundRobin: return offered[offered.number(from: cursor)]
        case .headroomWeighted, .leastReported, .powerOfTwo: break
        }
        guard isInformed(now: now) else { return offered[even(draw, offered)] }
        switch policy {
        case .headroomWeighted(let cap): return offered[byHeadroom(cap, draw, offered)]
        case .leastReported: return offered[least(offered)]
        case .powerOfTwo, .random, .roundRobin: return offered[lessOfTwo(draw, offered)]
        }
    }

    /// A client goes to `gateway`.
    mutating func take(_ gateway: GatewayID) {
        cursor = gateway + 1
        if countsOwnPicks { estimates[Int(gateway)] += 1 }
    }

    private func even(_ draw: UInt64, _ offered: OfferedGateways) -> Int { Int(below(UInt64(offered.count), draw)) }

    private func estimate(_ offered: OfferedGateways, _ number: Int) -> UInt64 { estimates[Int(offered[number])] }

    private func least(_ offered: OfferedGateways) -> Int {
        let start = offered.number(from: cursor)
        var best = start
        for step in 1..<max(1, offered.count) {
            let sum = start + step
            let number = sum < offered.count ? sum : sum - offered.count
            if estimate(offered, number) < estimate(offered, best) { best = number }
        }
        return best
    }

    private func lessOfTwo(_ draw: UInt64, _ offered: OfferedGateways) -> Int {
        guard offered.count > 1 else { return 0 }
        let (first, second) = TwoChoices.pair(of: offered.count, draw: draw)
        return estimate(offered, second) < estimate(offered, first) ? second : first
    }

    private func byHeadroom(_ cap: Double, _ draw: UInt64, _ offered: OfferedGateways) -> Int {
        var sum: UInt64 = 0
        for number in 0..<offered.count { sum += estimate(offered, number) }
        let limit = cap * Double(sum) / Double(offered.count)
        var total = 0.0
        for number in 0..<offered.count { total += max(0, limit - Double(estimate(offered, number))) }
        guard total > 0 else { return even(draw, offered) }
        // 53 bits, as many as a Double holds.
        var remaining = unitDouble(draw) * total
        var last = 0
        for number in 0..<offered.count where Double(estimate(offered, number)) < limit {
            remaining -= limit - Double(estimate(offered, number))
            if remaining < 0 { return number }
            last = number
        }
        return last
    }
}
