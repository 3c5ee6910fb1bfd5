/// Maglev as a balancer has it: whenever a gateway goes or comes, the table is dealt anew to those in service. That
/// moves a few sessions of the others as well.
struct Maglev: Sendable {
    private let weights: GatewayWeights
    private let whole: MaglevTable
    /// The last table that was not of all, and whose it is.
    private var reduced: MaglevTable
    private var members: [Bool]
    private var turns: MaglevTurns
    /// The service list as it was when `members` was compared with it, and the instants for which that holds.
    private var failures: UInt64 = 0
    private var comparedAt = Instant.never
    private var holdsUntil = Instant.never

    /// All gateways in service.
    init(_ weights: GatewayWeights) {
        self.weights = weights
        whole = MaglevTable(weights)
        members = [Bool](repeating: false, count: weights.values.count)
        turns = MaglevTurns(count: members.count, size: whole.entries.count)
        // Dealt to nobody, and in memory of its own from now on.
        reduced = whole
        reduced.fill(weights, &turns) { _ in false }
    }

    /// The gateway of `key` among those in service.
    mutating func pick(_ key: UInt64, _ service: ServiceList, at now: Instant) -> Int? {
        if service.isWhole(at: now) { return whole.pick(key) { _ in true } }
        if service.failures != failures || now < comparedAt || now >= holdsUntil { compare(service, now) }
        return reduced.pick(key) { _ in true }
    }

    private mutating func compare(_ service: ServiceList, _ now: Instant) {
        failures = service.failures
        comparedAt = now
        holdsUntil = service.nextReturn(after: now)
        var isSame = true
        for gateway in members.indices where members[gateway] != service.contains(gateway, at: now) {
            members[gateway].toggle()
            isSame = false
        }
        guard !isSame else { return }
        let members = members
        reduced.fill(weights, &turns) { members[$0] }
    }
}
