import Dispatch
import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import Synchronization

/// Starts a run as soon as its one agent is ready, and ends it when the agent has ended.
final class StandInCoordinator: ControlHandler {
    struct State {
        var joins: [Join] = []
        var reports: [AgentReport] = []
        var establishAt: Instant?
        var t0: Instant?
        /// How often an agent has to say that it has ended before it may leave.
        var patience = 1
    }

    let state = Mutex(State())
    let assignment: Assignment

    init(_ plan: Plan, gatewayPort: UInt16, balancerPort: UInt16 = 1) {
        assignment = Assignment(
            planText: plan.resolvedYAML(),
            planHash: plan.hash,
            run: 99,
            workers: 1,
            gatewayPort: gatewayPort,
            balancerPort: balancerPort,
            pushURL: nil
        )
    }

    func join(_ join: Join) async throws(JoinRefusal) -> Assignment {
        state.withLock { $0.joins.append(join) }
        return assignment
    }

    func exchange(_ report: AgentReport) async -> Orders {
        state.withLock { state in
            state.reports.append(report)
            var orders = Orders()
            orders.acknowledged = report.sequence
            if report.stage != .joined, state.establishAt == nil {
                state.establishAt = Clock.now
                state.t0 = Clock.now + .milliseconds(50)
            }
            orders.establishAt = state.establishAt
            orders.t0 = state.t0
            let endings = state.reports.count { $0.stage == .ended }
            orders.finish = endings >= state.patience || report.failure != nil
            return orders
        }
    }

    var reports: [AgentReport] { state.withLock { $0.reports } }

    /// Serves while `body` runs.
    func serve<Result: Sendable>(
        _ name: String,
        _ body: @Sendable (_ socketPath: String) async throws -> Result
    ) async throws -> Result {
        let path = "/tmp/holdfast-fleet-\(name)-\(getpid()).sock"
        let server = ControlServer(socketPath: path, handler: self)
        try await server.start()
        do {
            let result = try await body(path)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}

/// Runs a process of the fleet on a thread of its own.
func onAThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "fleet").async { continuation.resume(with: Swift.Result { try body() }) }
    }
}
