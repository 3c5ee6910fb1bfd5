/// The natural end of connections: a renewal process of each session from t0, whatever else happens to it.
///
/// An end that finds the session not established is skipped and counted, so every variant of a plan ends the same
/// sessions at the same moments.
public struct Churn: Equatable, Sendable {
    /// How the times between two ends are spread.
    public enum Distribution: String, CaseIterable, Sendable {
        /// Without memory: the rate of ends is 1 / mean at all times.
        case exponential
        /// Always the mean.
        case fixed
    }

    /// How the times between two ends are spread.
    public var distribution: Distribution
    /// The mean time between two ends.
    public var mean: Span

    /// A renewal process from its parts.
    public init(distribution: Distribution, mean: Span) {
        self.distribution = distribution
        self.mean = mean
    }

    /// The time from end number `renewal - 1` (t0 for 0) to end number `renewal` of a session.
    public func lifetime(of session: SessionID, renewal: UInt32, seed: Seed) -> Span {
        switch distribution {
        case .exponential: exponential(mean: mean, seed.draw(.lifetime, actor: session, UInt64(renewal)))
        case .fixed: mean
        }
    }
}
