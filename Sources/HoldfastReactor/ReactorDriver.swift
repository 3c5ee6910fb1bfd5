import HoldfastCore

/// What a process does with its descriptors and deadlines; the reactor calls it, on one thread, one call at a time.
///
/// The reactor's `now` was read from the clock just before each call.
public protocol ReactorDriver: ~Copyable {
    /// The instant set with `scheduleNext` has come, which is no longer set: cuts and the timeline, before any other
    /// call for that instant or a later one.
    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor)

    /// The descriptor of `slot` is ready.
    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor)

    /// The deadline of `slot`, which it no longer has, is reached.
    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor)

    /// What the deadline of `slot`, which is reached, is for. Attempts wait until nothing else does.
    func timerKind(of slot: Int) -> TimerKind

    /// Another thread called `Waker.wake` at least once since the last call.
    mutating func woken(_ reactor: inout Reactor)
}
