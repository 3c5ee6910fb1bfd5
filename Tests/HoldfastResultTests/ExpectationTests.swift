import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Expectations")
struct ExpectationTests {
    @Test(
        "Conditions, with never as null",
        arguments: conditionTable
    )
    func conditions(_ condition: Expected.Condition, _ reading: Reading, _ holds: Bool) {
        #expect(condition.holds(for: reading) == holds)
    }

    @Test("Every metric of the catalogue has data after a full run, and none without one")
    func everyMetric() {
        let full = reader(fullRun)
        let empty = reader(FixtureRun(plan: fullRun.plan))
        for metric in MetricCatalogue.standard.metrics {
            let matches = metric.requires.map { [match($0, $0 == .phase ? "storm" : "1")] } ?? []
            let aggregate: Expected.Aggregate? = metric.kind == .histogram ? .p50 : nil
            let one = expectation(metric.name, matches, aggregate, .compare(.greaterOrEqual, .number(0)))
            let reading = full.read(one)
            #expect(reading.number != nil || metric.mayBeNever && reading == .never, "\(metric.name): \(reading)")
            if metric.name == "sessions.asked" { continue }
            guard case .noData = empty.read(one) else {
                Issue.record("\(metric.name) has data without a report")
                continue
            }
        }
    }

    @Test(
        "Restrictions, aggregates and instants choose what is read",
        arguments: selectionTable
    )
    func selection(_ one: Expected, _ value: Double) {
        #expect(reader(fullRun).read(one) == .value(value))
    }

    @Test("A value says what it is measured in")
    func units() {
        let expect = [
            expectation("outageSeconds", [], .max, .compare(.less, .number(1))),
            expectation("outageSeconds", [], .count, .compare(.less, .number(1))),
            expectation("disconnects", [], .rate, .compare(.less, .number(1))),
        ]
        var run = fullRun
        run.plan.expect = expect
        let expectations = run.result().expectations
        #expect(expectations.map(\.unit) == ["seconds", "count", "per-second"])
        #expect(expectations.map(\.message) == ["it was 2 s", "it was 1", "it was 23/s"])
    }

    @Test("Never is told apart from no data")
    func never() {
        let full = reader(fullRun)
        #expect(full.read(expectation("imbalance.secondsToRebalance", [match(.phase, "storm")], nil, any)) == .never)
        #expect(full.read(expectation("restore.seconds100", [], nil, any)) == .never)
        let collateral = full.read(expectation("disconnects", [match(.cause, "collateral")], nil, any))
        let noSample = full.read(expectation("detection", [match(.mechanism, "heartbeat")], .max, any))
        for reading in [collateral, noSample] {
            guard case .noData = reading else {
                Issue.record("\(reading) should be no data")
                continue
            }
        }
    }

    @Test("No data is never green, not even under conditions that 0 or null would satisfy")
    func noDataIsNeverGreen() {
        let conditions: [Expected.Condition] = [
            .compare(.equal, .number(0)), .compare(.less, .number(1)), .compare(.notEqual, .number(7)),
            .compare(.equal, .never), .range(.number(0), .number(1)),
        ]
        let expect = conditions.map { expectation("harness.bytesPerSession", [], nil, $0) }
        var run = FixtureRun(plan: makePlan(duration: .seconds(1), expect: expect))
        run.report { $0.cuts = cuts(through: 1, [500, 500]) }
        let result = run.result()
        #expect(result.expectations.map(\.outcome) == conditions.map { _ in .noData })
        #expect(result.verdict == .invalid)
        #expect(result.exitCode == 111)
    }

    @Test("Defaults are among the expectations, without data they are not a pass")
    func defaults() {
        let plan = makePlan(duration: .seconds(1), defaults: [.admitted, .unexplained])
        let silent = FixtureRun(plan: plan).result()
        #expect(silent.expectations.map(\.isDefault) == [true, true])
        #expect(silent.expectations.allSatisfy { $0.outcome != .pass })
        #expect(silent.verdict == .invalid)
        var run = FixtureRun(plan: plan)
        run.report { $0.cuts = cuts(through: 1, [500, 499]) }
        #expect(run.result().verdict == .pass)
        run.report { report in
            report.cuts = cuts(through: 1, [500, 499])
            report.sessions?.admittedOnce = 999
        }
        #expect(run.result().expectations.map(\.outcome) == [.fail, .pass])
        #expect(run.result().expectations[0].value == 999)
        #expect(run.result().exitCode == 99)
    }
}

private let conditionTable: [(Expected.Condition, Reading, Bool)] = [
    (.compare(.less, .number(3)), .value(2), true), (.compare(.less, .number(3)), .value(3), false),
    (.compare(.lessOrEqual, .number(3)), .value(3), true), (.compare(.greater, .number(3)), .value(3), false),
    (.compare(.greaterOrEqual, .duration(.seconds(3))), .value(3), true),
    (.compare(.equal, .percent(0.2)), .value(0.2), true), (.compare(.notEqual, .number(3)), .value(3), false),
    (.range(.duration(.seconds(12)), .duration(.seconds(15))), .value(12), true),
    (.range(.duration(.seconds(12)), .duration(.seconds(15))), .value(15), true),
    (.range(.number(12), .number(15)), .value(15.000_001), false),
    (.compare(.equal, .never), .never, true), (.compare(.equal, .never), .value(0), false),
    (.compare(.notEqual, .never), .value(0), true), (.compare(.notEqual, .never), .never, false),
    (.compare(.less, .number(3)), .never, false), (.compare(.greater, .number(3)), .never, false),
    (.compare(.less, .never), .value(1), false), (.compare(.equal, .number(0)), .never, false),
    (.compare(.notEqual, .number(0)), .never, true), (.range(.number(0), .number(9)), .never, false),
]

