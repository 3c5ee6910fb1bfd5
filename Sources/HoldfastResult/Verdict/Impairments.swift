import HoldfastCore
import HoldfastPlan

/// What cannot be believed in this run, and why: sentences by domain.
struct Impairments: Sendable {
    /// Why durations cannot be believed.
    private(set) var timing: [String] = []
    /// Why counts of sessions and connections cannot be believed.
    private(set) var population: [String] = []
    /// Why causes cannot be believed.
    private(set) var attribution: [String] = []
    /// Why durations that wait for attempts cannot be believed.
    private(set) var pace: [String] = []
    /// Why nothing can be judged yet, or any more.
    private(set) var everything: [String] = []

    init(_ analysis: RunAnalysis, outcome: RunOutcome, expectations: [Expectation]) {
        judgeLength(analysis, outcome)
        judgePopulation(analysis, outcome)
        judgeAttribution(analysis, outcome)
        if outcome.mode == .live { judgeTiming(analysis, outcome, expectations) }
    }

    /// Why values of this metric cannot be believed; nil if they can.
    func reason(for metric: MetricDescription?) -> String? {
        let own =
            switch metric?.domain ?? .population {
            case .timing: timing.first ?? (metric?.waitsForAttempts == true ? pace.first : nil)
            case .population: population.first
            case .attribution: attribution.first
            }
        return everything.first ?? own
    }

    private mutating func judgeLength(_ analysis: RunAnalysis, _ outcome: RunOutcome) {
        guard outcome.isFinished else {
            everything.append("the run is not finished")
            return
        }
        guard analysis.endedEarly else { return }
        let planned = Readable.seconds(analysis.plan.duration.seconds)
        if analysis.latestSecond == nil {
            everything.append("the run ended before its first second of \(planned)")
        } else {
            everything.append("the run ended after \(Readable.seconds(analysis.seconds)) of \(planned)")
        }
    }

    private mutating func judgePopulation(_ analysis: RunAnalysis, _ outcome: RunOutcome) {
        let lost = outcome.lost.filter { $0.agent.role == .worker }
        population += lost.map(\.sentence)
        let missing = analysis.measurements.unfinishedWorkers.filter { index in
            !lost.contains { $0.agent.index == index }
        }
        if outcome.isFinished && !missing.isEmpty {
            let names = missing.map { "worker \($0)" }.joined(separator: ", ")
            population.append("the last report of \(names) is missing")
        }
        population += analysis.measurements.failures.map { "\($0.agent): \($0.text)" }
        let noPort = analysis.failures(.noPort)
        if noPort > 0 {
            let count = Readable.count(noPort)
            population.append("\(count) connects found their source port taken or no descriptor left")
        }
    }

    private mutating func judgeAttribution(_ analysis: RunAnalysis, _ outcome: RunOutcome) {
        let undecided = analysis.measurements.undecidedDisconnects
        if undecided > 0 {
            attribution.append("\(Readable.count(undecided)) disconnects still wait for executed times")
        }
        // What a lost worker's sessions went through since its last report is in no ledger.
        attribution += outcome.lost.filter { $0.agent.role == .worker }.map(\.sentence)
        attribution += analysis.missingExecutions
        if outcome.isFinished && !analysis.measurements.unfinishedWorkers.isEmpty {
            attribution.append("the ledger of a worker is not complete")
        }
        if let seen = analysis.disconnectsSeenByCuts {
            let booked = analysis.ledger.total() + undecided
            let difference = seen > booked ? seen - booked : booked - seen
            // The two accounts may disagree about what happened in the very instant of the first and the last cut.
            if difference > max(2, seen / 500) {
                attribution.append(
                    "the cuts saw \(Readable.count(seen)) disconnects and the ledger holds \(Readable.count(booked))"
                )
            }
        }
    }

    private mutating func judgeTiming(_ analysis: RunAnalysis, _ outcome: RunOutcome, _ expectations: [Expectation]) {
        let harness = analysis.workerHarness
        let limit = Impairments.limit(for: expectations, plan: analysis.plan)
        for (name, histogram) in [("lateness", harness.lateness.prompt), ("loop stall", harness.loopStall)] {
            guard let p99 = histogram.quantile(0.99) else {
                timing.append("the workers' \(name) was not measured")
                continue
            }
            if p99 > limit { timing.append("the workers' \(name) \(Impairments.sentence(p99, limit))") }
        }
        judgeFleet(analysis, limit)
        // Who asked for no attempts was not late with any. What they make longer is what counts.
        let waiting = expectations.filter { MetricCatalogue.standard[$0.metric]?.waitsForAttempts == true }
        let paceLimit = Impairments.limit(for: waiting, plan: analysis.plan)
        if let p99 = harness.lateness.attempt.quantile(0.99), p99 > paceLimit {
            pace.append("the lateness of the workers' attempts \(Impairments.sentence(p99, paceLimit))")
        }
        if let cause = outcome.stolen?.sentence {
            timing = timing.map { "\($0) (\(cause))" }
            pace = pace.map { "\($0) (\(cause))" }
        }
    }

