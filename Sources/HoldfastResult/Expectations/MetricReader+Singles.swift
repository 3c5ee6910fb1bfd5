import HoldfastCore
import HoldfastPlan

extension MetricReader {
    /// What a metric of one value came to.
    func readSingle(_ expectation: Expectation) -> Reading {
        let matches = expectation.matches
        switch expectation.metric {
        case "sessions.asked": return .value(Double(analysis.plan.sessions))
        case "sessions.admittedOnce":
            if matches.restrict(.group) {
                return Reading(analysis.ofGroups(matches, \.admittedOnce), orNoData: "nobody has counted groups")
            }
            return Reading(analysis.sessions?.admittedOnce, orNoData: "no worker has reported")
        case "sessions.establishedPeak":
            return Reading(analysis.cuts.map(\.admitted).max(), orNoData: "there is no complete cut")
        case "sessions.establishedAtEnd":
            if matches.restrict(.group) {
                return Reading(analysis.ofGroups(matches, \.admitted), orNoData: "nobody has counted groups")
            }
            return Reading(analysis.endCut?.admitted, orNoData: "there is no complete cut at the end")
        case "heartbeats.longestSafeIntervalSeconds":
            return Reading(analysis.longestSafeIntervalSeconds, orNoData: "no heartbeat has ended its search")
        case "connects.peakPerSecond":
            return Reading(analysis.connectsPeakPerSecond, orNoData: "there is no complete second")
        case "connects.askedPeakPerSecond":
            return Reading(analysis.attemptsAskedPeakPerSecond, orNoData: "there is no complete second")
        case "connects.duePeak":
            return Reading(analysis.cuts.map(\.attemptsDue).max(), orNoData: "there is no complete cut")
        case "connects.attemptsPerRestore":
            return Reading(analysis.attemptsPerRestore, orNoData: "no session was admitted after t0")
        case "harness.cpuSeconds": return Reading(analysis.cpuSeconds, orNoData: "no process has reported")
        case "harness.bytesPerSession":
            return Reading(analysis.sessions?.bytesPerSession, orNoData: "it was not measured")
        case "harness.bytesPerSessionAtEnd":
            return Reading(analysis.sessions?.bytesPerSessionAtEnd, orNoData: "it was not measured")
        case "harness.memoryGrowth":
            return Reading(analysis.memoryGrowth, orNoData: "no process lived from the run's first quarter to its last")
        case "census.reconciled":
            let reconciled = Census(analysis).reconciled.map { $0 ? 1.0 : 0 }
            return Reading(reconciled, orNoData: "no gateway has said at the end what it holds")
        case let name where name.hasPrefix("gateways."): return readGateway(name, matches)
        case let name where name.hasPrefix("imbalance."): return readPhase(name, matches)
        case let name where name.hasPrefix("restore."): return readRestore(name, matches)
        default: return .noData("it is not measured")
        }
    }

    private func readGateway(_ name: String, _ matches: [Expectation.Match]) -> Reading {
        let chosen = (0..<analysis.plan.mostGateways).filter { matches.accept(.gateway, String($0)) }
        guard chosen.count == 1, let gateway = chosen.first else { return .noData("it needs exactly one gateway") }
        switch name {
        case "gateways.connectionsAtEnd":
            return Reading(analysis.endCut?.open[gateway], orNoData: "there is no complete cut at the end")
        case "gateways.connectionsPeak":
            return Reading(analysis.cuts.map { $0.open[gateway] }.max(), orNoData: "there is no complete cut")
        case "gateways.acceptsPeakPerSecond":
            let counters = analysis.measurements.gateway(GatewayID(gateway))
            return Reading(counters?.acceptsPeakPerSecond, orNoData: "the gateway has not reported")
        case "gateways.stateBytesPeak":
            return Reading(analysis.stateBytesPeak(of: gateway), orNoData: "the gateway has not reported")
        default: return .noData("it is not measured")
        }
    }

    private func readPhase(_ name: String, _ matches: [Expectation.Match]) -> Reading {
        let chosen = phases(matches)
        guard chosen.count == 1, let phase = chosen.first else {
            return .noData("it needs exactly one phase of the run")
        }
        switch name {
        case "imbalance.secondsToRebalance":
            switch analysis.rebalancing(of: phase).outcome {
            case .after(let seconds): return .value(seconds)
            case .never: return .never
            case .unknown: return .noData("no complete cut of the phase has connections")
            }
        case "imbalance.excessConnectionSeconds":
            let excess = analysis.excessConnectionSeconds(of: phase)
            return Reading(excess, orNoData: "a cut of the phase is missing, or has no mean")
        default: return .noData("it is not measured")
        }
    }

    private func readRestore(_ name: String, _ matches: [Expectation.Match]) -> Reading {
        let fault = analysis.plan.timeline.indices.first { matches.accept(.fault, String($0)) }
        let chosen = matches.restrict(.fault) ? fault : analysis.faultWithMostVictims
        guard let chosen, let restoring = analysis.restoring(ofFault: chosen), restoring.expected > 0 else {
            return .noData("no fault has victims that come back")
        }
        let share = restoredShares[name] ?? 1
        guard let seconds = restoring.seconds(until: share) else { return .never }
        return .value(seconds)
    }
}

/// The shares that `restore` is asked for by name; the rest is all.
private let restoredShares: [String: Double] = [
    "restore.seconds50": 0.5, "restore.seconds95": 0.95, "restore.seconds99": 0.99,
]
