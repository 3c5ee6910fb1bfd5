import Foundation
import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult
import Synchronization

/// One live run, from nothing to a result: starts the processes, announces the instants, disturbs, merges and judges.
///
/// The coordinator is dumb: every process knows the plan and computes its own share. Whatever happens to it, the
/// janitor ends what it started.
public final class LiveRun: Sendable {
    /// What a run leaves behind.
    public struct Outcome: Sendable {
        /// The result, as written to `result.json`.
        public var result: RunResult
        /// Populations over time, for charts.
        public var series: RunSeries
        /// The files.
        public var directory: RunDirectory
        /// What kept any of them from being written.
        public var unwritten: [RunDirectoryError]
    }

    let plan: Plan
    let options: RunOptions
    let directory: RunDirectory
    let report: @Sendable (RunProgress) -> Void
    let facts: Mutex<RunFacts>

    /// A run of `plan`, a checked one; `report` is called about once a second.
    public init(
        plan: Plan,
        options: RunOptions,
        report: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) throws(StartFailure) {
        self.plan = plan
        self.options = options
        self.report = report
        Heap.share()
        directory = try RunDirectory(path: options.directory)
        directory.forgetResult()
        facts = Mutex(RunFacts())
    }

    /// Ends the run before its time, gracefully, with a result that says so. From any thread, such as a signal's.
    public func abort(signal: String) {
        facts.withLock { facts in
            if facts.signal == nil { facts.signal = signal }
        }
    }

    /// Carries the run out. Throws only when it could not start; everything later ends in a result.
    public func run() async throws -> Outcome {
        let stage = try await Stage.set(plan: plan, options: options, directory: directory)
        facts.withLock { $0.startedAt = Date() }
        try await checkpoint(stage)
        do {
            try await start(stage)
            await live(stage)
        } catch {
            // Asked to end while it was starting: that is a result like any other.
            if facts.withLock({ $0.signal }) == nil { return try await giveUp(stage, error) }
        }
        let notes = await stage.strike()
        facts.withLock { $0.notes += notes }
        return try await conclude(stage)
    }

    /// It could not start: the files say so, and the error goes on.
    private func giveUp(_ stage: Stage, _ error: any Error) async throws -> Outcome {
        facts.withLock { $0.startFailure = "\(error)" }
        let notes = await stage.strike()
        facts.withLock { $0.notes += notes }
        _ = try await conclude(stage)
        throw error
    }

    // MARK: From start to end

    private func start(_ stage: Stage) async throws {
        try await stage.startEtcd(directory)
        for group in stage.agents {
            for agent in group {
                await stage.desk.expect(agent, incarnation: 0)
                try stage.crew.start(agent, incarnation: 0)
            }
            try await waitUntilReady(group, stage)
        }
        try await stage.startBalancer(plan, directory)
        facts.withLock { $0.establishAt = ControlClock.now + .milliseconds(300) }
        await stage.desk.announceEstablishing(at: facts.withLock { $0.establishAt })
    }

    private func waitUntilReady(_ agents: [AgentID], _ stage: Stage) async throws(StartFailure) {
        let limit = ControlClock.now + .seconds(30)
        for agent in agents {
            while true {
                if let reached = await stage.desk.stage(of: agent), reached >= .ready { break }
                if let failure = await stage.desk.failure { throw StartFailure("\(failure.agent): \(failure.text)") }
                if let lost = stage.crew.newlyLost().first {
                    let line = directory.lastLine(ofLog: stage.crew.logPath(of: lost.agent))
                    throw StartFailure("\(lost.agent) ended at its start: \(line ?? lost.status.description)")
                }
                guard ControlClock.now < limit else { throw StartFailure("\(agent) was not ready within 30 s") }
                guard facts.withLock({ $0.signal }) == nil else { throw StartFailure("ended by a signal before t0") }
                _ = await sleep(until: ControlClock.now + .milliseconds(5))
            }
        }
    }

