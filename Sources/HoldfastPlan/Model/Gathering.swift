import HoldfastCore

/// Where sessions gather when a timeline takes gateways away and gives them back, as a fluid: what a gateway loses goes
/// to those in service, and nobody comes back by itself. It is the mean of what a run does, without its noise.
struct Gathering {
    /// The most that one gateway has had at any time.
    private(set) var most = 0.0

    private var populations: [Double]
    private var isDown: [Bool]
    /// Sessions for which no gateway is in service.
    private var waiting = 0.0
    private let weights: [Double]
    private let placement: Placement

    /// Where those go that a moment moves.
    private enum Placement {
        /// By weight.
        case spread
        /// To the emptiest, which rise together.
        case levelled
        /// All to the one that had fewest when it last said so.
        case herd
    }

    /// What the timeline of `plan` does to its sessions.
    init(_ plan: Plan) {
        let gateways = plan.mostGateways
        populations = [Double](repeating: 0, count: gateways)
        isDown = (0..<gateways).map { $0 >= plan.target.gateways }
        let given = plan.target.algorithm.knowsWeights ? plan.target.gateway.weights : []
        weights = (0..<gateways).map { given.indices.contains($0) ? Double(given[$0]) : 1 }
        switch plan.target.algorithm {
        // Whoever asks a registry learns what was reported, with either.
        case .leastConnections where plan.target.registry != nil: placement = .herd
        case .leastConnections where given.isEmpty: placement = .levelled
        case .leastReported: placement = .herd
        default: placement = .spread
        }
        // They come one after the other, and reports with them.
        spread(populations.indices.filter { !isDown[$0] }, Double(plan.sessions))
        most = populations.max() ?? 0
        let outages = plan.timeline.flatMap(\.outages)
        let drops = plan.timeline.filter { $0.action.drop != nil }
        let moments = outages.flatMap { [$0.begin, $0.end] } + plan.timeline.map(\.at)
        for moment in Set(moments).sorted() {
            pass(moment, outages, drops, scale: plan.scalings.last { $0.at == moment }?.after)
        }
    }

    private mutating func pass(
        _ moment: Span,
        _ outages: [PlannedOutage],
        _ drops: [TimelineEvent],
        scale: Int?
    ) {
        var moved = waiting
        waiting = 0
        if let scale {
            for gateway in populations.indices {
                isDown[gateway] = gateway >= scale
                if isDown[gateway] { moved += take(1, from: gateway) }
            }
        }
        for outage in outages where outage.end == moment { isDown[Int(outage.gateway)] = false }
        for outage in outages where outage.begin <= moment && moment < outage.end {
            isDown[Int(outage.gateway)] = true
            moved += take(1, from: Int(outage.gateway))
        }
        for event in drops where event.at == moment {
            let reached = event.scope.gateways.map { $0.map { Int($0) } } ?? Array(populations.indices)
            let total = reached.reduce(0) { $0 + populations[$1] }
            guard total > 0 else { continue }
            let share = min(1, Double(event.scope.share.victims(of: Int(total.rounded()))) / total)
            for gateway in reached { moved += take(share, from: gateway) }
        }
        deal(moved)
    }

    private mutating func take(_ share: Double, from gateway: Int) -> Double {
        let taken = populations[gateway] * share
        populations[gateway] -= taken
        return taken
    }

    private mutating func deal(_ sessions: Double) {
        let open = populations.indices.filter { !isDown[$0] }
        guard !open.isEmpty else {
            waiting += sessions
            return
        }
        switch placement {
        case .spread: spread(open, sessions)
        case .levelled: fill(open, sessions)
        case .herd: populations[open.min { populations[$0] < populations[$1] } ?? open[0]] += sessions
        }
        most = max(most, populations.max() ?? 0)
    }

    private mutating func spread(_ open: [Int], _ sessions: Double) {
        let total = open.reduce(0) { $0 + weights[$1] }
        for gateway in open { populations[gateway] += sessions * weights[gateway] / total }
    }

    /// The emptiest rise together until they meet the next.
    private mutating func fill(_ open: [Int], _ sessions: Double) {
        let order = open.sorted { populations[$0] < populations[$1] }
        var level = populations[order[0]]
        var left = sessions
        for count in 1...order.count {
            let next = count < order.count ? populations[order[count]] : .infinity
            let step = min(left / Double(count), next - level)
            level += step
            left -= step * Double(count)
        }
        for gateway in open { populations[gateway] = max(populations[gateway], level) }
    }
}

extension Plan {
    /// The most sessions that one gateway has at any time, with at least one of the others down; four standard
    /// deviations more than the mean where chance has a part in it. `first` fills one after the other.
    public var sessionsOnFullestGateway: Int {
        let even = sessions(onFullest: 1, among: sessions)
        guard target.algorithm != .first else { return even }
        // To look at thousands one by one takes too long; a rolling restart of many comes to e times the mean.
        let gathered = mostGateways > 1_000 ? 3 * Double(even) : Gathering(self).most
        let mean = max(Double(even), gathered, mostAtHome)
        let most = mean + 4 * variance(of: mean).squareRoot()
        return min(sessions, Int(most.rounded(.up)))
    }

    /// Who goes home when home is up fills the first one of a rolling restart with twice its share.
    private var mostAtHome: Double {
        switch target.algorithm {
        case .boundedLoad, .consistentHash, .maglev, .rendezvous, .sourceHash, .sticky: break
        default: return 0
        }
        return timeline.contains { !$0.outages.isEmpty } ? 2 * Double(sessions) / Double(target.gateways) : 0
    }

    /// Of the sessions on a gateway that has so many of them in the mean: binomial where each is drawn; the shares of a
    /// ring deviate besides.
    private func variance(of mean: Double) -> Double {
        let drawn = mean * max(0, 1 - mean / Double(sessions))
        switch target.algorithm {
        case .leastConnections, .leastReported, .first: return target.gateway.weights.isEmpty ? 0 : drawn
        case .roundRobin, .smoothWeightedRoundRobin: return isMixed ? drawn : 0
        case .boundedLoad, .consistentHash:
            return drawn + mean * mean / Double(ConsistentRing.pointsPerWeight)
        default: return drawn
        }
    }

    /// Whether sessions leave gateways one by one, which takes turns apart.
    private var isMixed: Bool {
        churn != nil || groups.contains { $0.churn != nil } || timeline.contains { $0.action.drop != nil }
    }
}
