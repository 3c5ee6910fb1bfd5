/// When a session that lost its connection tries again, and when it gives up.
public struct ReconnectPolicy: Hashable, Sendable {
    /// The wait before an attempt, measured from the end of the attempt before.
    public enum Delay: Hashable, Sendable {
        /// Never reconnect: the first disconnect stops the session.
        case none
        /// No wait.
        case immediate
        /// The same wait before every attempt.
        case fixed(Span)
        /// `min(cap, base * 2^attempt)`, spread by `jitter`.
        case exponential(base: Span, cap: Span, jitter: Jitter)
    }

    /// How an exponential wait `e` is spread (aws-arch-backoff-simulator, with attempts counted from 0).
    public enum Jitter: String, CaseIterable, Sendable {
        /// `e`.
        case none
        /// U(0, e).
        case full
        /// e/2 + U(0, e/2).
        case equal
        /// min(cap, U(base, 3 * previous)), previous = base before the first attempt.
        case decorrelated
    }

    /// The wait before an attempt.
    public var delay: Delay
    /// Attempts since the disconnect after which the session stops; nil is no limit.
    public var maxAttempts: UInt32?
    /// Time since the disconnect after which the session stops; nil is no limit.
    public var maxElapsed: Span?

    /// A policy from its parts; without limits by default.
    public init(delay: Delay, maxAttempts: UInt32? = nil, maxElapsed: Span? = nil) {
        self.delay = delay
        self.maxAttempts = maxAttempts
        self.maxElapsed = maxElapsed
    }
}
