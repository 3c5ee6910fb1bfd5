import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// Runs whose reports are looked at: made up second by second, so that nothing in them depends on a machine.
enum SampleRuns {
    private static let t0 = Instant(nanoseconds: 1_000_000_000_000)

    /// 2,000 sessions on 4 gateways behind round robin: departures that return, then a restart.
    static let quickstart = Sample(run: quickstartRun()) { outcome in
        outcome.startedAt = "2026-01-02T03:04:05Z"
        outcome.elapsedSeconds = 31.25
    }

    /// The same with 12 disconnects that nothing explains, and metrics that were lost.
    static let failed = Sample(run: quickstartRun(unexplained: 12, batchesLost: 3)) { outcome in
        outcome.startedAt = "2026-01-02T03:04:05Z"
        outcome.elapsedSeconds = 31.25
    }

    /// A worker was lost on the way.
    static let invalid = Sample(run: quickstartRun(seconds: 12)) { outcome in
        outcome.lost = [
            LostAgent(
                agent: AgentID(role: .worker, index: 1),
                reason: "its pipe closed",
                atSeconds: 12.4,
                sessions: 1_000..<2_000
            )
        ]
    }

    /// 24 gateways with a freeze, and a name that tries to be markup.
    static let wide = Sample(run: wideRun()) { $0.notes = ["gateway 3 <b>did not answer</b> & stayed silent"] }

    /// Nothing was ever reported.
    static let empty = Sample(run: (quickstartPlan(), RunMeasurements(plan: quickstartPlan(), workers: 1))) { _ in }

    /// Every one of them.
    static var all: [Sample] { [quickstart, failed, invalid, wide, empty] }

    private static func quickstartRun(
        unexplained: UInt64 = 0,
        batchesLost: UInt64 = 0,
        seconds: Int32 = 20
    ) -> (Plan, RunMeasurements) {
        let plan = quickstartPlan()
        var measurements = RunMeasurements(plan: plan, workers: 1)
        measurements.t0 = t0
        measurements.recordExecuted(interval(1, gateway: 1, from: 11.004, to: 14.2))
        measurements.receive(quickstartWorker(unexplained: unexplained, seconds: seconds))
        for gateway in 0..<4 {
            var report = AgentReport(
                agent: AgentID(role: .gateway, index: gateway),
                incarnation: 0,
                sequence: 1,
                stage: .ended,
                harness: harness(pid: 4_200 + Int32(gateway), batchesLost: gateway == 2 ? batchesLost : 0)
            )
            report.gateway = GatewayCounters()
            report.gateway?.accepted = 700
            report.gateway?.acceptsPeakPerSecond = 120 + UInt64(gateway) * 7
            report.cuts = (0...seconds).map {
                cut($0, populations(at: $0).enumerated().filter { $0.offset == gateway })
            }
            measurements.receive(report)
        }
        return (plan, measurements)
    }

    private static func quickstartPlan() -> Plan {
        let scope = Scope(gateways: nil, share: .fraction(0.2))
        let drop = Drop(manner: .fin, side: .client, comeback: .after(.seconds(3)))
        return plan(
            name: "quickstart",
            sessions: 2_000,
            gateways: 4,
            timeline: [
                event(.drop(drop), at: 4, phase: "departures", scope),
                event(
                    .restart(Restart(manner: .graceful, down: .seconds(3))),
                    at: 11,
                    phase: "restart",
                    Scope(gateways: [1])
                ),
            ],
            expect: [
                Expected(
                    text: "outageSeconds p99 < 10s",
                    metric: "outageSeconds",
                    matches: [],
                    aggregate: .p99,
                    instant: nil,
                    condition: .compare(.less, .duration(.seconds(10)))
                )
            ]
        )
    }

    /// 500 each; 400 leave at 4 s and are back at 7 s; gateway 1 is empty from 11 s and the others take its sessions.
    private static func populations(at second: Int32) -> [UInt64] {
        switch second {
        case ...4: [500, 500, 500, 500]
        case 5...7: [404, 396, 402, 398]
        case 8...11: [504, 496, 502, 498]
        case 12: [560, 0, 610, 590]
        case 13: [650, 0, 668, 640]
        default: [669, 0, 668, 663]
        }
    }

    private static func quickstartWorker(unexplained: UInt64, seconds: Int32) -> AgentReport {
        var report = AgentReport(
            agent: AgentID(role: .worker, index: 0),
            incarnation: 0,
            sequence: 1,
            stage: .ended,
            harness: harness(pid: 4_300, batchesLost: 0)
        )
        report.cuts = (0...seconds).map { second in
            let open = populations(at: second)
            var cut = self.cut(second, Array(open.enumerated()))
            let lost = (second > 16 ? unexplained : 0) + (second > 11 ? 496 : 0) + (second > 4 ? 400 : 0)
            cut.populations[0].opened += lost
            cut.populations[0].closed += lost
            cut.waiting = 2_000 - open.reduce(0, +)
            return cut
        }
        report.executed = [interval(0, gateway: nil, from: 4.001, to: 4.012)]
        report.ledger = [
            LedgerCell(second: 4, gateway: 0, cause: .injected, mechanism: .local, fault: 0, count: 400),
            LedgerCell(second: 11, gateway: 1, cause: .consequence, mechanism: .goaway, fault: 1, count: 480),
            LedgerCell(second: 11, gateway: 1, cause: .consequence, mechanism: .fin, fault: 1, count: 16),
        ]
        if unexplained > 0 {
            report.ledger.append(
                LedgerCell(
                    second: 16,
                    gateway: 2,
                    cause: .unexplained,
                    mechanism: .reset,
                    fault: nil,
                    count: unexplained
                )
            )
        }
        var sessions = SessionCounters()
        sessions.sessions = 2_000
        sessions.admittedOnce = 2_000
        sessions.connectsAttempted = 960
        sessions.connectsSucceeded = 896
        sessions.connectsFailed[0] = 64
        sessions.connectsPeakPerSecond = 430
        sessions.bytesPerSession = 168
        for index in 1...400 { sessions.heartbeatRTT.record(0.000_2 + 0.000_001 * Double(index)) }
        report.faults = [
            tally(0, victims: 400, noticed: nil, outage: 3), tally(1, victims: 496, noticed: 0.02, outage: 1),
        ]
        for tally in report.faults { sessions.outage.merge(tally.outage) }
        report.sessions = sessions
        return report
    }

