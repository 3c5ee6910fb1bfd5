import HoldfastCore
import HoldfastPlan

extension RunAnalysis {
    var connectsResult: ConnectsResult {
        let reasons = ConnectFailure.allCases.map(\.rawValue)
        return ConnectsResult(
            attempted: sessions?.connectsAttempted,
            succeeded: sessions?.connectsSucceeded,
            failed: .init(byReason: counts(sessions?.connectsFailed, named: reasons)),
            failedWhileEstablishing: .init(byReason: counts(sessions?.establishFailed, named: reasons)),
            peakPerSecond: connectsPeakPerSecond,
            askedPeakPerSecond: attemptsAskedPeakPerSecond,
            duePeak: cuts.map(\.attemptsDue).max(),
            attemptsPerRestore: attemptsPerRestore,
            handshakeSeconds: latency(sessions?.handshake),
            seconds: latency(sessions?.connect)
        )
    }

    var disconnectsResult: DisconnectsResult {
        let isKnown = sessions != nil
        let undecided = measurements.undecidedDisconnects
        var byMechanism: [String: UInt64?] = [:]
        for mechanism in Mechanism.allCases {
            let count = isKnown ? ledger.total { $0.mechanism == mechanism } : nil
            byMechanism.updateValue(count, forKey: mechanism.rawValue)
        }
        return DisconnectsResult(
            total: isKnown ? ledger.total() + undecided : nil,
            byCause: byCause(isKnown: isKnown) { _ in true },
            byMechanism: byMechanism,
            unexplained: isKnown ? ledger.total { $0.cause == .unexplained } : nil,
            undecided: isKnown ? undecided : nil,
            whileEstablishing: isKnown ? ledger.whileEstablishing : nil,
            seenByCuts: disconnectsSeenByCuts,
            ledger: ledger.lines.map { line in
                DisconnectsResult.LedgerLine(
                    fault: line.fault,
                    cause: line.cause.rawValue,
                    mechanism: line.mechanism.rawValue,
                    count: line.count
                )
            }
        )
    }

    /// Disconnects by cause, of those that satisfy `condition`; nulls where nobody counted.
    func byCause(isKnown: Bool, where condition: (LedgerCell) -> Bool) -> [String: UInt64?] {
        var counts: [String: UInt64?] = [:]
        for cause in Cause.allCases {
            // Collateral needs evidence of overload, which this version does not collect.
            let isCounted = isKnown && cause != .collateral
            let count = isCounted ? ledger.total { $0.cause == cause && condition($0) } : nil
            counts.updateValue(count, forKey: cause.rawValue)
        }
        return counts
    }

    var heartbeatsResult: HeartbeatsResult {
        let pings = gatewayPings
        return HeartbeatsResult(
            sent: sessions.map { $0.heartbeatsSent + pings.sent },
            answered: sessions.map { $0.heartbeatsAnswered + pings.answered },
            missed: sessions.map { $0.heartbeatsMissed + pings.missed },
            falsePositives: falsePositives,
            bytes: sessions.map { $0.heartbeatBytes + pings.bytes },
            rttSeconds: LatencySummary(sessions?.heartbeatRTT ?? Histogram()),
            longestSafeIntervalSeconds: longestSafeIntervalSeconds
        )
    }

    /// Null where nothing ended so that it could be inferred from.
    var inferredIdleTimeouts: [InferredIdleTimeout]? {
        guard let sessions, sessions.silenceBeforeFin.total + sessions.silenceBeforeReset.total > 0 else { return nil }
        let ends: [(Mechanism, SilenceTally)] = [
            (.fin, sessions.silenceBeforeFin), (.reset, sessions.silenceBeforeReset),
        ]
        return ends.compactMap { end, tally in
            tally.commonSilence.map { InferredIdleTimeout(seconds: $0.seconds, count: $0.count, end: end.rawValue) }
        }
    }

