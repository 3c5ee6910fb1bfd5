import HoldfastCore

/// Whether the coordinator still answers.
///
/// Measured from the start of the first exchange that failed, never from the last success: a process that was stopped
/// (SIGSTOP) for a minute finds its link healthy when it goes on.
public struct LinkHealth: Equatable, Sendable {
    /// How long exchanges may fail before the coordinator counts as lost.
    public let patience: Span
    /// How many exchanges must have failed as well.
    public static let attempts = 3

    /// Exchanges that failed since the last success.
    public private(set) var consecutiveFailures = 0
    /// When the first of them began.
    public private(set) var failingSince: Instant?

    /// Nothing has failed yet.
    public init(patience: Span = .seconds(10)) { self.patience = patience }

    /// An exchange was answered.
    public mutating func succeeded() { self = LinkHealth(patience: patience) }

    /// An exchange that began at `start` was not answered.
    public mutating func failed(startedAt start: Instant) {
        consecutiveFailures += 1
        if failingSince == nil { failingSince = start }
    }

    /// Whether the coordinator counts as lost at `now`.
    public func isLost(now: Instant) -> Bool {
        guard let failingSince, consecutiveFailures >= LinkHealth.attempts else { return false }
        return now >= failingSince + patience
    }
}
