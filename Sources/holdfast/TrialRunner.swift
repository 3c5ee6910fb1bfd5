import HoldfastCoordinator
import HoldfastPlan
import HoldfastReport
import HoldfastResult
import HoldfastSimulation
import Synchronization

/// Carries out the runs of a search or a comparison; a signal ends those under way and is remembered.
final class TrialRunner: Sendable {
    private struct State {
        var signal: String?
        /// Ends the runs under way, by their directories.
        var ends: [String: @Sendable (String) -> Void] = [:]
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
        let ends = state.withLock { state in
            if state.signal == nil { state.signal = signal }
            return state.ends
        }
        for end in ends.values { end(signal) }
    }

    /// One run with its files in `path`.
    ///
    /// - Throws: `StartFailure` when it could not start, else what kept a file from being written.
    func run(_ plan: Plan, in path: String) async throws -> (result: RunResult, series: RunSeries) {
        defer { state.withLock { _ = $0.ends.removeValue(forKey: path) } }
        return simulates ? try simulated(plan, path) : try await live(plan, path)
    }

    private func simulated(_ plan: Plan, _ path: String) throws -> (RunResult, RunSeries) {
        let directory = try RunDirectory(path: path)
        let interruption = Interruption()
        watch(path) { interruption.end(signal: $0) }
        try directory.write(plan.resolvedYAML(), to: "plan.yaml")
        let outcome = Simulation(plan: plan, interruption: interruption).run()
        try directory.write(outcome, of: plan)
        return try reported(outcome.result, outcome.series, directory)
    }

    private func live(_ plan: Plan, _ path: String) async throws -> (RunResult, RunSeries) {
        let run = try LiveRun(plan: plan, options: RunOptions(directory: path)) { [screen] in screen.show($0) }
        watch(path) { run.abort(signal: $0) }
        defer { screen.end() }
        let outcome = try await run.run()
        if let error = outcome.unwritten.first { throw error }
        return try reported(outcome.result, outcome.series, outcome.directory)
    }

    private func reported(
        _ result: RunResult,
        _ series: RunSeries,
        _ directory: RunDirectory
    ) throws -> (RunResult, RunSeries) {
        if let error = ReportFiles(result, series).write(to: directory).first { throw error }
        return (result, series)
    }

    /// A signal ends the run in `path` from now on; one that has come already ends it at once.
    private func watch(_ path: String, _ end: @escaping @Sendable (String) -> Void) {
        let seen = state.withLock { state in
            state.ends[path] = end
            return state.signal
        }
        if let seen { end(seen) }
    }
}
