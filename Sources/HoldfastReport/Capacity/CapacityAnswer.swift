import HoldfastResult

/// How many sessions a fleet holds, what gave way beyond, and how large a fleet would have to be: `capacity.json`.
public struct CapacityAnswer: Codable, Equatable, Sendable {
    /// The version of this schema.
    public static let currentSchema = 1

    /// The version of the schema that it was written with.
    public var schema = CapacityAnswer.currentSchema
    /// The plan's name.
    public var plan: String
    /// Whether the runs really happened.
    public var mode: RunMode
    /// Gateways of the fleet that was tried.
    public var gateways: Int
    /// The most sessions that held; null when no number did.
    @OrNull public var sessions: Int?
    /// What the busiest gateway held then.
    @OrNull public var sessionsPerGateway: UInt64?
    /// How much more than the mean that was.
    @OrNull public var maxOverMean: Double?
    /// The fewest sessions that did not hold; null when every number did.
    @OrNull public var brokenAt: Int?
    /// What gave way there.
    @OrNull public var limit: CapacityStep.Limit?
    /// The most that a gateway accepted in a second there; null unless that was the limit.
    @OrNull public var acceptsPerSecondPerGateway: Double?
    /// How many sessions are wanted.
    public var wanted: Int
    /// The gateways that hold them with one of them down; null where nothing held. More than are needed, perhaps, where
    /// `limit` is null or `harness`: what the gateways would have held was not found out.
    @OrNull public var gatewaysForWanted: Int?
    /// Every run, in order.
    public var steps: [CapacityStep]

    /// What `steps` amount to for a fleet of `gateways`.
    public init(plan: String, mode: RunMode, gateways: Int, wanted: Int, steps: [CapacityStep]) {
        self.plan = plan
        self.mode = mode
        self.gateways = gateways
        self.wanted = wanted
        self.steps = steps
        let held = steps.filter(\.holds).max { $0.sessions < $1.sessions }
        let broken = steps.filter { !$0.holds }.min { $0.sessions < $1.sessions }
        sessions = held?.sessions
        sessionsPerGateway = held?.busiestConnections
        maxOverMean = held?.maxOverMean
        brokenAt = broken?.sessions
        limit = broken?.limit
        acceptsPerSecondPerGateway = broken?.limit == .acceptRate ? broken?.acceptsPeakPerSecond : nil
        gatewaysForWanted = nil
        if let perGateway = sessionsPerGateway, perGateway > 0, let maxOverMean {
            gatewaysForWanted = CapacityAnswer.gateways(for: wanted, perGateway: perGateway, maxOverMean: maxOverMean)
        }
    }

    /// Whether what gave way was the target.
    var isTargetsLimit: Bool { limit.map { $0 != .harness } ?? false }

    /// The gateways that hold `wanted` sessions with one of them down: the busiest of the others carries `maxOverMean`
    /// times their mean, which may be no more than `perGateway`. So it is ceil(wanted x maxOverMean / perGateway) + 1.
    public static func gateways(for wanted: Int, perGateway: UInt64, maxOverMean: Double) -> Int {
        // Without the rounding of the division, a fleet that just fits would get one gateway too many.
        let needed = (Double(wanted) * maxOverMean / Double(perGateway) - 1e-9).rounded(.up)
        return max(1, Int(needed)) + 1
    }
}
