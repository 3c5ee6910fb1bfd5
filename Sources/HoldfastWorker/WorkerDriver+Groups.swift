import HoldfastCore
import HoldfastResult

/// Sessions that differ from group to group, and what is counted of each group.
extension WorkerDriver {
    /// Hands an event to a session, under the policy of its group; a plan without groups takes the short way.
    mutating func tell(_ slot: Int, _ event: SessionEvent, _ now: Instant) {
        guard !segment.groups.isEmpty else {
            return sessions[slot].handle(event, now: now, policy: segment.policy)
        }
        sessions[slot].handle(event, now: now, policy: segment.groups.policy(of: slot))
    }

    /// Counts something for the group of a session.
    mutating func count(_ slot: Int, _ change: (inout GroupCounters) -> Void) {
        guard !segment.groups.isEmpty else { return }
        change(&counters.groups[segment.groups.number(of: slot)])
    }

    /// Seats everybody in their group.
    mutating func seatGroups() {
        counters.groups = segment.groups.sizes.map { size in
            var group = GroupCounters()
            group.sessions = size
            return group
        }
    }

    /// t0: what groups have counted until now belongs to establishing; the attempts of the slots `pending` go on.
    mutating func startCountingGroups(pending: [Int]) {
        counters.groups = counters.groups.map { $0.startingAnew(pending: 0) }
        for slot in pending { count(slot) { $0.connectsAttempted += 1 } }
    }

    // MARK: How long connects take

    /// The connection is there.
    mutating func noteHandshake(_ slot: Int, _ now: Instant) {
        guard isStarted, !isEnded, !attemptedAt.isEmpty else { return }
        let wait = now - attemptedAt[slot]
        counters.handshake.record(wait)
        count(slot) { $0.handshake.record(wait) }
    }

    /// The login is answered.
    mutating func noteConnect(_ slot: Int, _ now: Instant) {
        guard isStarted, !attemptedAt.isEmpty else { return }
        let wait = now - attemptedAt[slot]
        counters.connect.record(wait)
        count(slot) { $0.connect.record(wait) }
    }
}
