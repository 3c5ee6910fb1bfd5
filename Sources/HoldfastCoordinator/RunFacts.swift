import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastResult

/// What happened to a run beside what its agents reported.
struct RunFacts {
    var startedAt: Date?
    var signal: String?
    var startFailure: String?
    var establishAt = Instant.zero
    var lost: [LostAgent] = []
    /// What of the fleet failed beside processes that were lost.
    var brokenParts: [String] = []
    var silence = SilenceWatch()
    var notes: [String] = []
    /// Nil before t0.
    private(set) var stolenTime: StolenTimeMeter?
    private var nextProgress = Instant.zero
    private var nextCheckpoint = Instant.zero
    private var silent: Set<AgentID> = []
    private var hasNotedCheckpoint = false
    private var hasBalancerMissed = false

    mutating func isProgressDue(_ now: Instant) -> Bool {
        guard now >= nextProgress else { return false }
        nextProgress = now + .seconds(1)
        return true
    }

    mutating func isCheckpointDue(_ now: Instant) -> Bool {
        guard now >= nextCheckpoint else { return false }
        nextCheckpoint = now + .seconds(10)
        return true
    }

    mutating func measureStolenTime() {
        if stolenTime == nil { stolenTime = StolenTimeMeter() } else { stolenTime?.sample() }
    }

    /// Once: what keeps one checkpoint from being written keeps the next.
    mutating func noteCheckpointFailure(_ reason: String) {
        guard !hasNotedCheckpoint else { return }
        hasNotedCheckpoint = true
        notes.append("a checkpoint could not be written: \(reason)")
    }

    /// Whether a part of the fleet is gone, or silent.
    var isFleetBroken: Bool { !brokenParts.isEmpty || lost.contains { $0.agent.role != .worker } }

    mutating func noteBroken(_ line: String) {
        if !brokenParts.contains(line) { brokenParts.append(line) }
    }

    /// Twice in a row is once too often.
    mutating func noteBalancerBeforeStart(trouble: String?) {
        defer { hasBalancerMissed = trouble != nil }
        if let trouble, hasBalancerMissed { noteBroken("\(trouble) before the run began") }
    }

    /// Who was silent is known by that.
    mutating func noteMissingReport(of agent: AgentID) {
        guard !lost.contains(where: { $0.agent == agent }), silent.insert(agent).inserted else { return }
        brokenParts.append("\(agent): its last report is missing")
    }

    /// Once for each: what was stopped may be stopped again.
    mutating func noteSilence(of agent: AgentID, heard: Instant, _ now: Instant, second: Double?) {
        guard !lost.contains(where: { $0.agent == agent }), !silent.contains(agent),
            silence.isSilent(agent, heard: heard, now)
        else { return }
        silent.insert(agent)
        let start = second.flatMap { $0 < 0 ? nil : "since second \(Int($0)) of the run" } ?? "before the run began"
        let line = "\(agent) said nothing for \(Int(SilenceWatch.limit.seconds)) s \(start)"
        // A worker may be silent for longer before it counts as lost.
        if agent.role == .worker { notes.append(line) } else { brokenParts.append(line) }
    }
}
