import HoldfastCore
import HoldfastResult

/// Tells agents that do not answer from a machine on which nobody did anything for a while.
public struct SilenceWatch: Sendable {
    /// How long an agent may say nothing; three exchanges.
    public static let limit = Span.seconds(3)
    /// After everybody stood still, who answers is heard within this time.
    static let patience = Span.milliseconds(1_500)

    /// When each was first found to be silent, and what had been heard of it then.
    private var suspects: [AgentID: (heard: Instant, foundAt: Instant)] = [:]

    /// Nobody is silent yet.
    public init() {}

    /// Whether `agent`, last heard at `heard`, is silent: for long, and not only until somebody looked.
    public mutating func isSilent(_ agent: AgentID, heard: Instant, _ now: Instant) -> Bool {
        guard now - heard > SilenceWatch.limit else {
            suspects[agent] = nil
            return false
        }
        guard let suspect = suspects[agent], suspect.heard == heard else {
            suspects[agent] = (heard, now)
            return false
        }
        return now - suspect.foundAt > SilenceWatch.patience
    }
}
