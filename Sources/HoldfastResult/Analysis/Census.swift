import HoldfastCore

/// The populations as the sessions, the gateways and the balancers each believe them.
struct Census: Sendable {
    private let analysis: RunAnalysis
    private let clients: CutTable
    private let gateways: CutTable
    private let balancers: CutTable
    private let balancerProcesses: Int

    init(_ analysis: RunAnalysis) {
        self.analysis = analysis
        clients = analysis.measurements.clientCuts
        gateways = analysis.measurements.gatewayCuts
        balancers = analysis.measurements.balancerCuts
        balancerProcesses = analysis.measurements.agents.count { $0.role == .balancer }
    }

    /// The end of the run; nil unless every worker took part in its cut.
    private var endSecond: Int32? { analysis.endCut?.second }

    /// The sessions' own account at the end, by gateway.
    var clientTotals: [UInt64]? { analysis.endCut?.open }

    /// What a gateway itself says at the end; nil when it did not answer.
    func ownCount(of gateway: Int) -> UInt64? { endSecond.flatMap { ownCount(of: gateway, at: $0) } }

    /// The digest of what a gateway itself says at the end.
    func ownDigest(of gateway: Int) -> Digest? {
        guard let endSecond else { return nil }
        guard let row = gateways.rows[endSecond], row.isKnown[gateway] else {
            return isGone(gateway, at: endSecond) ? Digest() : nil
        }
        return gateways.digests[endSecond]?[gateway]
    }

    /// The digest of the sessions' own account at the end.
    func clientDigest(of gateway: Int) -> Digest? { endSecond.flatMap { clients.digests[$0]?[gateway] } }

    /// What the balancers believe at the end; nil without balancers, or when one of them did not say.
    func balancerCount(of gateway: Int) -> UInt64? {
        guard let endSecond, balancerProcesses > 0 else { return nil }
        guard let row = balancers.complete(at: endSecond, reporters: balancerProcesses) else { return nil }
        return row.isKnown[gateway] ? row.open[gateway] : nil
    }

    /// Over all gateways; nil unless every one is known.
    func total(_ count: (Int) -> UInt64?) -> UInt64? {
        var sum: UInt64 = 0
        for gateway in 0..<analysis.plan.mostGateways {
            guard let value = count(gateway) else { return nil }
            sum += value
        }
        return sum
    }

    /// Whether the digests of every gateway that answered at the end equal the sessions'; nil when none answered.
    var reconciled: Bool? {
        var answered = false
        for gateway in 0..<analysis.plan.mostGateways {
            guard let own = ownDigest(of: gateway), let client = clientDigest(of: gateway) else { continue }
            answered = true
            if own != client { return false }
        }
        return answered ? true : nil
    }

    /// The most ghosts a gateway had: connections that it holds without a session, at each of three cuts in a row.
    /// Nil when no three cuts in a row are known on both sides.
    func ghostsPeak(of gateway: Int) -> UInt64? {
        var peak: UInt64?
        // Of the cuts in a row until now: how many, the last one's second, and the ghosts of the last two.
        var (inRow, second, last, beforeLast): (Int, Int32, UInt64, UInt64) = (0, 0, 0, 0)
        for cut in analysis.cuts {
            guard let own = ownCount(of: gateway, at: cut.second) else {
                inRow = 0
                continue
            }
            let ghosts = own > cut.open[gateway] ? own - cut.open[gateway] : 0
            inRow = inRow > 0 && second + 1 == cut.second ? inRow + 1 : 1
            if inRow >= 3 { peak = max(peak ?? 0, min(ghosts, last, beforeLast)) }
            (second, last, beforeLast) = (cut.second, ghosts, last)
        }
        return peak
    }

    private func ownCount(of gateway: Int, at second: Int32) -> UInt64? {
        guard let row = gateways.rows[second], row.isKnown[gateway] else {
            return isGone(gateway, at: second) ? 0 : nil
        }
        return row.open[gateway]
    }

    /// A process that the timeline ended, or has not begun, holds nothing, without having to say so. A frozen one is
    /// merely silent.
    private func isGone(_ gateway: Int, at second: Int32) -> Bool {
        guard let instant = analysis.clock?.instant(ofPlanSecond: second) else { return false }
        let size = FleetSize(plan: analysis.plan, executed: analysis.executed)
        if gateway >= size.count(before: instant) { return true }
        return analysis.executed.contains { interval in
            interval.gateway == GatewayID(gateway) && interval.start < instant && instant < (interval.end ?? .never)
                && [.kill, .restart, .rollingRestart].contains(analysis.plan.timeline[interval.fault].action.kind)
        }
    }

}
