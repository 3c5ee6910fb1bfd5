import HoldfastCore

/// What a balancer learns from gateways that say nothing at all.
extension World {
    /// The balancer's first segment to `gateway` was swallowed: unless a later one is answered, it gives up in time.
    mutating func awaitAnswer(of gateway: GatewayID, _ key: LinkKey, isBalanced: Bool) {
        // A connect that is repeated began before.
        guard isBalanced, unanswered[key] == nil else { return }
        unanswered[key] = gateway
        let end = now + real.target.balancer.connectTimeout
        queue.push(SimulatedEvent(.toGateway, key, .unanswered, at: end))
    }

    /// The balancer's connect has taken as long as it may: it goes on without that gateway, for this client if it is
    /// still there, and for whoever comes next.
    mutating func giveUpConnect(_ event: SimulatedEvent, _ key: LinkKey) {
        guard let failed = unanswered.removeValue(forKey: key) else { return }
        guard let path = paths[key], path.isCounted, path.gateway == failed,
            seats[Int(key.session)].session.ordinal == key.ordinal, seats[Int(key.session)].session.phase == .connecting
        else {
            balancer?.unreachable(failed, session: key.session, now: now)
            return
        }
        let next = balancer?
            .pickAgain(after: failed, session: key.session, ordinal: key.ordinal, attempt: path.tries, now: now)
        let target = goOn(with: next, key, tries: path.tries + 1)
        paths[key]?.gateway = target ?? noGateway
        guard target != nil else { return sendToClient(key, .reset) }
        let frame = Frame.welcome(gateway: noGateway, incarnation: 0, intervalMilliseconds: 0)
        connect(SimulatedEvent(.toGateway, key, .connect, at: now, frame: frame), key)
    }
}
