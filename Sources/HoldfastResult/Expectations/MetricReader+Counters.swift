import HoldfastCore
import HoldfastPlan

extension MetricReader {
    /// What a counter came to; nil if nobody has counted it.
    func counter(_ name: String, _ matches: [Expectation.Match]) -> UInt64? {
        guard let sessions = analysis.sessions else { return nil }
        if name != "disconnects", matches.restrict(.group) { return groupCounter(name, matches) }
        switch name {
        case "sessions.stopped":
            let reasons = StopReason.allCases.filter { $0 != .ended }.map(\.rawValue)
            return sum(sessions.stopped, named: reasons, matches)
        case "connects.attempted":
            return matches.restrict(.phase) ? attempts(in: phases(matches)) : sessions.connectsAttempted
        case "connects.succeeded": return sessions.connectsSucceeded
        case "connects.failed":
            return sum(sessions.connectsFailed, named: ConnectFailure.allCases.map(\.rawValue), matches)
        case "disconnects": return disconnects(matches)
        case "heartbeats.sent": return sessions.heartbeatsSent + analysis.gatewayPings.sent
        case "heartbeats.answered": return sessions.heartbeatsAnswered + analysis.gatewayPings.answered
        case "heartbeats.missed": return sessions.heartbeatsMissed + analysis.gatewayPings.missed
        case "heartbeats.bytes": return sessions.heartbeatBytes + analysis.gatewayPings.bytes
        case "heartbeats.falsePositives": return analysis.falsePositives
        case "faults.victims": return tallied(\.victims, matches)
        case "faults.skipped": return tallied(\.skipped, matches)
        case "faults.departed": return tallied(\.departed, matches)
        case let name where name.hasPrefix("messages."): return messages(name)
        case let name where name.hasPrefix("requests."): return requests(name)
        default: return nil
        }
    }

    private func messages(_ name: String) -> UInt64? {
        guard let tally = analysis.measurements.messages else { return nil }
        switch name {
        case "messages.pushed": return tally.pushed
        case "messages.delivered": return tally.delivered
        case "messages.delayed": return tally.delayed
        case "messages.lost": return tally.lost
        case "messages.wasted": return tally.wasted
        case "messages.duplicated": return tally.duplicated
        case "messages.bytes": return tally.bytes
        default: return nil
        }
    }

    private func requests(_ name: String) -> UInt64? {
        guard let tally = analysis.measurements.requests else { return nil }
        switch name {
        case "requests.sent": return tally.sent
        case "requests.answered": return tally.answered
        case "requests.timedOut": return tally.timedOut
        case "requests.failed": return tally.failed
        case "requests.unsent": return tally.unsent
        case "requests.reused": return tally.reused
        case "requests.onStaleConnection": return tally.onStaleConnection
        default: return nil
        }
    }

    private func groupCounter(_ name: String, _ matches: [Expectation.Match]) -> UInt64? {
        let stops = StopReason.allCases.filter { $0 != .ended }.map(\.rawValue)
        let failures = ConnectFailure.allCases.map(\.rawValue)
        return analysis.ofGroups(matches) { counters in
            switch name {
            case "sessions.stopped": sum(counters.stopped, named: stops, matches)
            case "connects.attempted": counters.connectsAttempted
            case "connects.succeeded": counters.connectsSucceeded
            default: sum(counters.connectsFailed, named: failures, matches)
            }
        }
    }

    /// Counts that stand in the order of `names`.
    private func sum(_ counts: [UInt64], named names: [String], _ matches: [Expectation.Match]) -> UInt64 {
        zip(names, counts).reduce(0) { matches.accept(.reason, $1.0) ? $0 + $1.1 : $0 }
    }

    private func disconnects(_ matches: [Expectation.Match]) -> UInt64? {
        // Causes that this version does not look for are not 0.
        let onlyCollateral = Cause.allCases.allSatisfy { matches.accept(.cause, $0.rawValue) == ($0 == .collateral) }
        if onlyCollateral { return nil }
        let phases = matches.restrict(.phase) ? self.phases(matches) : nil
        return analysis.ledger.total { cell in
            matches.accept(.gateway, String(cell.gateway)) && matches.accept(.cause, cell.cause.rawValue)
                && matches.accept(.mechanism, cell.mechanism.rawValue)
                && matches.accept(.fault, cell.fault.map(String.init) ?? "none")
                && (cell.group.map { matches.accept(.group, analysis.plan.groups[$0].name) } ?? true)
                && phases?.contains { $0.contains(ledgerSecond: cell.second, of: analysis.plan) } ?? true
        }
    }

