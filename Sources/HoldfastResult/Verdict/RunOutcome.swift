/// How a run went apart from its measurements: what whoever carried it out adds to them.
public struct RunOutcome: Sendable {
    /// Whether it really happened.
    public var mode: RunMode
    /// The plan's hash, 16 hex digits.
    public var planHash: String
    /// Whether it is over; a checkpoint of a run under way is not.
    public var isFinished: Bool
    /// When it began, ISO 8601; nil when simulated.
    public var startedAt: String?
    /// How long it took so far; real seconds.
    public var elapsedSeconds: Double?
    /// The hash of every event; simulated runs only.
    public var eventHash: UInt64?
    /// The signal that ended it, such as `SIGINT`.
    public var signal: String?
    /// Why it could not start.
    public var startFailure: String?
    /// A mistake of Holdfast's own.
    public var internalError: String?
    /// Processes that were lost. A lost worker makes the run invalid; that a gateway or balancer is lost is a finding:
    /// the run fails by what its sessions saw, and is invalid where they saw nothing.
    public var lost: [LostAgent] = []
    /// What else of the fleet failed though no event did it, such as HAProxy that ended or a gateway that is silent;
    /// plain sentences. As a lost balancer.
    public var brokenParts: [String] = []
    /// The CPU time that the machine's host took since t0; nil when simulated, and before t0.
    public var stolen: StolenTime?
    /// What else people should know, in plain sentences.
    public var notes: [String] = []

    /// What of the fleet ended though no event ended it; plain sentences.
    var fleetLosses: [String] { lost.filter { $0.agent.role != .worker }.map(\.sentence) + brokenParts }

    /// An undisturbed run.
    public init(mode: RunMode, planHash: String, isFinished: Bool) {
        self.mode = mode
        self.planHash = planHash
        self.isFinished = isFinished
    }
}

/// A process that was lost.
public struct LostAgent: Equatable, Sendable {
    /// Which one.
    public var agent: AgentID
    /// How that came to be known, such as `its pipe closed`.
    public var reason: String
    /// When, from t0; plan seconds. Nil before t0.
    public var atSeconds: Double?
    /// The sessions that it held; workers only.
    public var sessions: Range<Int>?

    /// A lost process.
    public init(agent: AgentID, reason: String, atSeconds: Double? = nil, sessions: Range<Int>? = nil) {
        self.agent = agent
        self.reason = reason
        self.atSeconds = atSeconds
        self.sessions = sessions
    }

    /// One plain sentence about it, without a full stop.
    public var sentence: String {
        var text = "\(agent) was lost"
        if let sessions, let last = sessions.last {
            text = "\(agent) (sessions \(sessions.lowerBound) to \(last)) was lost"
        }
        if let atSeconds { text += " \(Readable.seconds(atSeconds)) into the run" }
        return text + ": \(reason)"
    }
}
