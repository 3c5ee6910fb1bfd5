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
}