    private func tallied(_ part: KeyPath<FaultTally, UInt64>, _ matches: [Expectation.Match]) -> UInt64? {
        var total: UInt64 = 0
        for fault in analysis.plan.timeline.indices where matches.accept(.fault, String(fault)) {
            guard let count = analysis.tallied(part, ofFault: fault) else { return nil }
            total += count
        }
        return total
    }

    /// Attempts between the cuts at the phases' boundaries.
    private func attempts(in phases: [PlanPhase]) -> UInt64? {
        var total: UInt64 = 0
        for stretch in phases.flatMap(\.stretches) {
            let end = min(stretch.end.wholeSeconds(.up), analysis.latestSecond ?? 0)
            guard stretch.start.wholeSeconds < end else { continue }
            guard let before = attempts(at: stretch.start.wholeSeconds), let after = attempts(at: end) else {
                return nil
            }
            total += after - before
        }
        return total
    }

    private func attempts(at second: Int32) -> UInt64? {
        analysis.cuts.first { $0.second == second }?.attempts
    }
}

extension RunAnalysis {
    /// Connections that an end took for dead while the other end lived and could be reached, if badly: those that a
    /// heartbeat ended without a reason or because of a slow or lossy network, and those that a gateway ended because
    /// its own idle timeout is too short for the sessions' beats.
    ///
    /// A gateway without a last report may have been stopped from outside, and then the heartbeat was right. Nil before
    /// any worker has reported, and when no gateway lived to the end.
    var falsePositives: UInt64? {
        guard sessions != nil else { return nil }
        let ended = Set(
            (0..<plan.mostGateways).filter { index in
                let processes = measurements.processes(ofGateway: GatewayID(index))
                return !processes.isEmpty && processes.allSatisfy { measurements.stage(of: $0) == .ended }
            }
            .map { GatewayID($0) }
        )
        guard !ended.isEmpty else { return nil }
        return ledger.total { ended.contains($0.gateway) && isFalsePositive($0) }
    }

    private func isFalsePositive(_ cell: LedgerCell) -> Bool {
        switch (cell.mechanism, cell.cause) {
        case (.heartbeat, .unexplained): true
        case (.heartbeat, .consequence), (.fin, .consequence), (.reset, .consequence):
            cell.fault.map { [.loss, .delay, .congest].contains(plan.timeline[$0].action.kind) } ?? false
        case (.fin, .scheduled), (.reset, .scheduled):
            // What a box on the way ended is none of the gateway's doing, and a newer login is another reason.
            plan.target.gateway.idleTimeout != nil && plan.target.gateway.duplicateLogin != .silent
                && plan.target.balancer.idleTimeout == nil
                && (cell.group.map(plan.plan(ofGroup:)) ?? plan).target.middlebox == nil
        default: false
        }
    }

    /// What adaptive heartbeats found to be safe, in plan seconds; nil where nobody has ended the search.
    var longestSafeIntervalSeconds: Double? {
        (measurements.longestSafeInterval ?? sessions?.longestSafeInterval).map { $0.seconds * plan.timeScale }
    }

    /// What gateways beat by themselves since t0, in frames of the wire's own sizes.
    var gatewayPings: (sent: UInt64, answered: UInt64, missed: UInt64, bytes: UInt64) {
        var pings: (sent: UInt64, answered: UInt64, missed: UInt64) = (0, 0, 0)
        for id in 0..<GatewayID(plan.mostGateways) {
            guard let counters = measurements.gateway(id) else { continue }
            pings.sent += counters.pingsSent
            pings.answered += counters.pingsAnswered
            pings.missed += counters.pingsMissed
        }
        let bytes = pings.sent * UInt64(WireFormat.pingBytes) + pings.answered * UInt64(WireFormat.pongBytes)
        return (pings.sent, pings.answered, pings.missed, bytes)
    }

    /// A count of one fault over all workers; 0 if it was carried out and nobody was hit, nil if nobody knows of it.
    func tallied(_ part: KeyPath<FaultTally, UInt64>, ofFault fault: Int) -> UInt64? {
        if let tally = measurements.tally(ofFault: fault) { return tally[keyPath: part] }
        return sessions != nil && executed.contains { $0.fault == fault } ? 0 : nil
    }
}
