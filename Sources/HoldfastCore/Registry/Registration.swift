/// What a gateway last said of itself to a registry.
public struct Registration: Equatable, Sendable {
    /// Connections that it carried.
    public var load: UInt64
    /// When it said so.
    public var reportedAt: Instant

    /// A registration from its parts.
    public init(load: UInt64, reportedAt: Instant) {
        self.load = load
        self.reportedAt = reportedAt
    }

    /// The first instant at which it does not count any more, unless it is renewed.
    public func expiry(ttl: Span) -> Instant { reportedAt + ttl }

    /// How old the report is.
    public func age(now: Instant) -> Span { now - reportedAt }
}
