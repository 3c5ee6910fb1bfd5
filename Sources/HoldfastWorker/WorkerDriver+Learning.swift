import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult

/// Sessions that find out by themselves how long their network remembers them.
extension WorkerDriver {
    /// What each session of `segment` has learnt, with a heartbeat that adapts in any group; empty otherwise. Real
    /// time.
    static func adaptive(_ segment: WorkerSegment) -> [AdaptiveHeartbeat] {
        let policies = segment.plan.plansOfGroups.map(\.realTime.heartbeat)
        guard policies.contains(where: { $0.strategy == .adaptive }) else { return [] }
        return (0..<segment.sessions.count).map { slot in
            AdaptiveHeartbeat(policies[segment.groups.number(of: slot)].adaptive)
        }
    }

    /// Whether the session of `slot` learns.
    func adapts(_ slot: Int) -> Bool {
        !adaptive.isEmpty && segment.groups.policy(of: slot).heartbeat.strategy == .adaptive
    }

    /// What a session's note teaches it; an answer brings the interval to the next beat.
    mutating func learn(_ action: SessionAction, _ slot: Int, _ now: Instant) {
        guard adapts(slot) else { return }
        switch action {
        case .notedAdmission:
            adaptive[slot].move(to: UInt32(networks.ofConnection(sessions[slot].id)), at: now)
            adaptive[slot].connect()
        case .notedMiss: adaptive[slot].noteMiss()
        case .notedDisconnect(let mechanism): adaptive[slot].disconnect(mechanism, at: now)
        case .notedAnswer:
            let wait = adaptive[slot].noteAnswer(at: now)
            let milliseconds = UInt32(clamping: wait.nanoseconds / 1_000_000)
            tell(slot, .commanded(.beat(everyMilliseconds: max(1, milliseconds))), now)
        default: break
        }
    }

    /// The app of `slot` is open until `end`.
    mutating func open(_ slot: Int, until end: Instant) {
        guard adapts(slot) else { return }
        // The answer to the beat brings the interval: silence counts by the old one until then.
        adaptive[slot].open(until: end, sendsAhead: !sessions[slot].isBeatUnderWay)
    }

    /// The longest interval that every session which has ended its search found to be safe; nil while none has.
    var longestSafeInterval: Span? {
        adaptive.indices.filter { adapts($0) && adaptive[$0].present.isSettled }.map { adaptive[$0].present.current }
            .min()
    }
}
