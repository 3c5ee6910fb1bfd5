/// One connection in the table of a middlebox.
public struct Mapping: Equatable, Sendable {
    /// What becomes of one packet.
    public enum Passage: Equatable, Sendable {
        case pass
        /// It vanishes.
        case drop
        /// Its sender gets a reset in place of it.
        case reset
    }

    /// Where a packet comes from.
    public enum Sender: Sendable {
        case client
        case gateway
    }

    /// Whether the entry went because the connection was idle for too long.
    public private(set) var isExpired = false
    private var lastRefreshed: Instant

    /// The entry of a connection that the box saw begin at `now`.
    public init(now: Instant) { lastRefreshed = now }

    /// When the entry goes unless it is refreshed; `never` when it went, or never does.
    public func deadline(_ policy: MiddleboxPolicy) -> Instant {
        guard !isExpired, let aging = policy.aging else { return .never }
        return lastRefreshed + aging
    }

    /// Takes in that it is `now`; true if that is when the entry goes.
    public mutating func expireIfDue(_ now: Instant, _ policy: MiddleboxPolicy) -> Bool {
        guard now >= deadline(policy) else { return false }
        isExpired = true
        return true
    }

    /// Forgets the connection now, whatever its age.
    public mutating func expire() { isExpired = true }

    /// What becomes of a packet at `now`. Keepalive probes are packets like any other; an acknowledgement alone carries
    /// none of the client's bytes (`isBare`).
    public mutating func pass(
        _ sender: Sender,
        _ now: Instant,
        _ policy: MiddleboxPolicy,
        isBare: Bool = false
    ) -> Passage {
        _ = expireIfDue(now, policy)
        guard !isExpired else {
            // Who is not in the table is nobody's: only a client's packets lead anywhere at all.
            return policy.expiry == .answer && sender == .client ? .reset : .drop
        }
        if policy.refresh == .both || (sender == .client && !isBare) { lastRefreshed = now }
        return .pass
    }
}
