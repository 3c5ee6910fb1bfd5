import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

/// What the coordinator tells gateways of their fleet.
@Suite struct FleetLoadTests {
    private static let t0 = Instant.zero + .seconds(100)

    /// Gateways with 10, 20 and 30 connections, of which the second is drained from 5 s to 8 s.
    private static func measurements() -> RunMeasurements {
        let drain = event(.drain(Drain(over: .seconds(1)), length: .seconds(3)), at: 5, on: [1])
        var measurements = RunMeasurements(plan: makePlan(gateways: 3, timeline: [drain]), workers: 1)
        measurements.t0 = t0
        for (index, open) in [UInt64(10), 20, 30].enumerated() {
            let agent = AgentID(role: .gateway, index: index)
            for (sequence, held) in [(UInt64(2), open), (1, 77)] {
                var report = AgentReport(
                    agent: agent,
                    incarnation: 0,
                    sequence: sequence,
                    stage: .running,
                    harness: HarnessReport()
                )
                report.gateway = GatewayCounters()
                report.gateway?.open = held
                if index == 1 {
                    let (start, end) = (t0 + .seconds(5), t0 + .seconds(8))
                    report.executed = [ExecutedInterval(fault: 0, gateway: 1, start: start, end: end)]
                }
                measurements.receive(report)
            }
        }
        return measurements
    }

    @Test(arguments: [(Int64(4), UInt64(60), UInt32(3), 20.0), (6, 40, 2, 20), (9, 60, 3, 20)])
    func isThatOfGatewaysInService(second: Int64, connections: UInt64, gateways: UInt32, mean: Double) {
        let load = Self.measurements().fleetLoad(at: Self.t0 + .seconds(second)) { _ in true }
        #expect(load == FleetLoad(connections: connections, gateways: gateways))
        #expect(load.mean == mean)
    }

    @Test func whoSaysNothingIsNotCounted() {
        let load = Self.measurements().fleetLoad(at: Self.t0) { $0.index != 2 }
        #expect(load == FleetLoad(connections: 30, gateways: 2))
        let nobody = Self.measurements().fleetLoad(at: Self.t0) { _ in false }
        #expect(nobody.mean == nil)
    }
}
