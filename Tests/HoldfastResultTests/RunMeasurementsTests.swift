import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Merging of reports")
struct RunMeasurementsTests {
    @Test("A report that arrives twice or late changes nothing")
    func duplicates() {
        var measurements = RunMeasurements(plan: makePlan(), workers: 1)
        let first = report(sequence: 1, attempted: 10)
        let second = report(sequence: 2, attempted: 20)
        let changes = [first, second, second, first].map { measurements.receive($0) }
        #expect(changes == [true, true, false, false])
        #expect(measurements.sessions?.connectsAttempted == 20)
        #expect(measurements.rows.count == 1)
        #expect(measurements.clientCuts.rows[3]?.open == [5, 5])
    }

    @Test("Incarnations of one gateway add up, workers add up, and what nobody said is nil")
    func addition() {
        var measurements = RunMeasurements(plan: makePlan(), workers: 2)
        #expect(measurements.sessions == nil)
        #expect(measurements.gateway(0) == nil)
        measurements.receive(gateway(incarnation: 0, accepted: 100, peak: 60))
        measurements.receive(gateway(incarnation: 1, accepted: 40, peak: 10))
        #expect(measurements.gateway(0)?.accepted == 140)
        #expect(measurements.gateway(0)?.acceptsPeakPerSecond == 60)
        #expect(measurements.gateway(1) == nil)
        measurements.receive(report(sequence: 1, attempted: 10))
        measurements.receive(report(worker: 1, sequence: 1, attempted: 7))
        #expect(measurements.sessions?.connectsAttempted == 17)
        #expect(measurements.harness(of: AgentID(role: .gateway, index: 0))?.cpuSeconds == 1)
    }

    @Test("What the fleet pushed and what workers received of it come together; what nobody asked the fleet is nil")
    func workload() {
        var measurements = RunMeasurements(plan: makePlan(), workers: 2)
        for (worker, delivered) in [UInt64(30), 12].enumerated() {
            var report = report(worker: worker, sequence: 1, attempted: 0)
            report.sessions?.messages = MessageTally()
            report.sessions?.messages?.delivered = delivered
            report.sessions?.messages?.latency.record(.milliseconds(5))
            report.sessions?.requests = RequestTally()
            report.sessions?.requests?.sent = delivered
            report.sessions?.requests?.onStaleConnection = UInt64(worker)
            measurements.receive(report)
        }
        #expect(measurements.messages == nil)
        #expect(measurements.requests?.sent == 42)
        #expect(measurements.requests?.onStaleConnection == 1)
        var fleet = MessageTally()
        (fleet.pushed, fleet.wasted, fleet.pending) = (50, 3, 5)
        measurements.fleetMessages = fleet
        #expect(measurements.messages?.delivered == 42)
        #expect(measurements.messages?.latency.count == 2)
        #expect(measurements.messages?.lost == 3)
        #expect(measurements.messages?.wasted == 3)
    }

    @Test("The processes of one gateway are one gateway, which is known when all of them spoke")
    func shards() {
        var plan = makePlan(duration: .seconds(2))
        plan.target.gateway.shards = 2
        var measurements = RunMeasurements(plan: plan, workers: 1)
        for (shard, seconds) in [(0, 0...2), (1, 0...1)] as [(Int, ClosedRange<Int32>)] {
            let agent = AgentID(role: .gateway, index: 1, shard: shard)
            var report = AgentReport(
                agent: agent,
                incarnation: 0,
                sequence: 1,
                stage: shard == 0 ? .ended : .running,
                harness: HarnessReport()
            )
            report.gateway = GatewayCounters()
            report.gateway?.accepted = 40
            report.gateway?.open = 30
            // The gateway's own, in each of them.
            report.gateway?.openPeak = UInt64(60 + shard)
            report.cuts = seconds.map { second in cut(second, [0, 20]) }
            measurements.receive(report)
        }
        let counters = measurements.gateway(1)
        #expect(counters?.accepted == 80)
        #expect(counters?.open == 60)
        #expect(counters?.openPeak == 61)
        #expect(measurements.processes(ofGateway: 1).map(\.description) == ["gateway 1", "gateway 1, shard 1"])
        let table = measurements.gatewayCuts
        #expect(table.rows[1]?.open[1] == 40)
        #expect((0...2).map { second in table.rows[second].map { table.knows(1, in: $0) } } == [true, true, false])
    }

