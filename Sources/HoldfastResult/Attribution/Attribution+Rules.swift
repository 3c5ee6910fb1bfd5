import HoldfastCore
import HoldfastPlan

/// Rules of the plan's own by which connections end, and nobody is to blame.
extension Attribution {
    /// The gateway's idle rule is part of the plan: it finishes a connection that was silent for just that long. The
    /// session hears of that a round trip after the silence that it knows of began, and as much later as both ways were
    /// held up.
    func idleEnd(_ disconnect: Disconnect, _ habits: WritingHabits) -> IdleEnd {
        guard disconnect.mechanism == .fin || disconnect.mechanism == .reset, let limit = habits.idleTimeout
        else { return .none }
        let silence = disconnect.silence
        let since = disconnect.at - silence
        // What it heard last may have been late, and what it wrote last not.
        let before = delay(of: disconnect, from: since, to: since, orBefore: true).known
        let early = disconnect.lastWrite == nil ? before : .zero
        guard silence >= limit - Attribution.skew - early else { return .none }
        let during = delay(of: disconnect, from: since, to: disconnect.at, orBefore: true)
        let roundTrip = habits.roundTrip(to: disconnect.gateway)
        let isSilent =
            habits.areSilent(for: limit, disconnect)
            && !(habits.haveReceipts && isPushed(disconnect, since: since, for: limit, habits))
        if silence <= limit + Attribution.skew + roundTrip + during.known * 2 {
            if isSilent { return .unavoidable }
            let interval = habits.beatInterval(of: disconnect.session) ?? limit
            return .avoidable(margin: limit - interval - roundTrip - Attribution.skew - during.known)
        }
        // Its kernel sends that end again until it arrives.
        let sent = since + limit - Attribution.skew - before
        guard isSilent, delay(of: disconnect, from: sent, to: disconnect.at).isRetransmitted,
            !isFrozen(disconnect.gateway, from: since, to: disconnect.at)
        else { return .none }
        return .unavoidable
    }

    private func isPushed(
        _ disconnect: Disconnect,
        since: Instant,
        for limit: Span,
        _ habits: WritingHabits
    ) -> Bool {
        habits.isPushed(to: disconnect.session, after: since, before: since + limit - Attribution.skew, t0: t0)
    }

    /// What an end has to do with a table that forgets what is idle.
    enum Forgetting {
        case nothing
        /// Something was due that would have kept the entry, and did not come.
        case avoidable
        /// Nothing was.
        case unavoidable
    }

    /// So is a middlebox's or the balancer's: bytes of either end, or the session's alone, keep its entry, and where it
    /// tells nobody that the entry went, the session hears of that when it writes again, or never.
    func forgetting(_ disconnect: Disconnect, _ habits: WritingHabits) -> Forgetting {
        var found = Forgetting.nothing
        for table in habits.tables(from: disconnect.network) {
            guard let aging = table.aging, habits.areSilent(for: aging, disconnect) else { continue }
            let wrote = disconnect.lastWrite ?? disconnect.lastProofOfLife
            let heard = table.refresh == .client ? wrote : max(disconnect.lastProofOfLife, wrote)
            guard isForgotten(disconnect, table, aging, heard, habits) else { continue }
            // What is pushed keeps an entry by itself, or by its receipt.
            let isKept = table.refresh == .both || habits.haveReceipts
            guard isKept, isPushed(disconnect, since: heard, for: aging, habits) else { return .unavoidable }
            found = .avoidable
        }
        return found
    }

    /// Whether the end comes after just the silence of a table whose entry something kept at `heard` last.
    private func isForgotten(
        _ disconnect: Disconnect,
        _ table: MiddleboxPolicy,
        _ aging: Span,
        _ heard: Instant,
        _ habits: WritingHabits
    ) -> Bool {
        switch (table.expiry, disconnect.mechanism) {
        case (.fin, .fin), (.reset, .reset):
            let silence = disconnect.at - heard
            let during = delay(of: disconnect, from: heard, to: disconnect.at, orBefore: true).known
            let latest = aging + Attribution.skew + habits.roundTrip(to: disconnect.gateway) + during * 2
            let early = plan.target.via == .nginx ? Attribution.nginxTimerSlack : .zero
            return silence >= aging - Attribution.skew - early && silence <= latest
        case (.answer, .reset), (.answer, .heartbeat), (.drop, .heartbeat):
            return disconnect.at - disconnect.lastProofOfLife >= aging - Attribution.skew
        case (.reset, .heartbeat):
            return table.resetLoss > 0 && disconnect.at - disconnect.lastProofOfLife >= aging - Attribution.skew
        default: return false
        }
    }

    /// So is its rule of age: it asks a session to go that has been there for that long. It counts from the login, so
    /// where messages are held up the session hears of both at other times.
    func endedByAge(_ disconnect: Disconnect) -> Bool {
        guard let shortestAge, let age = disconnect.age, disconnect.mechanism == .goaway else { return false }
        if age >= shortestAge - Attribution.skew { return true }
        let start = disconnect.at - age
        let delay = delay(of: disconnect, from: start, to: disconnect.at, orBefore: true)
        return delay.isRetransmitted || age >= shortestAge - Attribution.skew - delay.known
            || isFrozen(disconnect.gateway, from: start, to: disconnect.at)
    }

    /// So is its chance to ask a session to go, or that it does so when it has too many: both have a reason to name.
    func isShed(_ disconnect: Disconnect) -> Bool {
        let gateway = plan.target.gateway
        return disconnect.goaway == .shed && (gateway.goawayChance > 0 || gateway.shed != nil)
    }
}