    /// Our own gateways and balancers stand in for real ones: where they got too little CPU, answers are late that no
    /// real one would have been late with.
    private mutating func judgeFleet(_ analysis: RunAnalysis, _ limit: Double) {
        let fleet = analysis.fleetHarness
        if let (agent, p99) = fleet.compactMap({ each in each.harness.cpuWait.quantile(0.99).map { (each.agent, $0) } })
            .max(by: { $0.1 < $1.1 }), p99 > limit
        {
            timing.append("the wait of \(agent) for a CPU \(Impairments.sentence(p99, limit))")
        }
        if let (agent, harness) = fleet.max(by: { $0.harness.cpuSaturatedSeconds < $1.harness.cpuSaturatedSeconds }),
            harness.cpuSaturatedSeconds > max(Impairments.saturationSeconds, 0.05 * analysis.realSeconds)
        {
            let saturated = Readable.seconds(harness.cpuSaturatedSeconds)
            timing.append("\(agent) had no idle moment for \(saturated) of \(Readable.seconds(analysis.realSeconds))")
        }
    }

    /// A storm may take all that there is for a moment.
    private static let saturationSeconds = 3.0

    /// How late timers may be, for durations like those that are compared; seconds.
    private static func limit(for expectations: [Expectation], plan: Plan) -> Double {
        max(0.02, 0.05 * (smallestDuration(in: expectations, plan: plan) ?? 0))
    }

    private static func sentence(_ p99: Double, _ limit: Double) -> String {
        "p99 was \(Readable.seconds(p99)), above \(Readable.seconds(limit))"
    }

    /// The smallest real duration that an expectation of the timing domain compares with.
    static func smallestDuration(in expectations: [Expectation], plan: Plan) -> Double? {
        expectations.compactMap { expectation -> Double? in
            guard let metric = MetricCatalogue.standard[expectation.metric], metric.domain == .timing else {
                return nil
            }
            let scale = metric.isRealTime ? 1 : plan.timeScale
            return expectation.condition.numbers.filter { $0 > 0 }.min().map { $0 / scale }
        }
        .min()
    }
}

extension RunAnalysis {
    /// Failed connects of one kind, establishing included.
    func failures(_ reason: ConnectFailure) -> UInt64 {
        guard let sessions, let index = ConnectFailure.allCases.firstIndex(of: reason) else { return 0 }
        return sessions.connectsFailed[index] + sessions.establishFailed[index]
    }

    /// Gateways, balancers and middleboxes of ours that measured themselves.
    var fleetHarness: [(agent: AgentID, harness: HarnessReport)] {
        measurements.agents
            .filter { $0.role == .gateway || $0.role == .balancer || $0.role == .middlebox }
            .compactMap { agent in measurements.harness(of: agent).map { (agent, $0) } }
    }

    /// The plan's duration; real seconds.
    var realSeconds: Double { plan.duration.seconds / plan.timeScale }

    /// The lateness of the sessions' own processes. Gateways and balancers are what is tested: frozen ones are late.
    var workerHarness: (lateness: TimerLateness, loopStall: Histogram) {
        var lateness = TimerLateness()
        var loopStall = Histogram()
        for agent in measurements.agents where agent.role == .worker {
            guard let harness = measurements.harness(of: agent) else { continue }
            lateness.merge(harness.lateness)
            loopStall.merge(harness.loopStall)
        }
        return (lateness, loopStall)
    }

    /// Ends of admitted connections between the first and the last cut, by the cuts alone.
    var disconnectsSeenByCuts: UInt64? {
        guard let first = cuts.first, first.second == 0, let last = endCut, !endedEarly else { return nil }
        return last.closed - first.closed
    }

    /// Sentences about what the timeline should have done by now, and nobody has reported.
    var missingExecutions: [String] {
        var sentences: [String] = []
        for (index, event) in plan.timeline.enumerated() where event.at.seconds < seconds {
            if event.action.kind == .drop {
                let isKnown = executed.contains { $0.fault == index } || measurements.tally(ofFault: index) != nil
                if !isKnown { sentences.append("nobody has reported event \(index), \(event.label)") }
                continue
            }
            for outage in event.outages where outage.begin.seconds < seconds {
                let isKnown = executed.contains { $0.fault == index && $0.gateway == outage.gateway }
                if isKnown { continue }
                sentences.append("event \(index), \(event.label), has no executed time on gateway \(outage.gateway)")
            }
            let isOnOnePart = [.registry, .reloadBalancer].contains(event.action.kind)
            if isOnOnePart, !executed.contains(where: { $0.fault == index }) {
                sentences.append("nobody has reported event \(index), \(event.label)")
            }
        }
        for scaling in plan.scalings where scaling.at.seconds < seconds {
            let gateways = Array(scaling.added) + Array(scaling.removed)
            let label = plan.timeline[scaling.fault].label
            sentences += gateways.compactMap { gateway in
                let isKnown = executed.contains { $0.fault == scaling.fault && $0.gateway == gateway }
                return isKnown ? nil : "event \(scaling.fault), \(label), has no executed time on gateway \(gateway)"
            }
        }
        return sentences
    }
}

extension MetricDescription {
    /// Whether its seconds are real ones; all others are plan seconds.
    var isRealTime: Bool { name == "heartbeats.rttSeconds" || name.hasPrefix("harness.") }
}
