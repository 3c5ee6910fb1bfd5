import HoldfastCore
import HoldfastHTTP
import HoldfastResult
import Synchronization
import Testing

@testable import HoldfastControl

/// Holds every report until it is let go.
private actor Gate: ControlHandler {
    private(set) var sequences: [UInt64] = []
    private var isOpen = false
    private var held: [CheckedContinuation<Void, Never>] = []

    func join(_ join: Join) throws(JoinRefusal) -> Assignment { throw JoinRefusal(.wrongPlan, "no plan here") }

    func exchange(_ report: AgentReport) async -> Orders {
        sequences.append(report.sequence)
        if !isOpen { await withCheckedContinuation { held.append($0) } }
        var orders = Orders()
        orders.acknowledged = report.sequence
        return orders
    }

    func open() {
        isOpen = true
        for continuation in held { continuation.resume() }
        held = []
    }
}

@Suite(.timeLimit(.minutes(1))) struct ControlLinkTests {
    private func report(_ sequence: UInt64) -> AgentReport {
        let agent = AgentID(role: .gateway, index: 4)
        return AgentReport(agent: agent, incarnation: 0, sequence: sequence, stage: .ended, harness: HarnessReport())
    }

    private func orders(_ link: ControlLink, acknowledging sequence: UInt64) async throws -> Orders {
        while true {
            if let orders = link.takeOrders(), orders.acknowledged == sequence { return orders }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func newestReportWaitsWhileOneIsUnderWay() async throws {
        try await withSocket { path in
            let gate = Gate()
            let server = ControlServer(socketPath: path, handler: gate)
            try await server.start()
            let client = HTTPClient(name: "test")
            let wakes = Atomic(0)
            let link = ControlLink(socketPath: path, client: client) { wakes.add(1, ordering: .relaxed) }
            for sequence: UInt64 in 1...5 { link.submit(report(sequence)) }
            while await gate.sequences.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            #expect(link.takeOrders() == nil)
            await gate.open()
            _ = try await orders(link, acknowledging: 5)
            #expect(await gate.sequences == [1, 5])
            #expect(wakes.load(ordering: .relaxed) == 2)
            #expect(link.takeOrders() == nil)
            #expect(link.health == LinkHealth())
            client.shutdown()
            await server.stop()
        }
    }

    @Test func lastReportIsRepeatedUntilAcknowledged() async throws {
        try await withSocket { path in
            let client = HTTPClient(name: "test")
            let link = ControlLink(socketPath: path, client: client)
            let last = report(9)
            #expect(try await onThread { link.finalFlush(last, within: .milliseconds(50)) } == false)
            async let isAcknowledged = onThread { link.finalFlush(last, within: .seconds(20)) }
            try await Task.sleep(for: .milliseconds(250))
            let gate = Gate()
            await gate.open()
            let server = ControlServer(socketPath: path, handler: gate)
            try await server.start()
            #expect(try await isAcknowledged)
            #expect(link.lastFailure != nil)
            client.shutdown()
            await server.stop()
        }
    }

    @Test func failuresAreCountedAndLeaveNothingBehind() async throws {
        try await withSocket { path in
            let client = HTTPClient(name: "test")
            let link = ControlLink(socketPath: path, client: client)
            for count in 1...3 {
                link.submit(report(UInt64(count)))
                while link.health.consecutiveFailures < count { try await Task.sleep(for: .milliseconds(2)) }
            }
            #expect(link.takeOrders() == nil)
            // A report that cannot be said at all fails as well, and says why.
            var unusable = report(4)
            unusable.ranks = [RankReport(fault: 0, ranks: [2, 1])]
            link.submit(unusable)
            #expect(link.health.consecutiveFailures == 4)
            #expect(link.lastFailure?.contains("ranks is 1 after 2") == true)
            client.shutdown()
        }
    }

    @Test func joiningAnEmptySocketIsBounded() async throws {
        try await withSocket { path in
            let client = HTTPClient(name: "test")
            let link = ControlLink(socketPath: path, client: client)
            let join = Join(agent: AgentID(role: .worker, index: 0), incarnation: 0, build: "b", pid: 1)
            let error = await #expect(throws: ControlLinkError.self) {
                try await onThread { try link.join(join, within: .milliseconds(250)) }
            }
            #expect(error?.description.hasPrefix("the coordinator did not answer: ") == true)
            client.shutdown()
        }
    }
}
