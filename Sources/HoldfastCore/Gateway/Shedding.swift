/// How gateways that hold more than their share ask the excess to go elsewhere.
public struct ShedPolicy: Equatable, Sendable {
    /// A gateway sheds when it holds more than this many times the mean; 1 or more.
    public var above: Double
    /// How many sessions one gateway asks to go in a second; above 0.
    public var ratePerSecond: Double
    /// From one look at the fleet's mean to the next.
    public var interval: Span

    /// A policy from its parts.
    public init(above: Double, ratePerSecond: Double, interval: Span) {
        self.above = above
        self.ratePerSecond = ratePerSecond
        self.interval = interval
    }
}

/// What the gateways in service hold together.
public struct FleetLoad: Equatable, Sendable {
    /// Connections of all of them.
    public var connections: UInt64
    /// How many gateways that are.
    public var gateways: UInt32

    /// A load from its parts.
    public init(connections: UInt64, gateways: UInt32) {
        self.connections = connections
        self.gateways = gateways
    }

    /// Connections of one gateway on average; nil without gateways.
    public var mean: Double? { gateways > 0 ? Double(connections) / Double(gateways) : nil }
}

/// When a gateway sheds, and down to what: to the mean, rounded up, of the fleet as it was when it began.
///
/// Who was asked to go must not come back, so the gateway refuses logins from the first one that it asks until the
/// fleet has as many connections again as it had then, which is when all of them have found a place, or until it has
/// waited for that in vain. What it knows of the others is some looks old; so it begins only after an excess that
/// lasted, and ends only after as long a quiet.
public struct Shedding: Sendable {
    /// By how many looks a mean may be late.
    public static let lateness = 3
    /// For how many looks it refuses logins after the last one that it asked to go, where the fleet does not recover.
    public static let patience = 10

    private let policy: ShedPolicy
    /// What it held at the looks before, the last one first.
    private var recent: [UInt64] = []
    /// What it goes down to; nil while it does not shed.
    private var goal: UInt64?
    /// What the fleet had when it began.
    private var before: UInt64 = 0
    private var quietLooks = 0
    private var nextTurn = Instant.zero

    /// A gateway that does not shed yet.
    public init(_ policy: ShedPolicy) { self.policy = policy }

    /// Whether it refuses logins.
    public var isRefusing: Bool { goal != nil }

    /// Takes note of what it holds itself, without those that it has asked to go, and of what it knows of the fleet,
    /// which may be nothing.
    public mutating func look(_ held: UInt64, _ fleet: FleetLoad?, now: Instant) {
        defer { recent = [held] + recent.prefix(Shedding.lateness - 2) }
        guard let fleet, let mean = fleet.mean else { return }
        let even = UInt64(mean.rounded(.up))
        guard let begun = goal else {
            guard recent.count == Shedding.lateness - 1 else { return }
            let lasting = recent.reduce(held, min)
            guard Double(lasting) > policy.above * mean, held > even else { return }
            goal = even
            before = fleet.connections
            quietLooks = 0
            nextTurn = now
            return
        }
        // With fewer others the share of everybody has grown.
        let goal = max(begun, even)
        self.goal = goal
        nextTurn = max(nextTurn, now)
        guard held <= goal else {
            quietLooks = 0
            return
        }
        quietLooks += 1
        let isRecovered = quietLooks >= Shedding.lateness && fleet.connections >= before
        if isRecovered || quietLooks >= Shedding.patience { self.goal = nil }
    }

    /// When it asks the next one, if it still holds `held`; nil when it asks nobody.
    public func nextTurn(_ held: UInt64) -> Instant? {
        guard let goal, held > goal else { return nil }
        return nextTurn
    }

    /// Whether it asks one to go at `now`, holding `held`.
    public mutating func takeTurn(_ held: UInt64, now: Instant) -> Bool {
        guard let next = nextTurn(held), next <= now else { return false }
        nextTurn = next + Span(seconds: 1 / policy.ratePerSecond)
        return true
    }
}
