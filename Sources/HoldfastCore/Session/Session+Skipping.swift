/// Beats that nothing can disturb need not happen one by one: the simulator counts them in closed form.
extension Session {
    /// Whether the session is admitted, waits for no pong, and would live on undisturbed for as long as each ping is
    /// answered after `roundTrip`.
    public func canSkipBeats(roundTrip: Span, policy: SessionPolicy) -> Bool {
        guard phase == .admitted, policy.heartbeat.strategy == .fixed, pingIntended == .never, !awaitsPong else {
            return false
        }
        let interval = interval(policy)
        guard nextBeat != .never, roundTrip < interval else { return false }
        switch policy.heartbeat.detection {
        case .silence(let limit): return limit > interval + roundTrip
        case .misses(_, let timeout): return timeout > roundTrip
        }
    }

    /// Takes every beat as sent and answered whose pong came before `now`; returns how many that were.
    ///
    /// - Precondition: `canSkipBeats`. At most one ping is under way afterwards: that at `nextBeat`, if it lies before
    ///   `now`.
    public mutating func skipBeats(before now: Instant, roundTrip: Span, policy: SessionPolicy) -> UInt64 {
        let room = (now - (nextBeat + roundTrip)).nanoseconds
        guard room > 0 else { return 0 }
        let interval = interval(policy)
        let count = (room - 1) / interval.nanoseconds + 1
        sequence &+= UInt32(truncatingIfNeeded: count)
        nextBeat = nextBeat + interval * count
        lastProofOfLife = max(lastProofOfLife, nextBeat - interval + roundTrip)
        misses = 0
        keepDeadline(policy)
        return UInt64(count)
    }

    /// When the next beat is due; `never` without one.
    public var nextBeatDue: Instant { nextBeat }
}
