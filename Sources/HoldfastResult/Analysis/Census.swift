import HoldfastCore

/// The populations as the sessions, the gateways and the balancers each believe them.
struct Census: Sendable {
    private let analysis: RunAnalysis
    private let clients: CutTable
    private let gateways: CutTable
    private let balancers: CutTable
    /// Balancers that spoke; their carriers know no populations.
    private let countingBalancers: Int

    init(_ analysis: RunAnalysis) {
        self.analysis = analysis
        clients = analysis.measurements.clientCuts
        gateways = analysis.measurements.gatewayCuts
        balancers = analysis.measurements.balancerCuts
        countingBalancers = analysis.measurements.agents.count { $0.role == .balancer && $0.shard == 0 }
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
        guard let row = gateways.rows[endSecond], gateways.knows(gateway, in: row) else {
            return isGone(gateway, at: endSecond) ? Digest() : nil
        }
        return gateways.digests[endSecond]?[gateway]
    }

    /// The digest of the sessions' own account at the end.
    func clientDigest(of gateway: Int) -> Digest? { endSecond.flatMap { clients.digests[$0]?[gateway] } }

    /// What the balancers believe at the end; nil without balancers, or when one of them did not say.
    func balancerCount(of gateway: Int) -> UInt64? {
        guard let endSecond, countingBalancers > 0 else { return nil }
        guard let row = balancers.complete(at: endSecond, reporters: countingBalancers) else { return nil }
        return balancers.knows(gateway, in: row) ? row.open[gateway] : nil
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

    /// At how many cuts the accounts agreed about how many connections each gateway has. Compared are the cuts that all
    /// workers and gateways took part in, and with balancers those of them that these did as well.
    var agreement: CensusResult.Agreement {
        var agreement = CensusResult.Agreement()
        for cut in analysis.cuts {
            let row = gateways.rows[cut.second]
            let own = cut.open.indices.compactMap { ownCount(of: $0, at: cut.second, in: row) }
            guard own.count == cut.open.count else { continue }
            agreement.cuts += 1
            if own == cut.open { agreement.cutsAgreed += 1 }
            guard countingBalancers > 0, let row = balancers.complete(at: cut.second, reporters: countingBalancers),
                own.indices.allSatisfy({ balancers.knows($0, in: row) })
            else { continue }
            agreement.balancerCuts += 1
            if row.open == own { agreement.balancerCutsAgreed += 1 }
        }
        return agreement
    }

    /// By gateway, the most ghosts that it had: connections that it holds without a session, at each of three cuts in
    /// a row. Nil where no three cuts in a row are known on both sides.
    var ghostsPeaks: [UInt64?] {
        var tallies = [GhostTally](repeating: GhostTally(), count: analysis.plan.mostGateways)
        for cut in analysis.cuts {
            let row = gateways.rows[cut.second]
            for gateway in tallies.indices {
                let own = ownCount(of: gateway, at: cut.second, in: row)
                tallies[gateway].note(own: own, sessions: cut.open[gateway], second: cut.second)
            }
        }
        return tallies.map(\.peak)
    }

    private func ownCount(of gateway: Int, at second: Int32) -> UInt64? {
        ownCount(of: gateway, at: second, in: gateways.rows[second])
    }

    private func ownCount(of gateway: Int, at second: Int32, in row: CutTable.Row?) -> UInt64? {
        guard let row, gateways.knows(gateway, in: row) else { return isGone(gateway, at: second) ? 0 : nil }
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

/// The ghosts of one gateway, cut by cut.
private struct GhostTally {
    private(set) var peak: UInt64?
    /// Known cuts in a row until now.
    private var inRow = 0
    private var second: Int32 = 0
    private var last: UInt64 = 0
    private var beforeLast: UInt64 = 0

    /// The next cut; `own` is nil where the gateway's own count is not known.
    mutating func note(own: UInt64?, sessions: UInt64, second now: Int32) {
        guard let own else {
            inRow = 0
            return
        }
        let ghosts = own > sessions ? own - sessions : 0
        inRow = inRow > 0 && second + 1 == now ? inRow + 1 : 1
        if inRow >= 3 { peak = max(peak ?? 0, min(ghosts, last, beforeLast)) }
        (second, last, beforeLast) = (now, ghosts, last)
    }
}
