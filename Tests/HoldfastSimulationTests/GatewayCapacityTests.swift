import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Gateways that take no more than so many sessions.
@Suite struct GatewayCapacityTests {
    static func plan(_ lines: String) throws -> Plan {
        let text = """
            name: capacity
            heartbeat: { interval: 2s, silence: 6s }
            establish: { rate: 100000/s, timeout: 5s }
            defaults: [unexplained]
            \(lines)
            """
        return try Plan.parse(text: text, file: "plan.yaml")
    }

    static func run(_ lines: String) throws -> RunResult { Simulation(plan: try plan(lines)).run().result }

    /// 600 sessions, 300 to each of two: who finds no room is turned down, and with `policy: none` that was all.
    @Test(arguments: [(300, UInt64(0)), (299, 2), (250, 100)])
    func whoeverFindsNoRoomIsTurnedDown(capacity: Int, turnedDown: UInt64) throws {
        let result = try Self.run(
            """
            sessions: 600
            target: { gateways: 2, gateway: { capacity: \(capacity) } }
            reconnect: { policy: none }
            duration: 5s
            """
        )
        #expect(PlanRuns.populations(result) == [UInt64(capacity), UInt64(capacity)])
        #expect(result.connects.failedWhileEstablishing.byReason["rejected"] == turnedDown)
        #expect(result.sessions.stopped.byReason["gave-up"] == turnedDown)
        #expect(result.census.reconciled == true)
    }

    /// One of four dies: the others must carry m n/(n - 1) = 100. With room for 99 three sessions wait until it is
    /// back, and then they are all that it has.
    @Test(arguments: [(100, [UInt64(0), 100, 100, 100], UInt64(0)), (99, [3, 99, 99, 99], 3)])
    func oneLessThanNeeded(capacity: Int, expected: [UInt64], waiting: UInt64) throws {
        func lines(_ duration: Int) -> String {
            """
            sessions: 300
            target: { gateways: 4, gateway: { capacity: \(capacity) } }
            reconnect: { policy: fixed, delay: 1s }
            duration: \(duration)s
            timeline: [ { at: 1s, for: 20s, kill: { gateway: 0 } } ]
            """
        }
        let meanwhile = try Self.run(lines(20))
        #expect(PlanRuns.populations(meanwhile).dropFirst() == expected.dropFirst())
        #expect(meanwhile.sessions.waitingAtEnd == waiting)
        let after = try Self.run(lines(40))
        #expect(PlanRuns.populations(after) == expected)
        #expect(after.sessions.waitingAtEnd == 0)
    }

    /// A gateway full of ghosts turns everybody down until its idle timeout, 10 s from their last beats, which were at
    /// most 2 s before they vanished.
    @Test func ghostsTakeRoom() throws {
        func outage(_ gateway: String) throws -> LatencySummary {
            let result = try Self.run(
                """
                sessions: 100
                target: { gateways: 1, gateway: { \(gateway) } }
                reconnect: { policy: fixed, delay: 100ms }
                duration: 30s
                timeline: [ { at: 5s, drop: { by: vanish } } ]
                """
            )
            #expect(PlanRuns.populations(result) == [100])
            #expect(result.gateways[0].ownConnectionsAtEnd == 100)
            return result.outageSeconds
        }
        let full = try outage("idleTimeout: 10s, capacity: 100")
        #expect(try #require(full.min) >= 8)
        #expect(try #require(full.max) <= 10.2)
        let roomy = try outage("idleTimeout: 10s, capacity: 200")
        #expect(try #require(roomy.max) < 0.2)
    }

    /// Room is made and taken in the same order, whether beats are counted or carried out.
    @Test(arguments: ["client", "embedded"]) func bothFidelitiesAgree(via: String) throws {
        let plan = try Self.plan(
            """
            sessions: 200
            target: { gateways: 3, via: \(via), algorithm: random, gateway: { capacity: 60, idleTimeout: 7s } }
            reconnect: { base: 100ms, cap: 2s }
            churn: { lifetime: { mean: 4s } }
            duration: 20s
            timeline: [ { at: 5s, drop: { fraction: 30%, by: vanish } } ]
            """
        )
        let exact = Simulation(plan: plan, fidelity: .exact).run().result
        let fast = Simulation(plan: plan, fidelity: .fast).run().result
        #expect(exact.eventHash == fast.eventHash)
        #expect(exact.connects == fast.connects)
        #expect(exact.gateways == fast.gateways)
        #expect(try #require(exact.connects.failed.byReason["rejected"] ?? nil) > 20)
        #expect(exact.gateways.allSatisfy { ($0.connectionsAtEnd ?? .max) <= 60 })
    }
}
