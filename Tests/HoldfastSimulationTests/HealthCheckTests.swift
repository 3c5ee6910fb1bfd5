import HoldfastCore
import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// What a balancer's own checks see, and when.
@Suite struct HealthCheckTests {
    /// One of four is hit at `at`; at 13 s or 15 s a hundred connections are made anew, with nobody to try them again.
    private func failures(_ check: String, _ fault: String, newAt second: Int, at: String = "10s") throws -> UInt64 {
        let text = """
            name: checks
            sessions: 400
            target:
              gateways: 4
              algorithm: random
              balancer: { healthCheck: \(check), interval: 2s, fall: 3, rise: 2, connectFailure: reset }
            heartbeat: { strategy: none }
            connect: { timeout: 2s, loginTimeout: 2s }
            reconnect: { policy: fixed, delay: 2m }
            establish: { rate: 2000/s }
            duration: 60s
            timeline:
              - { at: \(at), \(fault) }
              - { at: \(second)s, drop: { gateways: [1, 2, 3], return: 0s } }
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect(result.disconnects.unexplained == 0)
        return result.connects.failed.byReason.values.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// Checks are at t0 + 2 s, 4 s and so on: those at 10, 12 and 14 s fail, so it is out from 14 s on. Hit a tick
    /// later it is seen at 12, 14 and 16 s.
    @Test(arguments: [("10s", 13, true), ("10s", 15, false), ("10000000001ns", 15, true), ("10000000001ns", 17, false)])
    func threeFailedChecksTakeItOut(at: String, second: Int, isChosen: Bool) throws {
        for check in ["tcp", "application"] {
            let failed = try failures(check, "kill: { gateway: 0 }", newAt: second, at: at)
            #expect((failed > 0) == isChosen, "\(check)")
        }
    }

    /// A frozen process has a kernel that accepts; a host without power has nothing.
    @Test(arguments: [
        ("tcp", "freeze", true), ("application", "freeze", false), ("tcp", "stall", true),
        ("application", "stall", false), ("tcp", "crash", false), ("application", "crash", false),
        ("tcp", "kill", false), ("application", "kill", false),
    ])
    func whatEachCheckSees(check: String, fault: String, isChosen: Bool) throws {
        let failed = try failures(check, "\(fault): { gateway: 0 }", newAt: 20)
        #expect((failed > 0) == isChosen)
    }

    /// Back at 20 s, it passes at 20 and 22 s: connections made at 21 s do not go there, and those made at 23 s do.
    @Test(arguments: [(21, false), (23, true)])
    func twoGoodChecksPutItBack(second: Int, isBack: Bool) throws {
        let text = """
            name: checks
            sessions: 400
            target: { gateways: 4, algorithm: least-connections, balancer: { healthCheck: tcp } }
            heartbeat: { strategy: none }
            reconnect: { policy: fixed, delay: 2m }
            establish: { rate: 2000/s }
            duration: 60s
            timeline:
              - { at: 10s, for: 10s, kill: { gateway: 0 } }
              - { at: \(second)s, drop: { gateway: 1, return: 0s } }
            """
        let result = Simulation(plan: try Plan.parse(text: text, file: "plan.yaml")).run().result
        #expect((PlanRuns.populations(result)[0] > 0) == isBack)
        #expect(PlanRuns.populations(result).reduce(0, +) == 300)
    }

    /// The rule alone, check by check.
    @Test func contraryChecksAreCountedInARow() {
        let settings = CheckSettings(interval: .seconds(1), fall: 3, rise: 2)
        var health = CheckedHealth()
        let drawing = "++-+--+---+-++-+"
        let states = drawing.map { check in
            _ = health.note(isGood: check == "+", settings)
            return health.isUp ? "u" : "d"
        }
        #expect(states.joined() == "uuuuuuuuudddduuu")
    }
}
