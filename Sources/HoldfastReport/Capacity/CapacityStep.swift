import HoldfastResult

/// One run of a search for the capacity: so many sessions, and what became of them.
public struct CapacityStep: Codable, Equatable, Sendable {
    /// What gave way.
    public enum Limit: String, Codable, CaseIterable, Sendable {
        /// Gateways turned logins away: they were full.
        case capacity
        /// Gateways did not let everybody in who came in time.
        case acceptRate = "accept-rate"
        /// Something else that the plan expects of the target.
        case expectation
        /// Holdfast or its machine, so nothing is known about the target.
        case harness
    }

    /// As many as the run held or tried to.
    public var sessions: Int
    /// What gave way; null when nothing did.
    @OrNull public var limit: Limit?
    /// Why it is not a pass, as the run's result says it.
    public var reasons: [String]
    /// The most connections that one gateway had at a cut.
    @OrNull public var busiestConnections: UInt64?
    /// The worst maxOverMean of any phase, or that at the end of the run.
    @OrNull public var maxOverMean: Double?
    /// The most connections that one gateway accepted in one real second.
    @OrNull public var acceptsPeakPerSecond: Double?
    /// Logins that gateways turned away.
    public var rejected: UInt64
    /// Attempts that nobody answered in time: the session gave up, or its gateway did before it had answered the login.
    public var unanswered: UInt64
    /// The run's files.
    public var directory: String

    /// Whether the run passed.
    public var holds: Bool { limit == nil }

    /// What a run came to whose files are in `directory`.
    public init(_ result: RunResult, directory: String) {
        sessions = result.sessions.asked
        reasons = result.reasons
        busiestConnections = result.gateways.compactMap(\.connectionsPeak).max()
        let moments = result.imbalance.phases.map(\.worst) + [result.imbalance.atEnd]
        maxOverMean = moments.compactMap(\.maxOverMean).max()
        acceptsPeakPerSecond = result.gateways.compactMap(\.acceptsPeakPerSecond).max()
        rejected = CapacityStep.failures(result, ["rejected"])
        unanswered = CapacityStep.failures(result, ["timeout", "login-timeout", "closed"])
        self.directory = directory
        limit = nil
        limit = limit(of: result)
    }

    /// A run with so many sessions could not even start.
    public init(sessions: Int, startFailure: String, directory: String) {
        self.sessions = sessions
        limit = .harness
        reasons = [startFailure]
        busiestConnections = nil
        maxOverMean = nil
        acceptsPeakPerSecond = nil
        rejected = 0
        unanswered = 0
        self.directory = directory
    }

    private func limit(of result: RunResult) -> Limit? {
        switch result.verdict {
        case .pass: return nil
        case .invalid: return .harness
        case .fail:
            // A full gateway lets nobody wait, so those who were turned away outnumber those who waited in vain.
            if rejected > 0, rejected >= unanswered { return .capacity }
            let isShort = result.sessions.admittedOnce.map { $0 < UInt64(result.sessions.asked) } ?? false
            return unanswered > 0 || isShort ? .acceptRate : .expectation
        }
    }

    private static func failures(_ result: RunResult, _ reasons: [String]) -> UInt64 {
        let tables = [result.connects.failed.byReason, result.connects.failedWhileEstablishing.byReason]
        return tables.reduce(0) { sum, table in reasons.reduce(sum) { $0 + ((table[$1] ?? nil) ?? 0) } }
    }
}
