/// Messages that the fleet pushes to its sessions, unasked: chats, notices, quotes.
public struct PushPolicy: Equatable, Sendable {
    /// How the messages to one session follow each other.
    public enum Arrivals: String, CaseIterable, Sendable {
        /// Without memory, as what many people say to one (Poisson).
        case random
        /// One an interval, each session at its own point of it.
        case regular
    }

    /// What becomes of a message that does not reach its session at once.
    public enum Queue: String, CaseIterable, Sendable {
        /// It is lost.
        case none
        /// It waits, and is sent when the session logs in again.
        case offline
    }

    /// The mean time between two messages to one session.
    public var interval: Span
    /// How they follow each other.
    public var arrivals: Arrivals
    /// What becomes of those that do not arrive.
    public var queue: Queue
    /// Whether sessions acknowledge what they receive; without that nothing is ever sent again.
    public var isAcknowledged: Bool
    /// How often a message without a receipt is sent again on the same connection.
    public var retries: UInt8
    /// From one sending to the next, or to giving up.
    public var timeout: Span
    /// Payload of one message, bytes.
    public var payloadBytes: Int
    /// When the last message may be due, from t0; nil is the end of the run.
    public var until: Span?

    /// A policy from its parts.
    public init(
        interval: Span,
        arrivals: Arrivals = .random,
        queue: Queue = .none,
        isAcknowledged: Bool = true,
        retries: UInt8 = 0,
        timeout: Span = .seconds(5),
        payloadBytes: Int = 200,
        until: Span? = nil
    ) {
        self.interval = interval
        self.arrivals = arrivals
        self.queue = queue
        self.isAcknowledged = isAcknowledged
        self.retries = retries
        self.timeout = timeout
        self.payloadBytes = payloadBytes
        self.until = until
    }

    /// The time from message `number - 1` (t0 for 0) to message `number` of a session.
    public func gap(before number: UInt32, of session: SessionID, seed: Seed) -> Span {
        switch arrivals {
        case .random: exponential(mean: interval, seed.draw(.workload, actor: session, UInt64(number)))
        case .regular where number == 0:
            interval.scaled(by: 1 - unitDouble(seed.draw(.workload, actor: session, 0)))
        case .regular: interval
        }
    }
}
