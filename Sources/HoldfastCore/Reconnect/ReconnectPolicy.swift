/// When a session that lost its connection tries again, where it does not, and when it gives up.
public struct ReconnectPolicy: Hashable, Sendable {
    /// The wait before an attempt, measured from the end of the attempt before.
    public enum Delay: Hashable, Sendable {
        /// Never reconnect: the first disconnect stops the session.
        case none
        /// No wait.
        case immediate
        /// The same wait before every attempt.
        case fixed(Span)
        /// A wait that grows by a factor up to a cap.
        case exponential(ExponentialDelay)
        /// A wait for each attempt, written out.
        case table(DelayTable)

        /// An exponential wait from its parts.
        public static func exponential(base: Span, cap: Span, jitter: Jitter) -> Delay {
            .exponential(ExponentialDelay(base: base, cap: cap, jitter: jitter))
        }
    }

    /// The wait before an attempt.
    public var delay: Delay
    /// Attempts since the disconnect after which the session stops; nil is no limit.
    public var maxAttempts: UInt32?
    /// Time since the disconnect after which the session stops; nil is no limit.
    public var maxElapsed: Span?
    /// How long a session that picks gateways itself keeps off one whose connection ended abnormally; nil is no time.
    public var quarantine: Span?

    /// A policy from its parts; without limits and without quarantine by default.
    public init(delay: Delay, maxAttempts: UInt32? = nil, maxElapsed: Span? = nil, quarantine: Span? = nil) {
        self.delay = delay
        self.maxAttempts = maxAttempts
        self.maxElapsed = maxElapsed
        self.quarantine = quarantine
    }
}

extension ReconnectPolicy.Delay {
    /// Whether two sessions that lose their connections at one instant may wait for different times.
    var spreadsFirstWait: Bool {
        switch self {
        case .none, .immediate, .fixed: false
        case .exponential(let exponential): exponential.first != nil || exponential.jitter != .none
        case .table(let table): table.delays.count == 1 && table.spread > .zero
        }
    }

    /// The longest wait before the first attempt after a disconnect.
    public var longestFirst: Span {
        switch self {
        case .none, .immediate: .zero
        case .fixed(let wait): wait
        case .exponential(let exponential): exponential.longestFirst
        case .table(let table): table.longestFirst
        }
    }
}