    var detectionResult: DetectionResult {
        var byKind: [String: Histogram] = [:]
        for (index, event) in plan.timeline.enumerated() {
            let own = measurements.tally(ofFault: index)?.detection ?? Histogram()
            byKind[event.action.kind.resultName, default: Histogram()].merge(own)
        }
        var byMechanism: [String: LatencySummary] = [:]
        var all = Histogram()
        for (mechanism, histogram) in zip(Mechanism.allCases, sessions?.detectionByMechanism ?? []) {
            byMechanism[mechanism.rawValue] = LatencySummary(histogram)
            all.merge(histogram)
        }
        return DetectionResult(
            byCause: byKind.mapValues { LatencySummary($0) },
            byMechanism: byMechanism,
            bySide: .init(client: sessions == nil ? nil : LatencySummary(all), gateway: nil)
        )
    }

    func faultResults(mode: RunMode) -> [FaultResult] {
        plan.timeline.enumerated().map { index, event in
            let tally = measurements.tally(ofFault: index)
            let span = FaultSpan(of: index, in: plan)
            let own = cuts.filter { span.contains(cut: $0.second) }
            let before = cuts.last { span.isAfter(cut: $0.second) }
            let rebalancing = Rebalancing(cuts: own, startSeconds: span.start.seconds, band: plan.rebalance.band)
            let executions = self.executions(ofFault: index)
            return FaultResult(
                index: index,
                at: event.at.seconds,
                kind: event.action.kind.resultName,
                label: event.label,
                phase: event.phase,
                executed: executions.isEmpty ? nil : RunAnalysis.hull(of: executions),
                executions: executions,
                applied: mode == .simulated ? "simulated" : event.applied(in: plan),
                victims: tallied(\.victims, ofFault: index),
                skipped: tallied(\.skipped, ofFault: index),
                departed: tallied(\.departed, ofFault: index),
                detection: LatencySummary(tally?.detection ?? Histogram()),
                outage: LatencySummary(tally?.outage ?? Histogram()),
                restore: RestoreResult(restoring(ofFault: index)),
                maxOverMeanBefore: before?.imbalance.maxOverMean,
                maxOverMeanWorst: rebalancing.worst.maxOverMean,
                maxOverMeanAfter: rebalancing.atEnd.maxOverMean,
                randomMaxOverMean: own.last?.randomMaxOverMean,
                secondsToRebalance: rebalancing.outcome.seconds
            )
        }
    }

    private func executions(ofFault fault: Int) -> [FaultResult.ExecutionResult] {
        guard let clock else { return [] }
        return executed.filter { $0.fault == fault }.map { interval in
            FaultResult.ExecutionResult(
                gateway: interval.gateway.map { Int($0) },
                start: clock.planSeconds(of: interval.start),
                end: interval.end.map(clock.planSeconds(of:))
            )
        }
    }

    /// From the first start to the last end; without an end while one of them goes on.
    private static func hull(of executions: [FaultResult.ExecutionResult]) -> [Double?]? {
        guard let start = executions.map(\.start).min() else { return nil }
        let ends = executions.map(\.end)
        return [start, ends.contains(nil) ? nil : ends.compactMap { $0 }.max()]
    }
}

extension TimelineEvent {
    /// By what the live run carries it out. Processes are stopped by signals, graceful restarts included; `client`
    /// means of a drop that one of the connection's own ends closed it, on either side, and nothing in between; a
    /// registry of ours, as a balancer, stands in between. A gateway's lines are cut by its own kernel.
    fileprivate func applied(in plan: Plan) -> String {
        switch action {
        case .drop, .kick, .resume, .foreground, .drain, .stall, .overload: "client"
        case .freeze, .kill, .restart, .rollingRestart, .scale: "signal"
        case .registry(.shrink, _): "proxy"
        case .registry: plan.target.registry?.source == .etcd ? "signal" : "proxy"
        case .reroute(let rerouting): rerouting.kind.isOfClient ? "client" : "proxy"
        case .disturb(let disturbance):
            disturbance.kind == .partition && scope.gateways != nil ? "client" : "proxy"
        case .crash, .reloadBalancer: "proxy"
        }
    }
}
