/// What a gateway must satisfy beside being in service: that it has room, and that it is warm.
///
/// One that comes back is passed over with a chance that falls evenly from 1 to 0 while it warms up, so that its share
/// of new connections rises evenly to what it was, whatever the algorithm: `slowstart` of HAProxy. At the start nobody
/// is cold.
public struct Eligibility: Sendable {
    /// The connections that one gateway is given at most.
    let limit: UInt64
    /// How long it takes a gateway that comes back to get its whole share.
    let slowStart: Span?
    /// By gateway: since when it has been back. Empty where nobody is cold.
    private var backSince: [GatewayID: Instant] = [:]

    /// Everybody in service is given connections, at most `limit` at once; those that come back as many as before only
    /// after `slowStart`.
    public init(limit: UInt64 = .max, slowStart: Span? = nil) {
        self.limit = limit
        self.slowStart = slowStart
    }

    /// Whether nobody can be passed over.
    var isOpen: Bool { limit == .max && backSince.isEmpty }

    /// `gateway` comes back at `start`.
    mutating func warm(_ gateway: GatewayID, from start: Instant) {
        if slowStart != nil { backSince[gateway] = start }
    }

    /// Another process takes over, to which nobody has come back.
    mutating func forget() { backSince = [:] }

    /// The share, 0 ... 1, that `gateway` gets of what it would get if it had not been away.
    mutating func share(of gateway: GatewayID, at now: Instant) -> Double {
        guard let slowStart, let since = backSince[gateway] else { return 1 }
        guard now < since + slowStart else {
            backSince[gateway] = nil
            return 1
        }
        return now <= since ? 0 : (now - since).seconds / slowStart.seconds
    }
}

extension Balancer {
    /// The gateway that the algorithm names among those that have room, and of those that are cold in proportion; one
    /// that is cold is better than none. `counter` keys the draws of `session`.
    mutating func eligible(_ session: SessionID, _ counter: UInt64, _ now: Instant) -> Int? {
        var passedOver: [(gateway: Int, before: Instant)] = []
        var cold: Int?
        var found: Int?
        while found == nil, let pick = nextGateway(session, counter, now) {
            if connections[pick] >= eligibility.limit {
                passedOver.append((pick, service.exclude(pick, at: now)))
                // Of equal weights the least loaded one has the most room.
                if least != nil { break }
            } else if isPassedOver(pick, session, counter, now) {
                cold = cold ?? pick
                passedOver.append((pick, service.exclude(pick, at: now)))
            } else {
                found = pick
            }
        }
        for (gateway, before) in passedOver.reversed() { service.restore(gateway, before) }
        return found ?? cold
    }

    /// The first in service after `gateway` that has room.
    func nextInOrder(after gateway: Int, _ now: Instant) -> Int? {
        var start = gateway + 1
        for _ in connections.indices {
            guard let next = service.first(from: start, at: now) else { return nil }
            if connections[next] < eligibility.limit { return next }
            start = next + 1
        }
        return nil
    }

    private mutating func isPassedOver(_ pick: Int, _ session: SessionID, _ counter: UInt64, _ now: Instant) -> Bool {
        let share = eligibility.share(of: GatewayID(pick), at: now)
        guard share < 1 else { return false }
        // The algorithm's own draws have smaller counters.
        let draw = seed.draw(.balancerPick, actor: session, 1 << 62 | UInt64(pick) << 40 | counter)
        return unitDouble(draw) >= share
    }
}
