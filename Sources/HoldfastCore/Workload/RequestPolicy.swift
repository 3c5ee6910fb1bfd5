/// Requests that sessions send and gateways answer.
public struct RequestPolicy: Equatable, Sendable {
    /// From one request of a session to its next; the first is spread over (0, every] from t0.
    public var every: Span
    /// How long after its time a request may be answered.
    public var timeout: Span
    /// How long a connection that nobody uses is kept, as a pool keeps it; `zero` closes it after each answer, nil
    /// keeps it for ever. Where it is closed, the next request opens another.
    public var maxIdle: Span?
    /// When the last request may be due, from t0; nil is the end of the run.
    public var until: Span?

    /// A policy from its parts.
    public init(every: Span, timeout: Span, maxIdle: Span? = nil, until: Span? = nil) {
        self.every = every
        self.timeout = timeout
        self.maxIdle = maxIdle
        self.until = until
    }

    /// Whether a connection carries one request only, which then follows its login at once.
    public var isShort: Bool { maxIdle == .zero }

    /// The time from t0 to a session's first request.
    public func first(of session: SessionID, seed: Seed) -> Span {
        // The session's messages have the counters below.
        every.scaled(by: 1 - unitDouble(seed.draw(.workload, actor: session, 1 << 32)))
    }
}
