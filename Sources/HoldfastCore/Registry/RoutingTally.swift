/// What the answers of a routing service rested on so far.
public struct RoutingTally: Equatable, Sendable {
    /// Attempts that were sent to a gateway.
    public var answers: UInt64 = 0
    /// Those of them that were answered from an old list, because the present one was not believed, or out of reach.
    public var fromOldList: UInt64 = 0
    /// Attempts for which there was no gateway.
    public var unanswered: UInt64 = 0
    /// Attempts that could not reach the registry, as those who asked have counted them.
    public var unreached: UInt64 = 0
    /// The greatest age of the report of a gateway that somebody was sent to.
    public var oldestReport = Span.zero

    /// Nothing yet.
    public init() {}

    /// What somebody else has counted, too.
    public mutating func add(_ other: RoutingTally) {
        answers += other.answers
        fromOldList += other.fromOldList
        unanswered += other.unanswered
        unreached += other.unreached
        oldestReport = max(oldestReport, other.oldestReport)
    }
}