    private func live(_ stage: Stage) async {
        if await establish(stage), let t0 = await stage.desk.clock?.t0 {
            let runner = FaultRunner(plan: stage.preflight.plan, crew: stage.crew, desk: stage.desk) { [self] line in
                facts.withLock { $0.notes.append(line) }
            }
            let faults = Task {
                let noteBroken = { @Sendable [self] line in facts.withLock { $0.noteBroken(line) } }
                async let disturbed: Void = stage.disturbEtcd(stage.preflight.plan, t0: t0, note: noteBroken)
                async let reloaded: Void = stage.reloadBalancer(stage.preflight.plan, t0: t0, note: noteBroken)
                await runner.run(t0: t0)
                _ = await (disturbed, reloaded)
            }
            let belief = stage.watchBalancer(plan, t0: t0) { [self] line in
                facts.withLock { $0.noteBroken(line) }
            }
            let prober = stage.probeGateways(plan, t0: t0)
            await watch(stage, until: t0 + plan.realTime.duration)
            faults.cancel()
            prober?.cancel()
            // At the planned end the balancer's last count is still being asked for.
            if ControlClock.now < t0 + plan.realTime.duration { belief?.cancel() }
            await faults.value
            await belief?.value
            if let probes = await prober?.value { facts.withLock { $0.notes += probes.notes } }
        } else {
            await stage.desk.endNow()
        }
        await waitForLastReports(stage)
    }

    /// Waits until every session was admitted once, or the plan's limit, then announces t0.
    private func establish(_ stage: Stage) async -> Bool {
        let limit = facts.withLock { $0.establishAt } + plan.establish.timeout
        while ControlClock.now < limit {
            // Whoever waits for a part that is gone waits until the plan's limit for nothing.
            guard await look(at: stage), !facts.withLock({ $0.isFleetBroken }) else { return false }
            if let sessions = await stage.desk.sessions, sessions.admittedOnce >= sessions.sessions {
                break
            }
            guard await sleep(until: ControlClock.now + .milliseconds(20)) else { return false }
        }
        await stage.desk.announceStart(at: ControlClock.now + .seconds(2))
        return true
    }

    private func watch(_ stage: Stage, until end: Instant) async {
        var isEnding = false
        while ControlClock.now < end, !isEnding {
            isEnding = await !look(at: stage)
            _ = await sleep(until: min(end, ControlClock.now + .milliseconds(50)))
        }
        if isEnding { await stage.desk.endNow() }
    }

    /// Takes stock. False when the run must end now.
    private func look(at stage: Stage) async -> Bool {
        let now = ControlClock.now
        let clock = await stage.desk.clock
        noteLosses(stage, clock)
        await noteSilence(stage, clock, now)
        if facts.withLock({ $0.isProgressDue(now) }) {
            if let t0 = clock?.t0, now >= t0 { facts.withLock { $0.measureStolenTime() } }
            if clock == nil { noteBalancerBeforeStart(stage) }
            let progress = await stage.desk.progress(at: now)
            report(progress)
            stage.metrics.push(progress)
            if facts.withLock({ $0.isCheckpointDue(now) }) { await keepCheckpoint(stage) }
        }
        return facts.withLock { facts in
            facts.signal == nil && !facts.lost.contains { $0.agent.role == .worker }
        }
    }

    private func noteLosses(_ stage: Stage, _ clock: RunClock?) {
        for (agent, status) in stage.crew.newlyLost() {
            noteLoss(of: agent, "its process ended (\(status))", stage, clock)
        }
        if let end = stage.balancerEnd() { facts.withLock { $0.noteBroken(end) } }
        if let end = stage.etcdEnd() { facts.withLock { $0.noteBroken(end) } }
    }

    /// From t0 on it is asked for its counts anyway.
    private func noteBalancerBeforeStart(_ stage: Stage) {
        let trouble = stage.balancerTrouble
        facts.withLock { $0.noteBalancerBeforeStart(trouble: trouble) }
    }

    /// A worker that says nothing for ten seconds is lost. A gateway or balancer that does not answer is a finding.
    private func noteSilence(_ stage: Stage, _ clock: RunClock?, _ now: Instant) async {
        for index in 0..<stage.preflight.workers {
            let agent = AgentID(role: .worker, index: index)
            guard let heard = await stage.desk.lastHeard(of: agent) else { continue }
            guard now - heard > .seconds(10) else {
                let second = clock.map { $0.planSeconds(of: heard) }
                facts.withLock { $0.noteSilence(of: agent, heard: heard, now, second: second) }
                continue
            }
            guard facts.withLock({ facts in !facts.lost.contains { $0.agent == agent } }) else { continue }
            noteLoss(of: agent, "it said nothing for 10 s", stage, clock)
        }
        for (agent, since) in stage.crew.answering {
            guard let heard = await stage.desk.lastHeard(of: agent) else { continue }
            let second = clock.map { $0.planSeconds(of: heard) }
            facts.withLock { $0.noteSilence(of: agent, heard: max(heard, since), now, second: second) }
        }
    }

