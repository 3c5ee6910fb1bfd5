import HoldfastResult

/// Who answers the agents. Answers must come quickly: every agent waits for one each second.
public protocol ControlHandler: Sendable {
    /// A process has started. The same process may join twice, because a request can be repeated; it gets the same
    /// answer.
    func join(_ join: Join) async throws(JoinRefusal) -> Assignment

    /// An agent reports. The same report may come twice, or after a later one; `ReportOrder` tells.
    func exchange(_ report: AgentReport) async -> Orders
}

/// Why a process may not join.
public struct JoinRefusal: Error, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Reason: String, CaseIterable, Sendable {
        /// The run has no such agent, or not in this incarnation.
        case unknownAgent = "unknown-agent"
        /// It is another build.
        case wrongBuild = "wrong-build"
        /// It has another plan.
        case wrongPlan = "wrong-plan"
    }

    /// What is wrong with it.
    public var reason: Reason
    /// One line with what was found and what was expected.
    public var message: String

    /// A refusal; `message` says what was found and what was expected.
    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// One line.
    public var description: String { "\(reason.rawValue): \(message)" }
}

/// Which reports are news: each agent's sequence only goes up, and a later incarnation ends the earlier one.
public struct ReportOrder: Sendable {
    private var latest: [AgentID: (incarnation: UInt32, sequence: UInt64)] = [:]

    /// Nothing has been reported.
    public init() {}

    /// Whether `report` is newer than all before it from its agent; remembers it if so.
    public mutating func accept(_ report: AgentReport) -> Bool {
        if let latest = latest[report.agent],
            (report.incarnation, report.sequence) <= (latest.incarnation, latest.sequence)
        {
            return false
        }
        latest[report.agent] = (report.incarnation, report.sequence)
        return true
    }
}