    private static func wideRun() -> (Plan, RunMeasurements) {
        let plan = plan(
            name: "wide <script>alert('x')</script>",
            sessions: 24_000,
            gateways: 24,
            timeline: [event(.freeze(length: nil), at: 6, phase: nil, Scope(gateways: [3]))],
            expect: []
        )
        var measurements = RunMeasurements(plan: plan, workers: 1)
        measurements.t0 = t0
        measurements.recordExecuted(interval(0, gateway: 3, from: 6, to: nil))
        var report = AgentReport(
            agent: AgentID(role: .worker, index: 0),
            incarnation: 0,
            sequence: 1,
            stage: .ended,
            harness: harness(pid: 1, batchesLost: 0)
        )
        report.sessions = SessionCounters()
        report.sessions?.admittedOnce = 24_000
        report.cuts = (Int32(0)...20).map { second in
            let open = (0..<24).map { gateway in
                gateway == 3 && second > 18 ? 0 : UInt64(1_000 + (gateway * 37 + Int(second) * gateway) % 90)
            }
            return cut(second, Array(open.enumerated()))
        }
        measurements.receive(report)
        return (plan, measurements)
    }
}

/// One run with what becomes of it.
struct Sample: Sendable {
    let result: RunResult
    let series: RunSeries
    let measurements: RunMeasurements

    init(run: (plan: Plan, measurements: RunMeasurements), _ change: (inout RunOutcome) -> Void) {
        var outcome = RunOutcome(mode: .live, planHash: "9f0c1d2e3a4b5c6d", isFinished: true)
        change(&outcome)
        result = RunResult.build(plan: run.plan, measurements: run.measurements, outcome: outcome)
        series = RunSeries.build(plan: run.plan, measurements: run.measurements)
        measurements = run.measurements
    }
}

/// The testing library has an `Expectation` of its own.
typealias Expected = HoldfastPlan.Expectation

extension SampleRuns {
    private static func plan(
        name: String,
        sessions: Int,
        gateways: Int,
        timeline: [TimelineEvent],
        expect: [Expected]
    ) -> Plan {
        Plan(
            name: name,
            sessions: sessions,
            target: Target(
                gateways: gateways,
                via: .embedded,
                algorithm: .roundRobin,
                balancer: BalancerSettings(healthCheck: .passive, failTimeout: .seconds(1), connectFailure: .repick),
                gateway: GatewaySettings(drain: .seconds(2), idleTimeout: nil),
                crowd: 1
            ),
            heartbeat: .article3x5,
            reconnect: ReconnectPolicy(delay: .fixed(.seconds(1))),
            onFailure: .switchGateway,
            connect: ConnectLimits(timeout: .seconds(5), loginTimeout: .seconds(5)),
            establish: Establish(ratePerSecond: 500, timeout: .seconds(60)),
            duration: .seconds(20),
            timeScale: 1,
            seed: 42,
            workers: nil,
            excludedPorts: [],
            rebalance: Rebalance(band: 0.1),
            defaults: [.admitted, .unexplained],
            timeline: timeline,
            expect: expect
        )
    }

    private static func event(_ action: FaultAction, at seconds: Int64, phase: String?, _ scope: Scope) -> TimelineEvent
    {
        TimelineEvent(
            at: .seconds(seconds),
            phase: phase,
            scope: scope,
            action: action,
            position: Position(line: 1, column: 1)
        )
    }

    private static func interval(_ fault: Int, gateway: GatewayID?, from start: Double, to end: Double?)
        -> ExecutedInterval
    {
        ExecutedInterval(
            fault: fault,
            gateway: gateway,
            start: t0 + Span(seconds: start),
            end: end.map { t0 + Span(seconds: $0) }
        )
    }

    private static func cut(_ second: Int32, _ open: [(offset: Int, element: UInt64)]) -> Cut {
        var cut = Cut(second: second)
        cut.populations = open.map { gateway, count in
            GatewayPopulation(
                gateway: GatewayID(gateway),
                opened: count,
                closed: 0,
                digest: Digest(count: count, sum: count &* 0x9E37_79B9_7F4A_7C15)
            )
        }
        return cut
    }

    private static func harness(pid: Int32, batchesLost: UInt64) -> HarnessReport {
        var harness = HarnessReport()
        for index in 1...200 {
            harness.lateness.heartbeat.record(0.000_01 * Double(index))
            harness.loopStall.record(0.000_004 * Double(index))
        }
        harness.cpuSeconds = 1.5
        harness.rssPeakBytes = 18_000_000
        harness.fdsPeak = 2_040
        harness.pid = pid
        harness.batchesLost = batchesLost
        return harness
    }

    private static func tally(_ fault: Int, victims: UInt64, noticed: Double?, outage: Double) -> FaultTally {
        var tally = FaultTally(fault: fault)
        tally.victims = victims
        for index in 0..<victims {
            let spread = Double(index) / Double(victims)
            if let noticed { tally.detection.record(noticed * (0.5 + spread)) }
            tally.outage.record(outage + spread)
        }
        return tally
    }
}
