import HoldfastCore
import HoldfastResult

/// What the run comes to, in the words of a live run's processes.
extension World {
    var measurements: RunMeasurements {
        var measurements = RunMeasurements(plan: plan, workers: segments.count)
        measurements.t0 = t0
        measurements.countsAttemptsTogether = true
        for (index, segment) in segments.enumerated() {
            var report = segment.report(index: index)
            if index == 0 { report.executed += executed }
            var log = segment.log
            report.rows = log.rows(forReport: 1)
            measurements.receive(report)
        }
        for (index, gateway) in gateways.enumerated() {
            var report = World.report(.gateway, index)
            report.cuts = gateway.cuts
            report.gateway = gateway.counters
            measurements.receive(report)
        }
        if balancer != nil, routing == nil {
            var report = World.report(.balancer, 0)
            report.cuts = balancerCuts
            measurements.receive(report)
        }
        measurements.longestSafeInterval = longestSafeInterval
        measurements.countedMessages = messagesAtEnd
        measurements.countedRequests = real.workload.request == nil ? nil : requests
        return measurements
    }

    /// What people should know beside the figures.
    var notes: [String] {
        var notes: [String] = []
        if cutPlan.strideSeconds > 1 {
            notes.append(
                """
                populations were kept every \(cutPlan.strideSeconds) plan seconds and where the plan speaks of them; \
                worst values may be worse between
                """
            )
        }
        let overflows = gateways.reduce(0) { $0 + $1.door.overflows }
        if overflows > 0 { notes.append("\(overflows) first segments found a gateway's accept queue full") }
        return notes + (routing?.tally.notes(in: plan) ?? []) + probes.notes
    }

    private static func report(_ role: AgentRole, _ index: Int) -> AgentReport {
        let agent = AgentID(role: role, index: index)
        return AgentReport(agent: agent, incarnation: 0, sequence: 1, stage: .ended, harness: HarnessReport())
    }
}
