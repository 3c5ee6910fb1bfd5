import Foundation
import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Result")
struct RunResultTests {
    /// 500 and 500 sessions, of which 100 and 400 leave for good at 10 s.
    private var departures: FixtureRun {
        let timeline = [
            event(drop(.fin, by: .client, .never), at: 10, on: [0], share: .fraction(0.2), phase: "departures"),
            event(drop(.fin, by: .client, .never), at: 10, on: [1], share: .fraction(0.8)),
        ]
        var run = FixtureRun(plan: makePlan(timeline: timeline, defaults: [.admitted, .unexplained]))
        run.report { report in
            report.cuts = cuts(through: 20, [500, 500], from: 10, [400, 100])
            report.sessions?.stopped[0] = 500
            report.executed = [
                ExecutedInterval(fault: 0, gateway: nil, start: instant(10.001), end: instant(10.002)),
                ExecutedInterval(fault: 1, gateway: nil, start: instant(10.001), end: instant(10.003)),
            ]
            for (fault, victims) in [(0, 100), (1, 400)] {
                let cell = LedgerCell(
                    second: 10,
                    gateway: GatewayID(fault),
                    cause: .injected,
                    mechanism: .local,
                    fault: fault,
                    count: UInt64(victims)
                )
                report.ledger.append(cell)
                var tally = FaultTally(fault: fault)
                tally.victims = UInt64(victims)
                tally.departed = UInt64(victims)
                report.faults.append(tally)
            }
        }
        for gateway in 0..<2 {
            run.report(.gateway, gateway) { report in
                report.gateway = GatewayCounters()
                report.cuts = (Int32(0)...20).map { second in
                    var own = cut(second, second > 10 ? [400, 100] : [500, 500])
                    own.populations = [own.populations[gateway]]
                    return own
                }
            }
        }
        return run
    }

