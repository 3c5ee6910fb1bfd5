import HoldfastCore
import Testing

@testable import HoldfastPlan

/// What a plan says about remedies against imbalance.
@Suite struct RemedyPlanTests {
    private func reading(_ target: String, _ timeline: String = "", scale: Int = 1) throws -> PlanReader.Reading {
        let text = """
            name: t
            sessions: 100
            target: { \(target) }
            timeScale: \(scale)
            duration: 600s
            timeline: [\(timeline)]

            """
        return try PlanReader.read(text: text, file: "plan.yaml")
    }

    private func errors(_ target: String, _ timeline: String = "") -> [String] {
        do {
            _ = try reading(target, timeline)
            return []
        } catch {
            return (error as? PlanError)?.diagnostics.map(\.description) ?? ["\(error)"]
        }
    }

    @Test func aDrainIsCarriedOutLive() throws {
        let event = "{ at: 10s, for: 60s, drain: { gateway: 0, over: 20s, to: 2 } }"
        let reading = try reading("gateways: 3, via: client", event, scale: 10)
        #expect(reading.simulatedOnly.isEmpty)
        let drain = Drain(over: .seconds(20), target: 2)
        #expect(reading.plan.timeline[0].action == .drain(drain, length: .seconds(60)))
        let real = reading.plan.realTime.timeline[0].action
        #expect(real == .drain(Drain(over: .seconds(2), target: 2), length: .seconds(6)))
        #expect(drain.command == .leave(.move, to: 2))
        #expect(Drain(over: .zero).command == .leave(.drain))
        let again = try Plan.parse(text: reading.plan.resolvedYAML(), file: "again.yaml")
        #expect(again == reading.plan)
    }

    @Test(arguments: [
        ("to: 3", "6:48: error: `3`; expected a gateway from 0 to 2; did you mean 2?"),
        ("to: 0", "6:48: error: a drain of gateway 0 to itself; expected a gateway that is not drained"),
    ])
    func whereADrainCannotSendAnybody(part: String, expected: String) {
        let found = errors("gateways: 3, via: client", "{ at: 10s, drain: { gateway: 0, \(part) } }")
        #expect(found == ["plan.yaml:" + expected])
    }

    /// What is asked for in a second of the plan is in a second of the plan.
    @Test(arguments: [("{}", 1.1, 50.0, 1), ("{ above: 1.5, rate: 30/m, interval: 20s }", 1.5, 0.5, 20)])
    func shedding(text: String, above: Double, rate: Double, interval: Int64) throws {
        let policy = ShedPolicy(above: above, ratePerSecond: rate, interval: .seconds(interval))
        let plan = try reading("gateways: 3, gateway: { shed: \(text) }", scale: 2).plan
        #expect(plan.target.gateway.shed == policy)
        var real = policy
        real.ratePerSecond = rate * 2
        real.interval = .milliseconds(interval * 500)
        #expect(plan.realTime.target.gateway.shed == real)
    }

    /// Live the mean is as old as an exchange.
    @Test(arguments: [("1s", 1, true), ("999ms", 1, false), ("20s", 20, true), ("20s", 21, false)])
    func howOftenGatewaysCanCompare(interval: String, scale: Int, isLive: Bool) throws {
        let reading = try reading("gateways: 3, gateway: { shed: { interval: \(interval) } }", scale: scale)
        #expect(reading.simulatedOnly.isEmpty == isLive)
        let found = "`shed` can only be simulated with an `interval` below 1s of real time"
        #expect(reading.simulatedOnly.allSatisfy { $0.description.contains(found) })
    }

    @Test(arguments: [
        ("shed: 1.1", "error: `1.1`; expected a mapping with above, rate or interval"),
        ("shed: { above: 0.9 }", "error: `0.9`; expected a number from 1 to 100"),
        ("shed: { interval: 0s }", "error: `0s`; expected a duration"),
        ("shed: { rate: 0/s }", "error: `0/s`; expected a rate"),
        ("shed: { to: 1 }", "error: unknown key `to`; expected above, rate or interval"),
        ("weight: [1, 2, 3], shed: {}", "error: `shed` to the mean beside a list of weights; expected gateways"),
    ])
    func whatCannotBeShed(part: String, expected: String) {
        let found = errors("gateways: 3, algorithm: random, gateway: { \(part) }")
        #expect(found.count == 1 && found.allSatisfy { $0.contains(expected) }, "\(found)")
    }
}