private let selectionTable: [(Expected, Double)] = [
    (expectation("disconnects", [], .count, any), 230), (expectation("disconnects", [], .rate, any), 23),
    (expectation("disconnects", [match(.cause, "unexplained")], nil, any), 30),
    (expectation("disconnects", [match(.cause, "unexplained", negated: true)], nil, any), 200),
    (expectation("disconnects", [match(.phase, "steady")], nil, any), 30),
    (expectation("disconnects", [match(.phase, "storm")], .rate, any), 40),
    (expectation("disconnects", [match(.mechanism, "fin", "reset")], nil, any), 230),
    (expectation("disconnects", [match(.fault, "0")], nil, any), 200),
    (expectation("disconnects", [match(.fault, "0", negated: true)], nil, any), 30),
    (expectation("disconnects", [match(.gateway, "0")], nil, any), 30),
    (expectation("gateways.connections", [match(.gateway, "1")], nil, any), 300),
    (expectation("gateways.connections", [match(.gateway, "1")], nil, at: .at(.seconds(5)), any), 500),
    (expectation("gateways.connections", [match(.gateway, "1"), match(.phase, "steady")], nil, any), 500),
    (expectation("gateways.connections", [match(.gateway, "1")], .max, any), 500),
    (expectation("imbalance.maxOverMean", [match(.phase, "storm")], .max, any), 1.25),
    (expectation("imbalance.maxOverMean", [match(.phase, "steady")], .max, any), 1),
    (expectation("sessions.waiting", [], .mean, any), 200 * 5 / 11.0),
    (expectation("sessions.stopped", [match(.reason, "departed")], nil, any), 4),
    (expectation("connects.failed", [match(.reason, "refused")], nil, any), 6),
    (expectation("connects.attempted", [match(.phase, "storm")], nil, any), 500),
    (expectation("detection", [match(.cause, "kill")], .max, any), 0.5),
    (expectation("detection", [match(.mechanism, "fin")], .count, any), 1),
    (expectation("detection", [match(.mechanism, "heartbeat")], .count, any), 0),
    (expectation("outageSeconds", [match(.fault, "0")], .min, any), 2),
    (expectation("restore.seconds50", [], nil, any), 2),
]

private let any = Expected.Condition.compare(.greaterOrEqual, .number(0))

private func reader(_ run: FixtureRun) -> MetricReader {
    MetricReader(analysis: RunAnalysis(plan: run.plan, measurements: run.measurements))
}

/// Ten seconds with something of everything: gateway 1 killed at 5 s, 200 of its sessions still away at the end.
private let fullRun: FixtureRun = {
    let timeline = [event(.kill(length: .milliseconds(100)), at: 5, on: [1], phase: "storm")]
    var plan = makePlan(duration: .seconds(10), timeline: timeline)
    plan.target.gateway.stateBytes = 2048
    var run = FixtureRun(plan: plan)
    run.measurements.recordExecuted(ExecutedInterval(fault: 0, gateway: 1, start: instant(5), end: instant(5.1)))
    run.measurements.longestSafeInterval = .seconds(250)
    var messages = MessageTally()
    messages.latency.record(.milliseconds(15))
    run.measurements.countedMessages = messages
    var requests = RequestTally()
    requests.latency.record(.milliseconds(30))
    requests.onStaleConnection = 1
    run.measurements.countedRequests = requests
    run.report { report in
        let usage = UsageGrowth.Usage(anonymousBytes: 1_000, descriptors: 10)
        report.harness.growth = UsageGrowth(early: usage, late: usage)
        report.cuts = (Int32(0)...10).map { second in
            second <= 5
                ? cut(second, [500, 500], attempts: UInt64(second) * 10)
                : cut(second, [500, 300], closed: [30, 200], waiting: 200, attempts: UInt64(second - 5) * 100 + 50)
        }
        report.ledger = [
            LedgerCell(second: 5, gateway: 1, cause: .consequence, mechanism: .reset, fault: 0, count: 200),
            LedgerCell(second: 2, gateway: 0, cause: .unexplained, mechanism: .fin, fault: nil, count: 30),
        ]
        var sessions = SessionCounters()
        sessions.admittedOnce = 1_000
        sessions.stopped = [4, 3, 2, 900]
        sessions.connectsAttempted = 60
        sessions.connectsSucceeded = 50
        sessions.connectsFailed[0] = 6
        sessions.connectsPeakPerSecond = 40
        sessions.heartbeatsSent = 100
        sessions.heartbeatRTT.record(0.002)
        sessions.handshake.record(0.005)
        sessions.connect.record(0.01)
        sessions.detectionByMechanism[1].record(0.5)
        sessions.outage.record(2)
        sessions.bytesPerSession = 160
        sessions.bytesPerSessionAtEnd = 170
        report.sessions = sessions
        var tally = FaultTally(fault: 0)
        tally.victims = 2
        tally.detection.record(0.5)
        tally.outage.record(2)
        report.faults = [tally]
    }
    run.report(.gateway, 1) { report in
        report.cuts = [cut(10, [0, 300])]
        report.gateway = GatewayCounters()
        report.gateway?.acceptsPeakPerSecond = 120
        report.gateway?.openPeak = 600
    }
    return run
}()