    @Test("400 and 100 connections by the book")
    func unevenDepartures() throws {
        let result = departures.result()
        #expect(result.gateways.map(\.connectionsAtEnd) == [400, 100])
        #expect(result.gateways.map(\.ownConnectionsAtEnd) == [400, 100])
        let atEnd = result.imbalance.atEnd
        #expect(atEnd.maxOverMean == 1.6)
        for (value, expected) in [
            (atEnd.cv, 0.6), (atEnd.gini, 0.3), (atEnd.hoover, 0.3), (atEnd.jain, 0.7353), (atEnd.minOverMean, 0.4),
        ] {
            #expect(abs(try #require(value) - expected) < 0.00005)
        }
        #expect(result.disconnects.total == 500)
        #expect(result.disconnects.byCause["injected"] == 500)
        #expect(result.disconnects.unexplained == 0)
        #expect(result.disconnects.seenByCuts == 500)
        #expect(result.sessions.stopped.byReason["departed"] == 500)
        var agreement = CensusResult.Agreement()
        agreement.cuts = 21
        agreement.cutsAgreed = 21
        #expect(
            result.census
                == CensusResult(
                    client: 500,
                    gateway: 500,
                    balancer: nil,
                    ghostsPeak: 0,
                    reconciled: true,
                    agreement: agreement
                )
        )
        #expect(result.verdict == .pass)
        #expect(result.exitCode == 0)
        #expect(result.reasons.isEmpty)
    }

    @Test("Faults know the imbalance before and after, and phases how long it stayed")
    func beforeAndAfter() throws {
        let result = departures.result()
        for fault in result.faults {
            #expect(fault.maxOverMeanBefore == 1)
            #expect(fault.maxOverMeanAfter == 1.6)
            #expect(fault.secondsToRebalance == nil)
            let noise = try #require(fault.randomMaxOverMean)
            #expect(noise > 1.04 && noise < 1.1)
        }
        #expect(result.faults.map(\.victims) == [100, 400])
        #expect(result.faults[1].executed?.count == 2)
        #expect(abs(try #require(result.faults[1].executed?[1]) - 10.003) < 1e-9)
        #expect(result.imbalance.phases.map(\.name) == ["steady", "departures"])
        #expect(result.imbalance.phases.map(\.secondsToRebalance) == [0, nil])
        #expect(result.imbalance.phases.map(\.excessConnectionSeconds) == [0, 1_500])
        #expect(result.imbalance.phases[1].worst.jain == result.imbalance.atEnd.jain)
    }

    @Test("result.json has every key, reads back, and is the same bytes every time")
    func json() throws {
        let result = departures.result()
        let data = try result.json()
        #expect(try RunResult(json: data) == result)
        #expect(try departures.result().json() == data)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let keys: Set<String> = [
            "schema", "plan", "seed", "mode", "timeScale", "verdict", "reasons", "exitCode", "eventHash", "sessions",
            "gateways", "imbalance", "connects", "disconnects", "heartbeats", "detection", "inferredIdleTimeouts",
            "faults", "outageSeconds", "restore", "messages", "requests", "census", "harness", "expectations",
        ]
        #expect(keys.isSubset(of: object.keys))
        for (section, key) in [
            ("requests", "sent"), ("messages", "lost"), ("census", "balancer"),
            ("heartbeats", "longestSafeIntervalSeconds"),
            ("outageSeconds", "p99"), ("restore", "seconds95"),
        ] {
            let value = (object[section] as? [String: Any])?[key]
            #expect(value is NSNull, "\(section).\(key) is there and null")
        }
        #expect((object["outageSeconds"] as? [String: Any])?["count"] as? Int == 0)
        #expect(object["eventHash"] is NSNull)
        #expect((object["plan"] as? [String: Any])?["hash"] as? String == "00000000000000ff")
        let gateway = try #require((object["gateways"] as? [[String: Any]])?.first)
        #expect((gateway["digestAtEnd"] as? String)?.count == 16)
        #expect(gateway["stateBytesPeak"] is NSNull)
    }

    @Test("Nothing measured is null everywhere, never 0")
    func nothingMeasured() throws {
        let result = FixtureRun(plan: makePlan(timeline: [event(drop(), at: 5)])).result()
        #expect(result.disconnects.total == nil)
        #expect(result.disconnects.byCause.values.allSatisfy { $0 == nil })
        #expect(result.connects.attempted == nil)
        #expect(result.connects.failed.byReason.count == ConnectFailure.allCases.count)
        #expect(result.connects.failed.byReason.values.allSatisfy { $0 == nil })
        #expect(result.sessions.establishedAtEnd == nil)
        #expect(result.imbalance.atEnd.maxOverMean == nil)
        #expect(result.imbalance.phases[0].secondsToRebalance == nil)
        #expect(result.heartbeats.falsePositives == nil)
        #expect(result.detection.bySide.client == nil)
        #expect(result.faults[0].victims == nil)
        #expect(result.faults[0].executed == nil)
        #expect(result.harness.cpuSeconds == nil)
        #expect(result.census.reconciled == nil)
        #expect(try RunResult(json: try result.json()) == result)
    }

    @Test("What this version cannot tell is null beside what it counted")
    func collateralIsNotZero() {
        let result = departures.result()
        #expect(result.disconnects.byCause.keys.sorted() == Cause.allCases.map(\.rawValue).sorted())
        #expect(result.disconnects.byCause["collateral"] == .some(nil))
        #expect(result.disconnects.byCause["consequence"] == 0)
    }

    @Test("Faults are applied by what the result's format allows")
    func applied() {
        let graceful = Restart(manner: .graceful, down: .seconds(2))
        let actions: [FaultAction] = [
            drop(), drop(by: .gateway), .freeze(length: nil), .kill(length: nil), .restart(graceful),
            .rollingRestart(graceful, every: .seconds(5)),
        ]
        let plan = makePlan(timeline: actions.map { event($0, at: 5, on: [0]) })
        let applied = FixtureRun(plan: plan).result().faults.map(\.applied)
        #expect(applied == ["client", "client", "signal", "signal", "signal", "signal"])
    }

    @Test("A heartbeat was wrong only about a gateway that lived to the end")
    func falsePositives() {
        var run = FixtureRun(plan: makePlan(gateways: 3))
        run.report { report in
            for gateway in 0..<3 {
                let cell = LedgerCell(
                    second: 3,
                    gateway: GatewayID(gateway),
                    cause: .unexplained,
                    mechanism: .heartbeat,
                    fault: nil,
                    count: UInt64(1) << gateway
                )
                report.ledger.append(cell)
            }
        }
        #expect(run.result().heartbeats.falsePositives == nil)
        run.report(.gateway, 0, stage: .running)
        #expect(run.result().heartbeats.falsePositives == nil)
        run.report(.gateway, 1)
        #expect(run.result().heartbeats.falsePositives == 2)
        run.report(.gateway, 2)
        #expect(run.result().heartbeats.falsePositives == 6)
    }

    @Test("A process that somebody else reports for was not measured: null, never 0")
    func foreignProcess() throws {
        var run = departures
        run.report(.balancer, 0) { $0.harness = HarnessReport() }
        let harness = run.result().harness
        let balancer = try #require(harness.processes.first { $0.role == "balancer" })
        #expect(balancer.pid == nil && balancer.rssPeakBytes == nil && balancer.fdsPeak == nil)
        #expect(balancer.cpuSeconds == nil && balancer.metricBatchesLost == nil)
        #expect(!balancer.lost)
        #expect(harness.cpuSeconds == 1.5)
    }

    @Test("A checkpoint is invalid, and says that the run is unfinished")
    func checkpoint() {
        let result = departures.result { $0.isFinished = false }
        #expect(result.verdict == .invalid)
        #expect(result.reasons == ["unfinished"])
        #expect(result.exitCode == 111)
        #expect(result.expectations.allSatisfy { $0.outcome == .invalid })
    }

    @Test("Times of faults are plan seconds, whatever the time scale")
    func timeScale() throws {
        var run = FixtureRun(
            plan: makePlan(timeScale: 10, timeline: [event(.kill(length: .seconds(4)), at: 5, on: [0])])
        )
        run.measurements.recordExecuted(
            ExecutedInterval(fault: 0, gateway: 0, start: instant(0.5), end: instant(0.9))
        )
        run.report { $0.cuts = cuts(through: 20, [6, 4]) }
        let result = run.result()
        #expect(result.faults[0].executed == [5, 9])
        #expect(result.faults[0].executions.map(\.gateway) == [0])
        let inService = RunSeries.build(plan: run.plan, measurements: run.measurements).points.map(\.inService[0])
        #expect(inService.enumerated().filter { !$1 }.map(\.offset) == [6, 7, 8])
    }

    @Test("Results of older versions read with the newer keys as not measured")
    func missingKeys() throws {
        let data = try departures.result().json()
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        object.removeValue(forKey: "startedAt")
        object.removeValue(forKey: "elapsedSeconds")
        let older = try JSONSerialization.data(withJSONObject: object)
        #expect(try RunResult(json: older).startedAt == nil)
    }
}
