import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// The accounts of a part of the sessions: what a live worker would report.
struct Segment {
    let sessions: Range<SessionID>
    var counters = SessionCounters()
    var populations: Populations
    var log: DisconnectLog
    var cuts: [Cut] = []
    var executed: [ExecutedInterval] = []
    var pace = PeakRate()
    /// Attempts that wait for their turn.
    var attemptsDue: UInt64 = 0

    init(plan: Plan, index: Int, of count: Int) {
        let first = SessionID(plan.sessions * index / count)
        sessions = first..<SessionID(plan.sessions * (index + 1) / count)
        populations = Populations(gateways: plan.mostGateways)
        log = DisconnectLog(plan: plan) { session, ordinal, gateway in
            "session \(session) connection \(ordinal)>" + (gateway == noGateway ? "balancer" : "gateway \(gateway)")
        }
        counters.sessions = UInt64(sessions.count)
    }

    mutating func cut(_ second: Int32) {
        var cut = Cut(second: second)
        cut.populations = populations.cut
        cut.stopped = counters.stopped.reduce(0, +)
        cut.waiting = counters.sessions - counters.admitted - cut.stopped
        cut.attempts = counters.connectsAttempted
        cut.attemptsDue = attemptsDue
        cuts.append(cut)
    }

    /// t0: counting begins; `pending` attempts are carried over.
    mutating func startCounting(pending: UInt64) {
        counters = counters.startingAnew(pending: pending)
        pace = PeakRate()
    }

    /// The last report of a worker with these accounts.
    func report(index: Int) -> AgentReport {
        let agent = AgentID(role: .worker, index: index)
        var report = AgentReport(agent: agent, incarnation: 0, sequence: 1, stage: .ended, harness: HarnessReport())
        var counters = counters
        counters.detectionByMechanism = log.detection
        counters.outage = log.outage
        counters.silenceBeforeFin = log.silenceBeforeFin
        counters.silenceBeforeReset = log.silenceBeforeReset
        counters.connectsPeakPerSecond = pace.peak
        report.sessions = counters
        report.cuts = cuts
        report.ledger = Array(log.ledger.cells)
        report.ledgerResolution = log.ledger.resolutionSeconds
        report.undecidedDisconnects = log.undecidedCount
        report.faults = log.tallies.filter { $0.victims > 0 || $0.skipped > 0 }
        report.executed = executed
        return report
    }
}
