import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult
import HoldfastSimulation
import Synchronization

/// Carries out the runs of a search for the capacity, one after the other; a signal ends the one under way and is
/// remembered.
final class CapacityTrial: Sendable {
    private struct State {
        var signal: String?
        /// Ends the run under way.
        var end: (@Sendable (String) -> Void)?
    }

    private let simulates: Bool
    private let screen: ProgressScreen
    private let state = Mutex(State())

    init(simulates: Bool, screen: ProgressScreen) {
        self.simulates = simulates
        self.screen = screen
    }

    /// The signal that asked for the end; nil while none has.
    var signal: String? { state.withLock { $0.signal } }

    /// Asks for the end; from any thread.
    func end(signal: String) {
        let end = state.withLock { state in
            if state.signal == nil { state.signal = signal }
            return state.end
        }
        end?(signal)
    }

    /// One run with its files in `path`. What it could not start for is its limit, unless it is the first: then nothing
    /// of the plan can be carried out here.
    func step(_ plan: Plan, in path: String, isFirst: Bool) async throws -> CapacityStep {
        do {
            let result = simulates ? try simulated(plan, path) : try await live(plan, path)
            return CapacityStep(result, directory: path)
        } catch let failure as StartFailure where !isFirst {
            return CapacityStep(sessions: plan.sessions, startFailure: failure.description, directory: path)
        }
    }

    private func simulated(_ plan: Plan, _ path: String) throws -> RunResult {
        let directory = try RunDirectory(path: path)
        let interruption = Interruption()
        watch { interruption.end(signal: $0) }
        try directory.write(plan.resolvedYAML(), to: "plan.yaml")
        let outcome = Simulation(plan: plan, interruption: interruption).run()
        try directory.write(outcome, of: plan)
        return try reported(outcome.result, outcome.series, directory)
    }

    private func live(_ plan: Plan, _ path: String) async throws -> RunResult {
        let run = try LiveRun(plan: plan, options: RunOptions(directory: path)) { [screen] in screen.show($0) }
        watch { run.abort(signal: $0) }
        defer { screen.end() }
        let outcome = try await run.run()
        if let error = outcome.unwritten.first { throw error }
        return try reported(outcome.result, outcome.series, outcome.directory)
    }

    private func reported(_ result: RunResult, _ series: RunSeries, _ directory: RunDirectory) throws -> RunResult {
        if let error = ReportFiles(result, series).write(to: directory).first { throw error }
        return result
    }

    /// A signal ends this run from now on; one that has come already ends it at once.
    private func watch(_ end: @escaping @Sendable (String) -> Void) {
        let seen = state.withLock { state in
            state.end = end
            return state.signal
        }
        if let seen { end(seen) }
    }
}
