/// What a box between clients and gateways remembers of connections, and for how long: a carrier's NAT, a firewall, a
/// load balancer's table of flows.
public struct MiddleboxPolicy: Hashable, Sendable {
    /// What becomes of a connection that was idle for too long.
    public enum Expiry: String, CaseIterable, Sendable {
        /// The entry is gone and later packets vanish, neither end is told.
        case drop
        /// Both ends are finished as the entry goes.
        case fin
        /// Both ends are reset as the entry goes.
        case reset
        /// The entry is gone and the next packet is answered with a reset.
        case answer
    }

    /// Whose bytes keep an entry alive.
    public enum Refresh: String, CaseIterable, Sendable {
        /// Those of either end.
        case both
        /// The client's only.
        case client
    }

    /// Idle time after which an entry goes; nil is never.
    public var aging: Span?
    /// What becomes of the connection then.
    public var expiry: Expiry
    /// Whose bytes keep it alive.
    public var refresh: Refresh
    /// Entries at once; a connection beyond them is refused. Nil is no limit.
    public var ports: Int?
    /// The share of its resets that never arrive, 0 ... 1.
    public var resetLoss: Double

    /// A policy from its parts.
    public init(
        aging: Span?,
        expiry: Expiry = .drop,
        refresh: Refresh = .both,
        ports: Int? = nil,
        resetLoss: Double = 0
    ) {
        self.aging = aging
        self.expiry = expiry
        self.refresh = refresh
        self.ports = ports
        self.resetLoss = resetLoss
    }

    /// The carriers of the articles' table of NAT aging times, and the appliances of their field report; "over 28
    /// minutes" is taken as 28.
    public static let presets: [String: MiddleboxPolicy] = [
        "china-mobile-4g": MiddleboxPolicy(aging: .seconds(60)),
        "china-mobile-2g": MiddleboxPolicy(aging: .seconds(300)),
        "china-mobile-3g": MiddleboxPolicy(aging: .seconds(300)),
        "china-unicom": MiddleboxPolicy(aging: .seconds(300)),
        "china-telecom-4g": MiddleboxPolicy(aging: .seconds(300)),
        "china-telecom-3g": MiddleboxPolicy(aging: .seconds(1680)),
        "taiwan": MiddleboxPolicy(aging: .seconds(1680)),
        "hong-kong": MiddleboxPolicy(aging: .seconds(1680)),
        "us-3g": MiddleboxPolicy(aging: .seconds(1680)),
        "us-4g": MiddleboxPolicy(aging: .seconds(1680)),
        "slb-90s": MiddleboxPolicy(aging: .seconds(90), expiry: .reset, refresh: .client),
        "slb-900s": MiddleboxPolicy(aging: .seconds(900), expiry: .reset, refresh: .client),
    ]
}

extension Seed {
    /// The draw that decides whether the reset of a connection whose entry goes arrives at its client.
    public func resetLoss(session: SessionID, ordinal: Ordinal) -> UInt64 {
        draw(.network, actor: session, 1 << 63 | UInt64(ordinal))
    }
}
