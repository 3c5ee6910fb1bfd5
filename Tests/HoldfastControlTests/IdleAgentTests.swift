import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

/// Whole lives over a real socket, without any traffic.
@Suite(.timeLimit(.minutes(1))) struct IdleAgentTests {
    static let fleet = [
        AgentID(role: .gateway, index: 0), AgentID(role: .gateway, index: 1), AgentID(role: .balancer, index: 0),
        AgentID(role: .worker, index: 0), AgentID(role: .worker, index: 1), AgentID(role: .worker, index: 2),
    ]

    private func live(_ agents: [AgentID], _ socketPath: String) async throws -> [LifeExit] {
        try await withThrowingTaskGroup(of: LifeExit.self) { group in
            for agent in agents {
                group.addTask { try await onThread { try idleAgent(agent, socketPath).run() } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func wholeFleetLivesAndLeaves() async throws {
        try await withSocket { path in
            let coordinator = TestCoordinator(Self.fleet)
            let server = ControlServer(socketPath: path, handler: coordinator)
            try await server.start()
            let exits = try await live(Self.fleet, path)
            #expect(exits == Self.fleet.map { _ in .finished })
            #expect(await coordinator.joins.count == Self.fleet.count)
            for agent in Self.fleet {
                #expect(await coordinator.cutSeconds(agent) == [0, 1, 2, 3, 4])
                let stages = await coordinator.stages(agent)
                #expect(stages.map(\.rawValue) == stages.map(\.rawValue).sorted())
                #expect(Set(stages) == [.ready, .running, .ended])
                let last = try #require(await coordinator.accepted[agent]?.last)
                #expect(last.harness.pid > 0 && last.harness.rssPeakBytes > 1 << 20 && last.harness.fdsPeak > 2)
            }
            await server.stop()
        }
    }

    @Test func orderToEndIsCarriedOutAtOnce() async throws {
        try await withSocket { path in
            let agent = Self.fleet[3]
            let coordinator = TestCoordinator([agent])
            await coordinator.endNow()
            let server = ControlServer(socketPath: path, handler: coordinator)
            try await server.start()
            #expect(try await live([agent], path) == [.finished])
            #expect(await coordinator.cutSeconds(agent) == [0])
            await server.stop()
        }
    }

    @Test func lostCoordinatorEndsTheAgent() async throws {
        try await withSocket { path in
            // The second agent never comes, so the first one waits for the start.
            let coordinator = TestCoordinator(Array(Self.fleet.prefix(2)))
            let server = ControlServer(socketPath: path, handler: coordinator)
            try await server.start()
            var agent = idleAgent(Self.fleet[0], path)
            agent.patience = .milliseconds(500)
            let waiting = agent
            async let exit = onThread { try waiting.run() }
            while await coordinator.arrivals.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            await server.stop()
            #expect(try await exit == .coordinatorLost)
        }
    }

    /// A coordinator that is away for a moment is not lost.
    @Test func livesThroughAPause() async throws {
        try await withSocket { path in
            let agent = Self.fleet[0]
            let coordinator = TestCoordinator(Array(Self.fleet.prefix(2)))
            let server = ControlServer(socketPath: path, handler: coordinator)
            try await server.start()
            async let exit = onThread { try idleAgent(agent, path).run() }
            while await coordinator.arrivals.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            await server.stop()
            try await Task.sleep(for: .milliseconds(300))
            let successor = TestCoordinator([agent])
            let second = ControlServer(socketPath: path, handler: successor)
            try await second.start()
            #expect(try await exit == .finished)
            #expect(await successor.cutSeconds(agent) == [0, 1, 2, 3, 4])
            await second.stop()
        }
    }

    @Test func refusalsSayWhy() async throws {
        try await withSocket { path in
            let server = ControlServer(socketPath: path, handler: TestCoordinator([Self.fleet[0]]))
            try await server.start()
            let unknown = ControlLinkError.refused("unknown-agent: no worker 2 in this run")
            await #expect(throws: unknown) {
                try await onThread { try idleAgent(Self.fleet[5], path).run() }
            }
            let mixed = ControlLinkError.refused("wrong-build: other instead of test-build")
            await #expect(throws: mixed) {
                try await onThread { try idleAgent(Self.fleet[0], path, build: "other").run() }
            }
            await server.stop()
        }
    }
}