    private func noteLoss(of agent: AgentID, _ reason: String, _ stage: Stage, _ clock: RunClock?) {
        let workers = stage.preflight.workers
        var lost = LostAgent(agent: agent, reason: reason)
        lost.atSeconds = clock.map { $0.planSeconds(of: ControlClock.now) }
        if agent.role == .worker {
            lost.sessions = plan.sessions * agent.index / workers..<plan.sessions * (agent.index + 1) / workers
        }
        facts.withLock { facts in
            if !facts.lost.contains(where: { $0.agent == agent }) { facts.lost.append(lost) }
        }
    }

    /// Everybody who still answers hands in a last report; whoever is frozen or gone is not waited for.
    private func waitForLastReports(_ stage: Stage) async {
        let limit = ControlClock.now + .seconds(15)
        while ControlClock.now < limit {
            noteLosses(stage, await stage.desk.clock)
            var missing = false
            let lost = facts.withLock { $0.lost.map(\.agent) }
            let answersSince = Dictionary(stage.crew.answering.map { ($0.agent, $0.since) }) { first, _ in first }
            for agent in stage.crew.alive where !lost.contains(agent) {
                // One that was started just now has said nothing yet.
                let heard = max(await stage.desk.lastHeard(of: agent) ?? .zero, answersSince[agent] ?? .zero)
                // A gateway that has said nothing for two exchanges is frozen; its last word was its last report.
                if agent.role != .worker, ControlClock.now - heard > .seconds(3) { continue }
                if await stage.desk.stage(of: agent) != .ended { missing = true }
            }
            guard missing else { break }
            _ = await sleep(until: ControlClock.now + .milliseconds(10))
        }
        await noteMissingReports(stage)
    }

    /// A worker without a last report is lost, even if its process is still there. Of the fleet it is a finding, unless
    /// the timeline keeps it from reporting.
    private func noteMissingReports(_ stage: Stage) async {
        for (agent, _) in stage.crew.answering where await stage.desk.stage(of: agent) != .ended {
            facts.withLock { $0.noteMissingReport(of: agent) }
        }
        let clock = await stage.desk.clock
        for index in 0..<stage.preflight.workers {
            let agent = AgentID(role: .worker, index: index)
            guard await stage.desk.stage(of: agent) != .ended else { continue }
            noteLoss(of: agent, "its last report is missing", stage, clock)
        }
    }

    // MARK: Results

    /// A full disk takes the files, not what the run came to.
    private func conclude(_ stage: Stage) async throws -> Outcome {
        var measurements = await stage.desk.measurements
        stage.addMessages(to: &measurements, endedAt: await stage.desk.endedAt)
        facts.withLock { $0.notes += measurements.routing?.notes(in: plan) ?? [] }
        let result = RunResult.build(plan: plan, measurements: measurements, outcome: outcome(stage, isFinished: true))
        let events = Data(try EventLines.text(plan: plan, measurements: measurements).utf8)
        let unwritten = directory.write([("result.json", try result.json()), ("events.jsonl", events)])
        let series = RunSeries.build(plan: plan, measurements: measurements)
        return Outcome(result: result, series: series, directory: directory, unwritten: unwritten)
    }

    /// A run goes on without its checkpoint; that it had none is said.
    private func keepCheckpoint(_ stage: Stage) async {
        do {
            try await checkpoint(stage)
        } catch {
            facts.withLock { $0.noteCheckpointFailure("\(error)") }
        }
    }

    private func checkpoint(_ stage: Stage) async throws {
        let measurements = await stage.desk.measurements
        let result = RunResult.build(plan: plan, measurements: measurements, outcome: outcome(stage, isFinished: false))
        try directory.write(try result.json(), to: "result.json")
    }

    private func outcome(_ stage: Stage, isFinished: Bool) -> RunOutcome {
        facts.withLock { facts in
            var outcome = RunOutcome(mode: .live, planHash: stage.planHash, isFinished: isFinished)
            if let startedAt = facts.startedAt {
                outcome.startedAt = startedAt.ISO8601Format()
                outcome.elapsedSeconds = Date().timeIntervalSince(startedAt)
            }
            outcome.signal = facts.signal
            outcome.startFailure = facts.startFailure
            outcome.lost = facts.lost
            outcome.brokenParts = facts.brokenParts
            outcome.notes = facts.notes
            if let meter = facts.stolenTime, let share = meter.share {
                outcome.stolen = StolenTime(share: share, peakShare: meter.peakShare)
            }
            return outcome
        }
    }
}
