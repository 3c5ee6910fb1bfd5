import HoldfastCore
import HoldfastPlan

extension RunAnalysis {
    var sessionsResult: SessionsResult {
        SessionsResult(
            asked: plan.sessions,
            admittedOnce: sessions?.admittedOnce,
            establishedPeak: cuts.map(\.admitted).max(),
            establishedAtEnd: endCut?.admitted,
            waitingAtEnd: endCut?.waiting,
            stopped: .init(byReason: counts(sessions?.stopped, named: StopReason.allCases.map(\.rawValue)))
        )
    }

    func gatewayResults(_ census: Census) -> [GatewayResult] {
        let ghostsPeaks = census.ghostsPeaks
        return (0..<plan.mostGateways).map { id in
            let counters = measurements.gateway(GatewayID(id))
            return GatewayResult(
                id: id,
                name: "gateway \(id)",
                connectionsAtEnd: endCut?.open[id],
                connectionsPeak: cuts.map { $0.open[id] }.max(),
                inServiceAtEnd: endCut?.inService[id],
                ownConnectionsAtEnd: census.ownCount(of: id),
                balancerConnectionsAtEnd: census.balancerCount(of: id),
                digestAtEnd: census.clientDigest(of: id).map { hex16($0.sum) },
                ownDigestAtEnd: census.ownDigest(of: id).map { hex16($0.sum) },
                accepted: counters?.accepted,
                acceptsPeakPerSecond: counters.map { Double($0.acceptsPeakPerSecond) },
                ghostsPeak: ghostsPeaks[id],
                stateBytesPeak: stateBytesPeak(of: id),
                residentBytesPeak: residentBytesPeak(of: GatewayID(id))
            )
        }
    }

    /// The most memory that the processes of a gateway had, each at its own moment; bytes.
    private func residentBytesPeak(of gateway: GatewayID) -> UInt64? {
        let peaks = measurements.processes(ofGateway: gateway).compactMap {
            measurements.harness(of: $0)?.rssPeakBytes
        }
        return peaks.isEmpty ? nil : peaks.reduce(0, +)
    }

    /// What a gateway kept of its connections when they were most, in bytes; nil where the plan does not say.
    func stateBytesPeak(of gateway: Int) -> UInt64? {
        guard let stateBytes = plan.target.gateway.stateBytes else { return nil }
        return measurements.gateway(GatewayID(gateway)).map { $0.openPeak * stateBytes }
    }

    var imbalanceResult: ImbalanceResult {
        ImbalanceResult(
            atEnd: ImbalanceValues(endCut?.imbalance ?? Imbalance([])),
            randomMaxOverMean: endCut?.randomMaxOverMean,
            phases: phases.map { phase in
                let rebalancing = rebalancing(of: phase)
                return PhaseResult(
                    name: phase.name,
                    startSeconds: phase.start.seconds,
                    worst: ImbalanceValues(rebalancing.worst),
                    atEnd: ImbalanceValues(rebalancing.atEnd),
                    secondsToRebalance: rebalancing.outcome.seconds,
                    excessConnectionSeconds: excessConnectionSeconds(of: phase)
                )
            }
        )
    }

    func harnessResult(outcome: RunOutcome) -> HarnessResult {
        let harness = workerHarness
        let reported = measurements.agents
        let silent = outcome.lost.map(\.agent).filter { !reported.contains($0) }
        let batches = reported.compactMap { measurements.harness(of: $0)?.batchesLost }
        return HarnessResult(
            latenessSeconds: LatencySummary(harness.lateness.prompt),
            latenessByTimer: .init(
                heartbeat: LatencySummary(harness.lateness.heartbeat),
                timeout: LatencySummary(harness.lateness.timeout),
                attempt: LatencySummary(harness.lateness.attempt),
                schedule: LatencySummary(harness.lateness.schedule)
            ),
            loopStallSeconds: LatencySummary(harness.loopStall),
            cpuSeconds: cpuSeconds,
            bytesPerSession: sessions?.bytesPerSession,
            bytesPerSessionAtEnd: sessions?.bytesPerSessionAtEnd,
            memoryGrowth: memoryGrowth,
            descriptorsGrowth: growth(\.descriptors),
            cpuStolenShare: outcome.stolen?.share,
            cpuStolenPeakShare: outcome.stolen?.peakShare,
            metricBatchesLost: batches.isEmpty ? nil : batches.reduce(0, +),
            processes: (reported + silent).map { agent in
                let own = measurements.harness(of: agent)
                return HarnessResult.ProcessResult(
                    role: agent.role.rawValue,
                    index: agent.index,
                    shard: agent.shard,
                    pid: own?.pid,
                    rssPeakBytes: own?.rssPeakBytes,
                    fdsPeak: own?.fdsPeak,
                    memoryGrowth: own?.growth.memory,
                    descriptorsGrowth: own?.growth.descriptors,
                    cpuSeconds: own?.cpuSeconds,
                    cpuWaitP99Seconds: own?.cpuWait.quantile(0.99),
                    cpuSaturatedSeconds: own.flatMap { $0.cpuWait.count > 0 ? $0.cpuSaturatedSeconds : nil },
                    metricBatchesLost: own?.batchesLost,
                    lost: outcome.lost.contains { $0.agent == agent }
                )
            }
        )
    }

    /// Of the process that grew most; nil if none lived through both windows.
    var memoryGrowth: Double? { growth(\.memory) }

    private func growth(_ part: (UsageGrowth) -> Double?) -> Double? {
        measurements.agents.compactMap { measurements.harness(of: $0).flatMap { part($0.growth) } }.max()
    }

    /// Counts by name; null under every name if nobody has counted.
    func counts(_ values: [UInt64]?, named names: [String]) -> [String: UInt64?] {
        var result: [String: UInt64?] = [:]
        for (index, name) in names.enumerated() { result.updateValue(values?[index], forKey: name) }
        return result
    }
}

extension CutFacts {
    /// The maxOverMean that random placement over the gateways in service is expected to give.
    var randomMaxOverMean: Double? {
        let counts = zip(open, inService).compactMap { $1 ? $0 : nil }
        return Imbalance.randomPlacementMaxOverMean(connections: counts.reduce(0, +), gateways: counts.count)
    }
}

extension Rebalancing.Outcome {
    /// Null in the result when it never happened, or is not known.
    var seconds: Double? {
        guard case .after(let seconds) = self else { return nil }
        return seconds
    }
}
