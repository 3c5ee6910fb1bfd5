import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// Gateways that stand still for a while: what was due meanwhile, and what is due after it.
@Suite struct StandstillTests {
    private func plan(_ text: String) throws -> Plan { try Plan.parse(text: text, file: "standstill.yaml") }

    private func run(
        gateway: String = "{}",
        heartbeat: String,
        reconnect: String = "{ policy: none }",
        seconds: Int,
        timeline: String
    ) throws -> RunResult {
        let text = """
            name: standstill
            sessions: 4
            target: { gateways: 1, gateway: \(gateway) }
            heartbeat: \(heartbeat)
            reconnect: \(reconnect)
            duration: \(seconds)s
            timeline: [ \(timeline) ]
            """
        return Simulation(plan: try plan(text)).run().result
    }

    /// 100 sessions on the one that stalls miss two beats each, whichever way beats are counted:
    ///
    ///     0 s ...... 152 s ............ 232 s
    ///     beats every 20 s   stalled       answers again
    ///                  miss, miss, dead
    @Test(arguments: Simulation.Fidelity.allCases)
    func beatsThatAStalledGatewayDoesNotAnswer(fidelity: Simulation.Fidelity) throws {
        let text = """
            name: stalled
            sessions: 200
            target: { gateways: 2 }
            heartbeat: { interval: 20s, first: random, misses: 2, timeout: 3s }
            duration: 400s
            timeline: [ { at: 152s, for: 80s, stall: { gateway: 1 } } ]
            """
        let result = Simulation(plan: try plan(text), fidelity: fidelity).run().result
        #expect(result.heartbeats.missed == 200)
        #expect(result.disconnects.byMechanism["heartbeat"] == 100)
        #expect(result.disconnects.total == 100)
    }

    /// A beat of the gateway that was due while it stood still goes out when it goes on, and the next ones after it.
    @Test(arguments: ["freeze", "stall"], [(12, 2), (11, 4)])
    func theGatewaysOwnBeatsGoOn(fault: String, time: (at: Int, seconds: Int)) throws {
        let result = try run(
            heartbeat: "{ strategy: server, interval: 5s, first: after, silence: 15s }",
            reconnect: "{ policy: fixed, delay: 1s }",
            seconds: 60,
            timeline: "{ at: \(time.at)s, for: \(time.seconds)s, \(fault): { gateway: 0 } }"
        )
        #expect(result.disconnects.total == 0, "\(result.disconnects.byMechanism)")
    }

    /// The limit of silence passes while the gateway stands still; whoever vanishes later is still noticed.
    @Test(arguments: ["freeze", "stall"], [(10, 5), (35, 8)])
    func theIdleTimeoutStillHolds(fault: String, time: (at: Int, seconds: Int)) throws {
        let result = try run(
            gateway: "{ idleTimeout: 40s }",
            heartbeat: "{ interval: 20s, first: immediate, silence: 90s }",
            seconds: 400,
            timeline: """
                { at: \(time.at)s, for: \(time.seconds)s, \(fault): { gateway: 0 } }, \
                { at: 80s, vanish: { fraction: 100% } }
                """
        )
        #expect(result.census.client == 0 && result.census.gateway == 0 && result.census.balancer == 0)
        #expect(result.census.reconciled == true)
    }

    /// The age at which a gateway asks a session to go is no different where a timer passed while it stood still: as
    /// many are asked as with a standstill between its timers.
    @Test func theOldAreStillAskedToGo() throws {
        func asked(at: Int, seconds: Int) throws -> UInt64? {
            let result = try run(
                gateway: "{ maxAge: 60s, idleTimeout: 40s }",
                heartbeat: "{ interval: 20s, first: immediate, silence: 90s }",
                reconnect: "{ policy: fixed, delay: 1s }",
                seconds: 300,
                timeline: "{ at: \(at)s, for: \(seconds)s, freeze: { gateway: 0 } }"
            )
            return result.disconnects.byMechanism["goaway"] ?? nil
        }
        let between = try #require(try asked(at: 10, seconds: 5))
        #expect(between > 4)
        #expect(try asked(at: 35, seconds: 8) == between)
    }
}
