import HoldfastCore

/// What the sessions of one group went through on one worker; counted as the counters of all are.
public struct GroupCounters: Equatable, Sendable {
    /// Sessions of the group.
    public var sessions: UInt64 = 0
    /// Admitted at least once, since establishing began.
    public var admittedOnce: UInt64 = 0
    /// Admitted now.
    public var admitted: UInt64 = 0
    /// Stopped sessions by reason, in the order of `StopReason.allCases`.
    public var stopped = [UInt64](repeating: 0, count: StopReason.allCases.count)
    /// `connect()` calls.
    public var connectsAttempted: UInt64 = 0
    /// Connects that ended in admission.
    public var connectsSucceeded: UInt64 = 0
    /// Failed connects by reason, in the order of `ConnectFailure.allCases`.
    public var connectsFailed = [UInt64](repeating: 0, count: ConnectFailure.allCases.count)
    /// From `connect()` to the connection; real seconds.
    public var handshake = Histogram()
    /// From `connect()` to the answered login; real seconds.
    public var connect = Histogram()

    /// All zero.
    public init() {}

    /// The counters of t0; attempts under way, `pending`, are carried over.
    public func startingAnew(pending: UInt64) -> GroupCounters {
        var counters = GroupCounters()
        counters.sessions = sessions
        counters.admittedOnce = admittedOnce
        counters.admitted = admitted
        counters.stopped = stopped
        counters.connectsAttempted = pending
        return counters
    }

    /// Adds what another worker counted of the same group.
    mutating func add(_ other: GroupCounters) {
        sessions += other.sessions
        admittedOnce += other.admittedOnce
        admitted += other.admitted
        stopped.add(other.stopped)
        connectsAttempted += other.connectsAttempted
        connectsSucceeded += other.connectsSucceeded
        connectsFailed.add(other.connectsFailed)
        handshake.merge(other.handshake)
        connect.merge(other.connect)
    }
}
