import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult
import Synchronization

/// The processes of a run: which are there, in which incarnation, and which ended without being told to.
final class Crew: Sendable {
    private let spawner: Spawner
    private let lifeline: HoldfastLab.Lifeline
    private let executable: String
    private let controlSocket: String
    private let logDirectory: String
    private let state = Mutex(State())

    private struct State {
        var members: [AgentID: Member] = [:]
        /// Agents that are being stopped on purpose: their end is no loss.
        var excused: Set<AgentID> = []
        /// Agents that are frozen by the timeline: they cannot leave by themselves.
        var frozen: Set<AgentID> = []
    }

    private struct Member {
        var process: ChildProcess
        var incarnation: UInt32
        /// Since when nothing of ours has kept it from answering.
        var answersSince: Instant
        var isReportedLost = false
    }

    init(
        spawner: Spawner,
        lifeline: HoldfastLab.Lifeline,
        executable: String,
        controlSocket: String,
        logDirectory: String
    ) {
        self.spawner = spawner
        self.lifeline = lifeline
        self.executable = executable
        self.controlSocket = controlSocket
        self.logDirectory = logDirectory
    }

    /// Starts an agent, or its next incarnation, which it returns. The desk must expect it before it joins.
    func start(_ agent: AgentID, incarnation: UInt32) throws(StartFailure) {
        let log = logPath(of: agent)
        do throws(SpawnError) {
            let process = try spawner.spawn(
                executable: executable,
                arguments: [
                    agent.role.rawValue, "--control", controlSocket, "--index", String(agent.index),
                    "--incarnation", String(incarnation),
                ] + (agent.shard > 0 ? ["--shard", String(agent.shard)] : []),
                standardOutput: .file(log),
                standardError: .file(log),
                inherit: lifeline
            )
            state.withLock { state in
                let now = ControlClock.now
                state.members[agent] = Member(process: process, incarnation: incarnation, answersSince: now)
                state.excused.remove(agent)
            }
        } catch {
            throw StartFailure("\(agent): \(error.description)")
        }
    }

    /// Where an agent's own messages go.
    func logPath(of agent: AgentID) -> String {
        let shard = agent.shard > 0 ? ".\(agent.shard)" : ""
        return "\(logDirectory)/\(agent.role.rawValue)-\(agent.index)\(shard).log"
    }

    /// The agent's present process.
    func process(of agent: AgentID) -> ChildProcess? { state.withLock { $0.members[agent]?.process } }

    /// The agent's present incarnation.
    func incarnation(of agent: AgentID) -> UInt32 { state.withLock { $0.members[agent]?.incarnation ?? 0 } }

    /// The agent is about to be stopped on purpose.
    func excuse(_ agent: AgentID) { state.withLock { _ = $0.excused.insert(agent) } }

    /// Whether the timeline has frozen the agent.
    func noteFrozen(_ agent: AgentID, _ isFrozen: Bool) {
        state.withLock { state in
            if isFrozen { state.frozen.insert(agent) } else { state.frozen.remove(agent) }
            state.members[agent]?.answersSince = ControlClock.now
        }
    }

    /// Gateways and balancers that nothing of ours keeps from answering, and since when.
    var answering: [(agent: AgentID, since: Instant)] {
        state.withLock { state in
            state.members.compactMap { agent, member in
                guard agent.role != .worker, member.process.isAlive, !state.frozen.contains(agent),
                    !state.excused.contains(agent)
                else { return nil }
                return (agent, member.answersSince)
            }
        }
    }

    /// Agents whose process has ended without being told to, each only once, with how it ended.
    func newlyLost() -> [(agent: AgentID, status: ExitStatus)] {
        state.withLock { state in
            var lost: [(agent: AgentID, status: ExitStatus)] = []
            for (agent, member) in state.members where !member.isReportedLost && !state.excused.contains(agent) {
                guard let status = member.process.pollExit() else { continue }
                state.members[agent]?.isReportedLost = true
                lost.append((agent, status))
            }
            return lost.sorted { $0.agent < $1.agent }
        }
    }

    /// Agents whose process is alive, stopped ones included.
    var alive: [AgentID] {
        state.withLock { state in state.members.filter { $0.value.process.isAlive }.map(\.key) }
    }

    /// Waits until every process has ended, then kills the rest.
    func end(within limit: Span) async {
        let deadline = ControlClock.now + limit
        for process in state.withLock({ state in state.frozen.compactMap { state.members[$0]?.process } }) {
            process.kill()
        }
        for process in state.withLock({ $0.members.values.map(\.process) }) {
            if await process.waitForExit(until: deadline) == nil { process.kill() }
        }
        for process in state.withLock({ $0.members.values.map(\.process) }) {
            _ = await process.waitForExit(within: .seconds(2))
        }
    }
}
