/// Handled minus intended time of a process's timers by what they are for; real seconds.
public struct TimerLateness: Equatable, Sendable {
    /// Of beats, their answers, and the silence after them.
    public var heartbeat = Histogram()
    /// Of ends of connects and logins.
    public var timeout = Histogram()
    /// Of attempts to connect, which wait until nothing else does.
    public var attempt = Histogram()
    /// Of cuts, the timeline, and ends of lifetimes.
    public var schedule = Histogram()

    /// Nothing measured yet.
    public init() {}

    /// Of one kind.
    public subscript(kind: TimerKind) -> Histogram {
        switch kind {
        case .heartbeat: heartbeat
        case .timeout: timeout
        case .attempt: attempt
        case .schedule: schedule
        }
    }

    /// Of everything but attempts: what could make a session or a measurement wrong.
    public var prompt: Histogram {
        var sum = heartbeat
        sum.merge(timeout)
        sum.merge(schedule)
        return sum
    }

    /// One timer was this late.
    public mutating func record(_ lateness: Span, of kind: TimerKind) {
        switch kind {
        case .heartbeat: heartbeat.record(lateness)
        case .timeout: timeout.record(lateness)
        case .attempt: attempt.record(lateness)
        case .schedule: schedule.record(lateness)
        }
    }

    /// Adds everything that `other` holds.
    public mutating func merge(_ other: TimerLateness) {
        heartbeat.merge(other.heartbeat)
        timeout.merge(other.timeout)
        attempt.merge(other.attempt)
        schedule.merge(other.schedule)
    }
}