    @Test("A cut without one of the workers is incomplete, not smaller")
    func incompleteCut() {
        var run = FixtureRun(plan: makePlan(duration: .seconds(2)), workers: 2)
        run.report(.worker, 0) { $0.cuts = cuts(through: 2, [10, 10]) }
        run.report(.worker, 1) { $0.cuts = cuts(through: 1, [30, 30]) }
        let analysis = RunAnalysis(plan: run.plan, measurements: run.measurements)
        #expect(analysis.cuts.map(\.second) == [0, 1])
        #expect(analysis.cuts.map(\.admitted) == [80, 80])
        #expect(analysis.endCut == nil)
        #expect(run.result().gateways.map(\.connectionsAtEnd) == [nil, nil])
        #expect(run.result().census.client == nil)
        #expect(run.result().imbalance.phases[0].excessConnectionSeconds == nil)
    }

    @Test("Of a run that ended early the last cut that all workers have counts")
    func endedEarly() {
        var run = FixtureRun(plan: makePlan(duration: .seconds(9)), workers: 2)
        run.report(.worker, 0) { $0.cuts = cuts(through: 5, [10, 10]) }
        run.report(.worker, 1) { $0.cuts = cuts(through: 4, [30, 30]) }
        let result = run.result { $0.signal = "SIGINT" }
        #expect(result.gateways.map(\.connectionsAtEnd) == [40, 40])
        #expect(result.disconnects.seenByCuts == nil)
        #expect(result.exitCode == 105)
    }

    @Test("Executed intervals of several processes become one, from the first effect to the last")
    func executed() {
        var run = FixtureRun(
            plan: makePlan(timeline: [event(drop(), at: 1), event(.kill(length: nil), at: 5, on: [1])])
        )
        run.report(.worker, 0) { $0.executed = [interval(0, nil, 1.002, 1.004)] }
        run.report(.worker, 1) { $0.executed = [interval(0, nil, 1.001, 1.003)] }
        run.measurements.recordExecuted(interval(1, 1, 5, nil))
        #expect(run.measurements.executed == [interval(0, nil, 1.001, 1.004), interval(1, 1, 5, nil)])
        run.measurements.recordExecuted(interval(1, 1, 5, 6))
        #expect(run.measurements.executed.last == interval(1, 1, 5, 6))
    }

    @Test("The threshold is the rank of the last victim over all workers, once all have reported")
    func threshold() {
        let timeline = [
            event(drop(), at: 5, on: [0], share: .fraction(0.5)), event(drop(), at: 5, on: [1], share: .count(0)),
        ]
        var run = FixtureRun(plan: makePlan(timeline: timeline), workers: 2)
        run.report(.worker, 0) { $0.ranks = [.init(fault: 0, ranks: [3, 50, 70]), .init(fault: 1, ranks: [1])] }
        #expect(run.measurements.threshold(ofFault: 0) == nil)
        run.report(.worker, 1) { $0.ranks = [.init(fault: 0, ranks: [9, 20]), .init(fault: 1, ranks: [])] }
        #expect(run.measurements.threshold(ofFault: 0) == RankThreshold(fault: 0, rank: 20))
        #expect(run.measurements.threshold(ofFault: 1) == RankThreshold(fault: 1, rank: nil))
        #expect(run.measurements.threshold(ofFault: 9) == nil)
    }

    @Test("Populations of gateways that the plan does not have are ignored")
    func unknownGateway() {
        var run = FixtureRun(plan: makePlan(gateways: 2, duration: .seconds(1)))
        run.report { $0.cuts = cuts(through: 1, [5, 6, 7]) }
        #expect(run.result().gateways.map(\.connectionsAtEnd) == [5, 6])
    }

    private func report(worker: Int = 0, sequence: UInt64, attempted: UInt64) -> AgentReport {
        let agent = AgentID(role: .worker, index: worker)
        var report = AgentReport(
            agent: agent,
            incarnation: 0,
            sequence: sequence,
            stage: .running,
            harness: quietHarness
        )
        report.sessions = SessionCounters()
        report.sessions?.connectsAttempted = attempted
        report.cuts = [cut(3, [5, 5])]
        report.rows = [
            DisconnectRow(
                session: 1,
                ordinal: 0,
                gateway: 0,
                at: .zero,
                admittedAt: .zero,
                lastProofOfLife: .zero,
                mechanism: .fin
            )
        ]
        return report
    }

    private func gateway(incarnation: UInt32, accepted: UInt64, peak: UInt64) -> AgentReport {
        let agent = AgentID(role: .gateway, index: 0)
        var report = AgentReport(
            agent: agent,
            incarnation: incarnation,
            sequence: 9,
            stage: .running,
            harness: quietHarness
        )
        report.gateway = GatewayCounters()
        report.gateway?.accepted = accepted
        report.gateway?.acceptsPeakPerSecond = peak
        return report
    }

    private func interval(_ fault: Int, _ gateway: GatewayID?, _ start: Double, _ end: Double?) -> ExecutedInterval {
        ExecutedInterval(fault: fault, gateway: gateway, start: instant(start), end: end.map(instant))
    }
}
