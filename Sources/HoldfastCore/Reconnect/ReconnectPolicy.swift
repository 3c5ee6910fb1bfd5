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
        /// `min(cap, base * factor^attempt)`, spread by `jitter`.
        case exponential(base: Span, cap: Span, jitter: Jitter, factor: Double = 2)
        /// One wait after the other, the last for ever; not empty.
        case table([Span])
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
        /// e * U(0.8, 1.2), so up to a fifth above the cap (gRPC, doc/connection-backoff.md).
        case proportional
    }

    /// `grpc`: from 1 s by 1.6 to 120 s, 20 % either way (gRPC, doc/connection-backoff.md).
    public static let grpc = ReconnectPolicy(
        delay: .exponential(base: .seconds(1), cap: .seconds(120), jitter: .proportional, factor: 1.6)
    )
    /// `phoenix`: the table of Phoenix's JavaScript client, without any spread.
    public static let phoenix = ReconnectPolicy(
        delay: .table([10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000].map { .milliseconds($0) })
    )

    /// The presets a plan may name.
    public static let presets: [String: ReconnectPolicy] = ["grpc": .grpc, "phoenix": .phoenix]

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
