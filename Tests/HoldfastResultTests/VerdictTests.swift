import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Verdict")
struct VerdictTests {
    @Test(
        "Exit codes by precedence: 109, 106, 105, 111, 99, 0",
        arguments: [
            (false, [], .pass, 0), (true, [], .fail, 99), (true, [.lostWorker], .invalid, 111),
            (true, [.lostWorker, .signal], .invalid, 105), (false, [.signal, .startFailure], .invalid, 106),
            (true, [.lostWorker, .signal, .startFailure, .internalError], .invalid, 109),
        ] as [(Bool, [Mishap], Verdict, Int)]
    )
    func precedence(_ unexplained: Bool, _ mishaps: [Mishap], _ verdict: Verdict, _ exitCode: Int) {
        let result = quietRun(unexplained: unexplained ? 3 : 0).result { outcome in
            for mishap in mishaps { mishap.happen(to: &outcome) }
        }
        #expect(result.verdict == verdict)
        #expect(result.exitCode == exitCode)
        #expect(result.reasons.isEmpty == (exitCode == 0))
    }

    @Test("A lost worker is named with its sessions; what concerns populations and causes is not judged")
    func lostWorker() {
        let result = quietRun(unexplained: 3).result { Mishap.lostWorker.happen(to: &$0) }
        #expect(result.reasons.first == "worker 1 (sessions 500 to 999) was lost 8.2 s into the run: its pipe closed")
        #expect(result.expectations.map(\.outcome) == [.invalid, .invalid])
        #expect(result.harness.processes.contains { $0.role == "worker" && $0.index == 1 && $0.lost && $0.pid == nil })
    }

    @Test("A gateway that does not answer is a finding: the run fails by what its sessions saw, and is not invalid")
    func silentGateway() {
        let result = quietRun(unexplained: 500).result { outcome in
            let gateway = AgentID(role: .gateway, index: 1)
            outcome.lost = [LostAgent(agent: gateway, reason: "no exchange for 10 s", atSeconds: 12)]
        }
        #expect(result.verdict == .fail)
        #expect(result.exitCode == 99)
        let loss = "gateway 1 was lost 12 s into the run: no exchange for 10 s"
        #expect(result.reasons == ["disconnects{cause=unexplained} count == 0: it was 500", loss])
        #expect(result.notes == [loss])
    }

    @Test("Where nobody saw that a part of the fleet ended by itself, the run is invalid", arguments: [true, false])
    func lossThatNobodySaw(isAgent: Bool) {
        let result = quietRun(unexplained: 0).result { outcome in
            if isAgent {
                let carrier = AgentID(role: .balancer, index: 0, shard: 2)
                outcome.lost = [LostAgent(agent: carrier, reason: "its process ended (signal 9)", atSeconds: 12)]
            } else {
                outcome.brokenParts = ["haproxy ended (signal 9)"]
            }
        }
        #expect(result.verdict == .invalid)
        #expect(result.exitCode == 111)
        #expect(result.reasons == result.notes)
        #expect(result.reasons.count == 1)
        #expect(result.reasons[0].hasSuffix("ended (signal 9)"))
    }

    @Test(
        "The harness may be late by 20 ms, or by 5 % of the smallest duration that is compared",
        arguments: [(0.019, 0.1, true), (0.022, 0.1, false), (0.045, 1, true), (0.055, 1, false)]
            as [(Double, Double, Bool)]
    )
    func timing(_ lateness: Double, _ compared: Double, _ isBelieved: Bool) {
        let expect = [
            expectation(
                "outageSeconds",
                [],
                .max,
                .range(.duration(Span(seconds: compared)), .duration(.seconds(100)))
            ),
            expectation("sessions.established", [], nil, .compare(.equal, .number(1_000))),
        ]
        var run = FixtureRun(plan: makePlan(duration: .seconds(1), expect: expect))
        run.report { report in
            report.cuts = cuts(through: 1, [500, 500])
            report.sessions?.outage.record(10)
            report.harness.lateness = TimerLateness()
            report.harness.lateness.heartbeat.record(lateness)
        }
        let result = run.result()
        #expect(result.expectations.map(\.outcome) == [isBelieved ? .pass : .invalid, .pass])
        #expect(result.exitCode == (isBelieved ? 0 : 111))
    }

