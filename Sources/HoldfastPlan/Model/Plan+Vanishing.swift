import HoldfastCore

extension Plan {
    /// Events at which sessions let their connections vanish and open others, beside which they stay open, at once or
    /// when they find out.
    public var vanishEvents: [TimelineEvent] {
        timeline.filter { event in
            switch event.action {
            case .drop(let drop): drop.manner == .vanish && drop.side == .client && drop.comeback != .never
            case .reroute(let rerouting): rerouting.kind.isOfClient
            default: false
            }
        }
    }

    /// How many of those connections there are at once, at most: one of each victim of an event, until the gateways end
    /// it for its silence; for good where they do not.
    ///
    /// Whoever is on some of the gateways is counted as `sessions(onFullest:among:)` has it.
    public var vanishedAtOnce: Int { vanishedAtOnce(.everybody, vanishEvents) }

    /// The most of them that one of so many workers has: its share, and four standard deviations more, since victims
    /// are chosen by a hash.
    public func vanishedAtOnce(inOneOf workers: Int) -> Int {
        vanishedAtOnce(.oneOf(workers), vanishEvents)
    }

    /// Connections that a balancer or a middlebox has forgotten without a word and that are still open at an end, at
    /// most: one for each time that a session can have been idle for long enough while its gateway believes in the one
    /// before.
    public var forgottenAtOnce: Int {
        let lifetime = min(lifetimeOfTheVanished ?? duration, duration)
        let balancer = hasBalancer ? sessions * target.balancer.table.timesForgotten(in: lifetime) : 0
        let others = otherMiddleboxes.reduce(balancer) { $0 + sessions * $1.timesForgotten(in: lifetime) }
        return plansOfGroups.indices.reduce(others) { sum, group in
            let plan = groups.isEmpty ? self : plan(ofGroup: group)
            // Whoever writes more often is never idle for so long.
            guard let aging = plan.target.middlebox?.aging, plan.longestPause.map({ $0 >= aging }) ?? true
            else { return sum }
            let population = groups.isEmpty ? sessions : sessions(ofGroup: group)
            return sum + population * plan.target.middlebox.timesForgotten(in: lifetime)
        }
    }

    /// Connections that a middlebox carries no further because of the timeline, at most, beside those of their sessions
    /// that came after them.
    public var severedAtOnce: Int { vanishedAtOnce(.everybody, timeline.filter(\.isOfMiddlebox)) }

    /// The longest that a session may keep silent that nothing holds up; nil for one that does not beat by itself.
    private var longestPause: Span? {
        guard heartbeat.strategy.traits.contains(.clientSends), heartbeat.interval > .zero else { return nil }
        let own = heartbeat.strategy == .adaptive ? heartbeat.adaptive.longest : heartbeat.longestInterval
        return max(own, heartbeat.interval, target.gateway.heartbeatInterval ?? .zero)
    }

    private enum Whose {
        case everybody
        case oneOf(Int)
    }

    private func vanishedAtOnce(_ whose: Whose, _ events: [TimelineEvent]) -> Int {
        let lifetime = lifetimeOfTheVanished
        return events.map { last in
            events.reduce(0) { sum, event in
                let isThere = event.at <= last.at && (lifetime.map { last.at - event.at <= $0 } ?? true)
                return sum + (isThere ? victims(of: event, whose) : 0)
            }
        }.max() ?? 0
    }

    private func victims(of event: TimelineEvent, _ whose: Whose) -> Int {
        let population = event.scope.group.map { groups.indices.contains($0) ? sessions(ofGroup: $0) : 0 } ?? sessions
        let reached = event.scope.gateways.map { sessions(onFullest: $0.count, among: population) } ?? population
        let victims = event.scope.share.victims(of: reached)
        guard case .oneOf(let workers) = whose, workers > 1 else { return victims }
        let mean = Double(victims) / Double(workers)
        return min((sessions + workers - 1) / workers, Int((mean + 4 * mean.squareRoot()).rounded(.up)))
    }

    /// How long a gateway believes in a connection that nobody uses, in plan time; nil is for ever.
    private var lifetimeOfTheVanished: Span? {
        var longest = Span.zero
        for plan in plansOfGroups {
            guard let limit = GatewayPolicy(plan: plan).idleTimeout else { return nil }
            longest = max(longest, limit)
        }
        // The end has to get to both sides.
        return longest.scaled(by: timeScale) + .seconds(1)
    }
}

extension MiddleboxPolicy? {
    /// How often a session can have been idle for long enough in `lifetime` without being told.
    fileprivate func timesForgotten(in lifetime: Span) -> Int {
        guard let table = self, let aging = table.aging else { return 0 }
        guard [.drop, .answer].contains(table.expiry) || table.resetLoss > 0 else { return 0 }
        return Int((lifetime.seconds / aging.seconds).rounded(.up))
    }
}
