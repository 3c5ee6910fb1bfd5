import Foundation
import HoldfastCore
import HoldfastResult

@testable import HoldfastControl

/// A coordinator that only starts and ends idle agents, and remembers what they said.
actor TestCoordinator: ControlHandler {
    static let build = "test-build"

    private let agents: [AgentID]
    private var order = ReportOrder()
    private(set) var joins: [Join] = []
    private(set) var accepted: [AgentID: [AgentReport]] = [:]
    private(set) var arrivals: [AgentReport] = []
    private var establishAt: Instant?
    private var t0: Instant?
    var endsNow = false

    init(_ agents: [AgentID]) { self.agents = agents }

    func join(_ join: Join) throws(JoinRefusal) -> Assignment {
        guard agents.contains(join.agent) else { throw JoinRefusal(.unknownAgent, "no \(join.agent) in this run") }
        guard join.build == Self.build else {
            throw JoinRefusal(.wrongBuild, "\(join.build) instead of \(Self.build)")
        }
        joins.append(join)
        return Assignment(
            planText: "duration: 4s",
            planHash: "0123456789abcdef",
            run: 7,
            workers: agents.count,
            gatewayPort: 40_001,
            balancerPort: 40_002,
            pushURL: nil
        )
    }

    func exchange(_ report: AgentReport) -> Orders {
        arrivals.append(report)
        if order.accept(report) { accepted[report.agent, default: []].append(report) }
        let stages = agents.map { accepted[$0]?.last?.stage }
        let now = ControlClock.now
        if establishAt == nil, stages.allSatisfy({ $0 == .ready }) { establishAt = now }
        if t0 == nil, stages.allSatisfy({ $0 == .running }) { t0 = now + .seconds(1) }
        var orders = Orders()
        orders.acknowledged = accepted[report.agent]?.last?.sequence ?? 0
        orders.establishAt = establishAt
        orders.t0 = t0
        orders.endNow = endsNow
        orders.finish = stages.allSatisfy { $0 == .ended }
        return orders
    }

    func endNow() { endsNow = true }

    /// Seconds of the cuts of `agent`, each once, in order of arrival.
    func cutSeconds(_ agent: AgentID) -> [Int32] {
        var seen: [Int32] = []
        for cut in (accepted[agent] ?? []).flatMap(\.cuts) where !seen.contains(cut.second) { seen.append(cut.second) }
        return seen
    }

    func stages(_ agent: AgentID) -> [AgentReport.Stage] { (accepted[agent] ?? []).map(\.stage) }
}

/// A short path for a Unix socket, in a directory of its own that is removed afterwards.
func withSocket<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "hf-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory.appending(path: "control").path)
}

/// Runs something that blocks on a thread of its own, so that it keeps no task from running.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

/// An idle agent of the test coordinator's run, four plan seconds long.
func idleAgent(_ agent: AgentID, _ socketPath: String, build: String = TestCoordinator.build) -> IdleAgent {
    IdleAgent(socketPath: socketPath, join: Join(agent: agent, incarnation: 0, build: build, pid: getpid())) { _ in
        RunTiming(duration: .seconds(4), timeScale: 16)
    }
}