    @Test("Attempts that were late impair what ends with an attempt, and nothing else")
    func lateAttempts() {
        let long = Expected.Literal.duration(.seconds(100))
        let expect = ["outageSeconds", "heartbeats.rttSeconds"].map {
            expectation($0, [], .max, .range(.duration(.milliseconds(100)), long))
        }
        var run = FixtureRun(plan: makePlan(duration: .seconds(1), expect: expect))
        run.report { report in
            report.cuts = cuts(through: 1, [500, 500])
            report.sessions?.outage.record(10)
            report.sessions?.heartbeatRTT.record(10)
            for lateness in [0.001, 2.0] { report.harness.lateness.attempt.record(lateness) }
        }
        let result = run.result()
        #expect(result.expectations.map(\.outcome) == [.invalid, .pass])
        #expect(result.exitCode == 111)
        let reason = "the lateness of the workers' attempts p99 was 2 s, above 20 ms"
        #expect(result.expectations[0].message?.contains(reason) == true)
        #expect(result.harness.latenessSeconds.max == 0.001)
        #expect(result.harness.latenessByTimer.attempt.max == 2)
    }

    @Test("Attempts may be late by 5 % of the durations that end with one, whatever else is compared")
    func attemptsAndLongDurations() {
        let short = expectation("heartbeats.rttSeconds", [], .max, .compare(.less, .duration(.milliseconds(100))))
        let long = expectation("outageSeconds", [], .max, .compare(.less, .duration(.seconds(60))))
        var run = FixtureRun(plan: makePlan(duration: .seconds(1), expect: [short, long]))
        run.report { report in
            report.cuts = cuts(through: 1, [500, 500])
            report.sessions?.outage.record(10)
            report.sessions?.heartbeatRTT.record(0.01)
            report.harness.lateness.attempt.record(2.0)
        }
        #expect(run.result().expectations.map(\.outcome) == [.pass, .pass])
    }

    @Test("The smallest duration is compared in real time")
    func timingIsReal() {
        let expect = [
            expectation("outageSeconds", [], .max, .compare(.less, .duration(.seconds(10)))),
            expectation("heartbeats.rttSeconds", [], .p99, .compare(.less, .duration(.seconds(2)))),
            expectation("sessions.waiting", [], nil, .compare(.equal, .number(0))),
        ]
        let plan = makePlan(timeScale: 20)
        #expect(Impairments.smallestDuration(in: expect, plan: plan) == 0.5)
        #expect(Impairments.smallestDuration(in: [expect[2]], plan: plan) == nil)
    }

    @Test(
        "Each domain is impaired by its own kind of mishap only",
        arguments: [
            (.none, [.pass, .pass]), (.noPort, [.invalid, .pass]), (.undecided, [.pass, .invalid]),
            (.notExecuted, [.pass, .invalid]), (.rowsMissing, [.pass, .invalid]),
        ] as [(Flaw, [ExpectationResult.Outcome])]
    )
    func domains(_ flaw: Flaw, _ outcomes: [ExpectationResult.Outcome]) {
        let timeline = [event(.kill(length: nil), at: 1, on: [1])]
        var run = FixtureRun(
            plan: makePlan(duration: .seconds(2), timeline: timeline, defaults: [.admitted, .unexplained])
        )
        if flaw != .notExecuted {
            run.measurements.recordExecuted(ExecutedInterval(fault: 0, gateway: 1, start: instant(1), end: nil))
        }
        run.report { report in
            report.cuts = [
                cut(0, [500, 500]), cut(1, [500, 500]), cut(2, [500, 0], closed: [0, 500], waiting: 500),
            ]
            let booked: UInt64 = flaw == .rowsMissing ? 497 : flaw == .undecided ? 400 : 498
            report.ledger = [
                LedgerCell(second: 1, gateway: 1, cause: .consequence, mechanism: .reset, fault: 0, count: booked)
            ]
            if flaw == .undecided { report.undecidedDisconnects = 100 }
            if flaw == .noPort { report.sessions?.connectsFailed[7] = 1 }
        }
        #expect(run.result().expectations.map(\.outcome) == outcomes)
        #expect(ConnectFailure.allCases[7] == .noPort)
    }

    @Test("A run that ended early judges nothing")
    func endedEarly() {
        var run = quietRun(unexplained: 0)
        run.plan.duration = .seconds(60)
        let result = run.result { $0.signal = "SIGINT" }
        #expect(result.expectations.allSatisfy { $0.outcome == .invalid })
        #expect(result.reasons == ["aborted by SIGINT", "the run ended after 20 s of 60 s"])
        #expect(result.exitCode == 105)
    }

    @Test("A worker without a last report leaves populations and causes open")
    func unfinishedWorker() {
        var run = quietRun(unexplained: 0)
        run.report(stage: .running)
        #expect(run.result().exitCode == 111)
        #expect(run.result().reasons.contains("population cannot be judged: the last report of worker 0 is missing"))
    }

