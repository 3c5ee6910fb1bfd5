/// What became of requests.
///
/// Each that was sent is answered, timed out, failed, or still waits for its answer.
public struct RequestTally: Equatable, Sendable {
    /// Requests that were written to a connection.
    public var sent: UInt64 = 0
    /// Those on a connection that had carried one before.
    public var reused: UInt64 = 0
    /// Those on a connection whose other end, or the way to it, was gone without the session's knowledge; nil where
    /// nobody else knows either.
    public var onStaleConnection: UInt64?
    /// Those that were answered in time.
    public var answered: UInt64 = 0
    /// Those that were not.
    public var timedOut: UInt64 = 0
    /// Those of them on a connection that had carried one before.
    public var timedOutReused: UInt64 = 0
    /// Those whose connection ended before their answer.
    public var failed: UInt64 = 0
    /// Requests for which there was no connection in time.
    public var unsent: UInt64 = 0
    /// From the time of a request to its answer.
    public var latency = Histogram()

    /// Nothing counted.
    public init() {}

    /// What both counted.
    public func adding(_ other: RequestTally) -> RequestTally {
        var sum = self
        sum.sent += other.sent
        sum.reused += other.reused
        if let stale = other.onStaleConnection { sum.onStaleConnection = stale + (onStaleConnection ?? 0) }
        sum.answered += other.answered
        sum.timedOut += other.timedOut
        sum.timedOutReused += other.timedOutReused
        sum.failed += other.failed
        sum.unsent += other.unsent
        sum.latency.merge(other.latency)
        return sum
    }
}
