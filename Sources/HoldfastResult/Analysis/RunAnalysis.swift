import HoldfastCore
import HoldfastPlan

/// The measurements of a run, looked at once: what every section of the result and every expectation is computed from.
struct RunAnalysis: Sendable {
    let plan: Plan
    let measurements: RunMeasurements
    let clock: RunClock?
    let phases: [PlanPhase]
    let executed: [ExecutedInterval]
    let ledger: LedgerTable
    /// What all workers counted; nil if none has reported.
    let sessions: SessionCounters?
    /// Complete cuts, ascending; a second that a worker has not reported is not among them.
    let cuts: [CutFacts]
    /// The latest second that any worker reported; nil before the first cut.
    let latestSecond: Int32?

    init(plan: Plan, measurements: RunMeasurements) {
        self.plan = plan
        self.measurements = measurements
        clock = measurements.clock
        phases = plan.phases
        executed = measurements.executed.filter { plan.timeline.indices.contains($0.fault) }
        ledger = measurements.ledger
        sessions = measurements.sessions
        latestSecond = measurements.clientCuts.latestSecond
        let service = ServiceTable(plan: plan, executed: executed, clock: clock)
        let table = measurements.clientCuts
        // One array for all the seconds in which it is the same.
        var inService: [Bool] = []
        cuts = table.rows.keys.sorted().compactMap { second in
            guard let row = table.complete(at: second, reporters: measurements.workers) else { return nil }
            let now = service.inService(at: second)
            if now != inService { inService = now }
            return CutFacts(second: second, row: row, inService: inService)
        }
    }

    /// The cut at the end of the run, if every worker took part in it. Of a run that ended early, or is under way, the
    /// last one that all workers have: they do not stop in the same second.
    var endCut: CutFacts? {
        guard let last = cuts.last, endedEarly || last.second == latestSecond else { return nil }
        return last
    }

    /// The seconds that the run has lasted by its cuts.
    var seconds: Double { min(Double(latestSecond ?? 0), plan.duration.seconds) }

    /// Whether the end cut lies before the end of the plan.
    var endedEarly: Bool { (latestSecond ?? -1) < plan.lastCutSecond }

    /// The complete cuts of a phase; nil when a cut of it is missing, so that it cannot be summed.
    func allCuts(of phase: PlanPhase) -> [CutFacts]? {
        let known = cuts.filter { phase.contains(cut: $0.second, of: plan) }
        let expected = (0...max(0, latestSecond ?? 0)).count { phase.contains(cut: $0, of: plan) }
        return latestSecond != nil && known.count == expected && expected > 0 ? known : nil
    }
}

/// One complete cut: the sessions' own account, with the imbalance over the gateways in service.
struct CutFacts: Sendable {
    let second: Int32
    /// Admitted connections by gateway.
    let open: [UInt64]
    /// By gateway.
    let inService: [Bool]
    /// Over the gateways in service.
    let imbalance: Imbalance
    /// Sessions neither admitted nor stopped.
    let waiting: UInt64
    let stopped: UInt64
    /// Attempts since establishing began.
    let attempts: UInt64
    /// Attempts whose time has come and that were not made yet.
    let attemptsDue: UInt64
    /// Ends of admitted connections since establishing began.
    let closed: UInt64

    init(second: Int32, row: CutTable.Row, inService: [Bool]) {
        self.second = second
        self.inService = inService
        open = row.open
        imbalance = Imbalance(CutFacts.counts(row.open, inService: inService))
        waiting = row.waiting
        stopped = row.stopped
        attempts = row.attempts
        attemptsDue = row.attemptsDue
        closed = row.closed
    }

    /// Admitted sessions.
    var admitted: UInt64 { open.reduce(0, +) }

    /// Connections above the mean of the gateways in service; nil when none is.
    var excess: Double? {
        let counts = CutFacts.counts(open, inService: inService)
        guard !counts.isEmpty else { return nil }
        let mean = Double(counts.reduce(0, +)) / Double(counts.count)
        return counts.reduce(0) { $0 + max(0, Double($1) - mean) }
    }

    private static func counts(_ open: [UInt64], inService: [Bool]) -> [UInt64] {
        zip(open, inService).compactMap { $1 ? $0 : nil }
    }
}
