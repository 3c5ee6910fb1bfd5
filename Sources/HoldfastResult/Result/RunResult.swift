import Foundation

/// What one run came to: `result.json`, the same for live and simulated runs.
///
/// Durations are plan seconds unless a field says otherwise. Every key is always there; null is "not measured" or
/// "never".
public struct RunResult: Codable, Equatable, Sendable {
    /// The version of this schema.
    public static let currentSchema = 1

    /// The version of the schema that it was written with.
    public var schema: Int
    /// Which plan.
    public var plan: PlanIdentity
    /// The seed of every draw.
    public var seed: UInt64
    /// Whether it really happened.
    public var mode: RunMode
    /// Divided every policy and fault duration.
    public var timeScale: Double
    /// The plan's length; plan seconds.
    public var durationSeconds: Double
    /// When it began, ISO 8601; null when simulated.
    @OrNull public var startedAt: String?
    /// How long it took from its first process to its verdict; real seconds.
    @OrNull public var elapsedSeconds: Double?
    /// Whether what was expected came true, and can be believed.
    public var verdict: Verdict
    /// Why it is not a pass, in plain sentences, the weightiest first.
    public var reasons: [String]
    /// What happened beside it: processes that stopped answering, metrics that were lost. The verdict does not change.
    public var notes: [String]
    /// What the process exits with.
    public var exitCode: Int
    /// Order-free hash of every event, 16 hex digits; simulated runs only.
    @OrNull public var eventHash: String?
    /// The sessions.
    public var sessions: SessionsResult
    /// The gateways, by id.
    public var gateways: [GatewayResult]
    /// How unevenly the connections lay.
    public var imbalance: ImbalanceResult
    /// Attempts and how they ended.
    public var connects: ConnectsResult
    /// Ends of admitted connections and who is held responsible.
    public var disconnects: DisconnectsResult
    /// Heartbeats.
    public var heartbeats: HeartbeatsResult
    /// How long faults went unnoticed.
    public var detection: DetectionResult
    /// Idle timeouts seen from outside; null in this version.
    @OrNull public var inferredIdleTimeouts: [InferredIdleTimeout]?
    /// The timeline's events, by index.
    public var faults: [FaultResult]
    /// From the onset of a fault (else the disconnect) to the next admission; plan seconds.
    public var outageSeconds: LatencySummary
    /// How long until the victims of the fault with most victims were back.
    public var restore: RestoreResult
    /// Messages pushed to the sessions; null where there were none.
    public var messages: MessagesResult
    /// Requests of the sessions; null where there were none.
    public var requests: RequestsResult
    /// The populations as each side believes them.
    public var census: CensusResult
    /// How late the harness itself was, and what it used.
    public var harness: HarnessResult
    /// What had to hold, those that hold by default included.
    public var expectations: [ExpectationResult]
    /// The groups of sessions, by position in the plan; null in a plan without groups.
    @OrNull public var groups: [GroupResult]?
}

extension RunResult {
    /// The result as `result.json` has it: sorted keys, the same bytes for the same result.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(self)
        data.append(UInt8(ascii: "\n"))
        return data
    }

    /// The result that `json` holds.
    public init(json: Data) throws { self = try JSONDecoder().decode(RunResult.self, from: json) }
}

/// Whether a run really happened.
public enum RunMode: String, Codable, CaseIterable, Sendable {
    /// With processes and sockets.
    case live
    /// In virtual time.
    case simulated
}

/// Which plan a result is of.
public struct PlanIdentity: Codable, Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its hash, 16 hex digits.
    public var hash: String
    /// What stood between sessions and gateways, such as `haproxy`.
    public var via: String
    /// The algorithm of the balancer, or of the sessions.
    public var algorithm: String
}