    @Test("A gateway of ours that waits for a CPU makes durations doubtful, one of them is enough")
    func cpuWait() {
        let rtt = expectation("heartbeats.rttSeconds", [], .max, .compare(.less, .duration(.seconds(1))))
        for (milliseconds, outcome) in [(49.0, ExpectationResult.Outcome.pass), (52, .invalid)] {
            var run = FixtureRun(plan: makePlan(duration: .seconds(1), expect: [rtt]))
            run.report { report in
                report.cuts = cuts(through: 1, [500, 500])
                report.sessions?.heartbeatRTT.record(0.01)
            }
            run.report(.gateway, 0) { $0.harness.cpuWait.record(0.001, times: 1_000_000) }
            run.report(.gateway, 1) { $0.harness.cpuWait.record(milliseconds / 1_000, times: 10) }
            let result = run.result()
            #expect(result.expectations.first { $0.expression == rtt.text }?.outcome == outcome)
            let waited = "timing cannot be judged: the wait of gateway 1 for a CPU p99 was 52 ms, above 50 ms"
            #expect(result.reasons == (outcome == .invalid ? [waited] : []))
        }
    }

    @Test("A balancer of ours that is never idle for long makes durations doubtful")
    func saturation() {
        let rtt = expectation("heartbeats.rttSeconds", [], .max, .compare(.less, .duration(.seconds(1))))
        for (seconds, outcome) in [(5.0, ExpectationResult.Outcome.pass), (5.1, .invalid)] {
            var run = FixtureRun(plan: makePlan(duration: .seconds(100), expect: [rtt]))
            run.report { report in
                report.cuts = cuts(through: 100, [500, 500])
                report.sessions?.heartbeatRTT.record(0.01)
            }
            run.report(.balancer) { $0.harness.cpuSaturatedSeconds = seconds }
            let result = run.result()
            #expect(result.expectations.first { $0.expression == rtt.text }?.outcome == outcome)
            let saturated = "timing cannot be judged: balancer 0 had no idle moment for 5.1 s of 100 s"
            #expect(result.reasons == (outcome == .invalid ? [saturated] : []))
        }
    }

    @Test("Late timers are explained by the time that the machine's host took")
    func stolenTime() {
        let rtt = expectation("heartbeats.rttSeconds", [], .max, .compare(.less, .duration(.seconds(1))))
        var run = FixtureRun(plan: makePlan(duration: .seconds(1), expect: [rtt]))
        run.report { report in
            report.cuts = cuts(through: 1, [500, 500])
            report.sessions?.heartbeatRTT.record(0.01)
            report.harness.lateness.heartbeat.record(2, times: 1_000)
        }
        let late = "timing cannot be judged: the workers' lateness p99 was 1.98 s, above 50 ms"
        #expect(run.result { $0.stolen = StolenTime(share: 0.004, peakShare: 0.19) }.reasons == [late])
        let result = run.result { $0.stolen = StolenTime(share: 0.061, peakShare: 0.97) }
        let host = "the machine's host took 6 % of its CPU time, 97 % in the worst second"
        #expect(result.reasons == ["\(late) (\(host))"])
        #expect(result.harness.cpuStolenShare == 0.061)
        #expect(result.harness.cpuStolenPeakShare == 0.97)
    }

    @Test("Lost metrics are told by process and change nothing")
    func lostMetrics() {
        var run = quietRun(unexplained: 0)
        run.report(.gateway, 1) { $0.harness.batchesLost = 7 }
        run.report(.coordinator, 0) { $0.harness.batchesLost = 5 }
        let result = run.result()
        #expect(result.verdict == .pass)
        #expect(result.harness.metricBatchesLost == 12)
        let sentence = "12 metric batches never reached the collector (coordinator 0: 5, gateway 1: 7)"
        #expect(result.notes == [sentence])
    }

    private func quietRun(unexplained: UInt64) -> FixtureRun {
        var run = FixtureRun(plan: makePlan(defaults: [.admitted, .unexplained]))
        run.report { report in
            report.cuts = cuts(through: 20, [500, 500], from: 10, [500, 500 - unexplained])
            guard unexplained > 0 else { return }
            report.ledger = [
                LedgerCell(second: 11, gateway: 1, cause: .unexplained, mechanism: .fin, fault: nil, count: unexplained)
            ]
        }
        return run
    }
}

/// What can happen to a run as a whole.
enum Mishap: Sendable {
    case internalError
    case lostWorker
    case signal
    case startFailure

    func happen(to outcome: inout RunOutcome) {
        switch self {
        case .internalError: outcome.internalError = "index out of range"
        case .lostWorker:
            let worker = AgentID(role: .worker, index: 1)
            outcome.lost.append(
                LostAgent(agent: worker, reason: "its pipe closed", atSeconds: 8.2, sessions: 500..<1_000)
            )
        case .signal: outcome.signal = "SIGINT"
        case .startFailure: outcome.startFailure = "port 40001 is taken"
        }
    }
}

/// What can be wrong with the measurements.
enum Flaw: Sendable {
    case noPort
    case none
    case notExecuted
    case rowsMissing
    case undecided
}
