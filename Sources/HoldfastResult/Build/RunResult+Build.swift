import HoldfastCore
import HoldfastPlan

extension RunResult {
    /// What a run came to, from what was measured and how it went otherwise.
    ///
    /// The same for a checkpoint: with `isFinished` false the verdict is invalid, the reason `unfinished`.
    public static func build(plan: Plan, measurements: RunMeasurements, outcome: RunOutcome) -> RunResult {
        let analysis = RunAnalysis(plan: plan, measurements: measurements)
        let census = Census(analysis)
        let expected = ExpectationEvaluator.expectations(of: plan, mode: outcome.mode)
        let impairments = Impairments(analysis, outcome: outcome, expectations: expected.map(\.expectation))
        let evaluator = ExpectationEvaluator(analysis: analysis, impairments: impairments)
        let expectations = expected.map { evaluator.evaluate($0.expectation, isDefault: $0.isDefault) }
        let judgement = Judgement(outcome: outcome, expectations: expectations, impairments: impairments)
        return RunResult(
            schema: currentSchema,
            plan: PlanIdentity(
                name: plan.name,
                hash: outcome.planHash,
                via: plan.target.via.rawValue,
                algorithm: plan.target.algorithm.rawValue
            ),
            seed: plan.seed,
            mode: outcome.mode,
            timeScale: plan.timeScale,
            durationSeconds: plan.duration.seconds,
            startedAt: outcome.startedAt,
            elapsedSeconds: outcome.elapsedSeconds,
            verdict: judgement.verdict,
            reasons: judgement.reasons,
            notes: analysis.notes(outcome: outcome),
            exitCode: Int(judgement.exitCode.rawValue),
            eventHash: outcome.eventHash.map(hex16),
            sessions: analysis.sessionsResult,
            gateways: analysis.gatewayResults(census),
            imbalance: analysis.imbalanceResult,
            connects: analysis.connectsResult,
            disconnects: analysis.disconnectsResult,
            heartbeats: analysis.heartbeatsResult,
            detection: analysis.detectionResult,
            inferredIdleTimeouts: analysis.inferredIdleTimeouts,
            faults: analysis.faultResults(mode: outcome.mode),
            outageSeconds: LatencySummary(analysis.sessions?.outage ?? Histogram()),
            restore: RestoreResult(analysis.faultWithMostVictims.flatMap(analysis.restoring(ofFault:))),
            messages: MessagesResult(measurements.messages),
            requests: RequestsResult(measurements.requests),
            census: census.result,
            harness: analysis.harnessResult(outcome: outcome),
            expectations: expectations,
            groups: analysis.groupResults
        )
    }
}

extension RunAnalysis {
    /// What happened beside the measurements, in plain sentences.
    fileprivate func notes(outcome: RunOutcome) -> [String] {
        var notes = outcome.fleetLosses
        let losses = measurements.agents.compactMap { agent -> (agent: AgentID, batches: UInt64)? in
            guard let batches = measurements.harness(of: agent)?.batchesLost, batches > 0 else { return nil }
            return (agent, batches)
        }
        if !losses.isEmpty {
            let total = losses.reduce(0) { $0 + $1.batches }
            let names = losses.map { "\($0.agent): \(Readable.count($0.batches))" }.joined(separator: ", ")
            notes.append("\(Readable.count(total)) metric batches never reached the collector (\(names))")
        }
        if let skipped = measurements.sessions?.lifetimesSkipped, skipped > 0 {
            notes.append("\(Readable.count(skipped)) lifetimes ended while their session was not established")
        }
        return notes + outcome.notes
    }
}

extension RestoreResult {
    init(_ restoring: Restoring?) {
        seconds50 = restoring?.seconds(until: 0.5)
        seconds95 = restoring?.seconds(until: 0.95)
        seconds99 = restoring?.seconds(until: 0.99)
        seconds100 = restoring?.seconds(until: 1)
    }
}

extension Census {
    /// The populations at the end.
    fileprivate var result: CensusResult {
        CensusResult(
            client: clientTotals?.reduce(0, +),
            gateway: total { ownCount(of: $0) },
            balancer: total { balancerCount(of: $0) },
            ghostsPeak: clientTotals == nil ? nil : ghostsPeaks.compactMap(\.self).max(),
            reconciled: reconciled,
            agreement: agreement
        )
    }
}
