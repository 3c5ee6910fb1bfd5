/// What a deadline of the harness is for.
public enum TimerKind: String, CaseIterable, Sendable {
    /// A beat, its answer, or the silence after it.
    case heartbeat
    /// The end of a connect or a login that takes too long.
    case timeout
    /// A session's next attempt to connect. It waits until nothing else does: an attempt that is late makes a storm
    /// longer, a heartbeat that is late ends a connection.
    case attempt
    /// Cuts, the timeline, and ends of lifetimes.
    case schedule
}
