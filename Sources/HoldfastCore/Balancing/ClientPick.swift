/// The choice of a session that balances by itself.
enum ClientPick {
    /// The gateway for attempt `ordinal` of `session`, or `noGateway` when there is none.
    ///
    /// `last` is where it was before; `avoided` just failed and is left out while another gateway exists. Draws are
    /// keyed by session and ordinal, so the choice is the same with any number of workers. Round robin starts at draw 0
    /// of the session and moves on by one with each attempt.
    static func gateway(
        _ algorithm: ClientAlgorithm,
        gateways: UInt32,
        session: SessionID,
        ordinal: Ordinal,
        last: GatewayID,
        avoided: GatewayID,
        seed: Seed
    ) -> GatewayID {
        guard gateways > 1 else { return gateways == 1 ? 0 : noGateway }
        let stream = seed.stream(.clientPick, actor: session)
        switch algorithm {
        case .random:
            guard avoided < gateways else {
                return GatewayID(below(UInt64(gateways), stream.draw(UInt64(ordinal))))
            }
            let pick = GatewayID(below(UInt64(gateways - 1), stream.draw(UInt64(ordinal))))
            return pick >= avoided ? pick + 1 : pick
        case .roundRobin:
            let start = below(UInt64(gateways), stream.draw(0))
            let pick = GatewayID((start + UInt64(ordinal)) % UInt64(gateways))
            return pick == avoided ? (pick + 1) % gateways : pick
        case .sourceHash:
            let pick = GatewayID(pairHash(session, 0) % UInt64(gateways))
            return pick == avoided ? (pick + 1) % gateways : pick
        case .rendezvous:
            let pick = RendezvousHash.pick(session: session, gateways: Int(gateways)) { $0 != Int(avoided) }
            return pick.map { GatewayID($0) } ?? noGateway
        case .sticky:
            if last < gateways, last != avoided { return last }
            return gateway(
                .random,
                gateways: gateways,
                session: session,
                ordinal: ordinal,
                last: last,
                avoided: avoided,
                seed: seed
            )
        }
    }
}
