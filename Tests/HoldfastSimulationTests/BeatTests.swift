import HoldfastPlan
import HoldfastResult
import HoldfastSimulation
import Testing

/// What heartbeats cost, and which are warned of, as the articles count them.
@Suite struct BeatTests {
    /// Row 27: the beats of each application in ten minutes, the first one interval after admission.
    @Test(arguments: [("whatsapp-30s", 20), ("whatsapp-60s", 10), ("wechat", 2), ("weibo", 5), ("qq", 13)])
    func beatsInTenMinutes(preset: String, beats: UInt64) throws {
        let text = """
            name: beats
            sessions: 20
            target: { gateways: 2 }
            heartbeat: { preset: \(preset), first: after }
            establish: { rate: 1000/s }
            duration: 10m
            """
        let plan = try Plan.parse(text: text, file: "plan.yaml")
        let result = Simulation(plan: plan).run().result
        #expect(result.heartbeats.sent == 20 * beats)
        #expect(result.disconnects.total == 0)
    }

    /// Row 22: a limit that one late answer can exceed is warned of, and so is one below the interval.
    @Test func aLimitBelowTwoIntervals() throws {
        func text(_ silence: String) -> String {
            """
            name: tight
            sessions: 20
            target: { gateways: 2 }
            heartbeat: { interval: 30s, silence: \(silence) }
            duration: 10s
            """
        }
        #expect(try PlanReader.read(text: text("60s"), file: "plan.yaml").warnings.isEmpty)
        #expect(try PlanReader.read(text: text("59s"), file: "plan.yaml").warnings.count == 1)
        #expect(try PlanReader.read(text: text("30s"), file: "plan.yaml").warnings.count == 1)
        #expect(try PlanReader.read(text: text("20s"), file: "plan.yaml").warnings.count == 1)
    }
}
