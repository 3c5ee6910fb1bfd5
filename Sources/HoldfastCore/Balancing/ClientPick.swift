/// The choice of a session that balances by itself.
enum ClientPick {
    /// The gateway for attempt `ordinal` of `session`, or `noGateway` when there is none.
    ///
    /// `last` is where it was before. `avoided` just failed and is left out while another gateway exists, and so is
    /// `quarantined`; of two gateways only that in quarantine is. Draws are keyed by session and ordinal, so the choice
    /// is the same with any number of workers. Round robin starts at draw 0 of the session and moves on by one with
    /// each attempt.
    static func gateway(
        _ algorithm: ClientAlgorithm,
        gateways: UInt32,
        session: SessionID,
        ordinal: Ordinal,
        last: GatewayID,
        avoided: GatewayID,
        quarantined: GatewayID = noGateway,
        seed: Seed
    ) -> GatewayID {
        guard gateways > 1 else { return gateways == 1 ? 0 : noGateway }
        let left = LeftOut(avoided, quarantined, of: gateways)
        let stream = seed.stream(.clientPick, actor: session)
        switch algorithm {
        case .consistentHash(let ring):
            return ring.pick(pairHash(session, 0)) { !left.contains(GatewayID($0)) }.map { GatewayID($0) } ?? noGateway
        case .first: return next(from: 0, gateways, left)
        case .maglev(let table):
            return table.pick(pairHash(session, 0)) { !left.contains(GatewayID($0)) }.map { GatewayID($0) } ?? noGateway
        case .nearest(let nearness):
            let start = (below(UInt64(gateways), stream.draw(0)) + UInt64(ordinal)) % UInt64(gateways)
            // Where all others are out of reach there is no other.
            let pick = nearness.pick(from: start) { !left.contains($0) } ?? nearness.pick(from: start) { _ in true }
            return pick ?? noGateway
        case .random: return random(gateways, left, stream.draw(UInt64(ordinal)))
        case .roundRobin:
            let start = below(UInt64(gateways), stream.draw(0))
            return next(from: (start + UInt64(ordinal)) % UInt64(gateways), gateways, left)
        case .sourceHash: return next(from: pairHash(session, 0) % UInt64(gateways), gateways, left)
        case .rendezvous:
            let pick = RendezvousHash.pick(session: session, gateways: Int(gateways)) {
                !left.contains(GatewayID($0))
            }
            return pick.map { GatewayID($0) } ?? noGateway
        case .sticky:
            if last < gateways, !left.contains(last) { return last }
            return random(gateways, left, stream.draw(UInt64(ordinal)))
        case .subset(let size):
            let drawn = UInt32(below(UInt64(size), stream.draw(UInt64(ordinal))))
            return member(from: drawn, of: session, size, gateways, left, seed)
        case .weightedRandom(let weights):
            let pick = weights.pick(stream.draw(UInt64(ordinal))) { !left.contains(GatewayID($0)) }
            return pick.map { GatewayID($0) } ?? noGateway
        }
    }

    /// The first member from `drawn` on, around, that is not left out; that one when all are.
    private static func member(
        from drawn: UInt32,
        of session: SessionID,
        _ size: UInt32,
        _ gateways: UInt32,
        _ left: LeftOut,
        _ seed: Seed
    ) -> GatewayID {
        for step in 0..<size {
            let number = (drawn + step) % size
            let pick = Subset.member(number, of: session, size: size, gateways: gateways, seed: seed)
            if !left.contains(pick) { return pick }
        }
        return Subset.member(drawn, of: session, size: size, gateways: gateways, seed: seed)
    }

    private static func random(_ gateways: UInt32, _ left: LeftOut, _ draw: UInt64) -> GatewayID {
        var pick = GatewayID(below(UInt64(gateways - left.count), draw))
        if pick >= left.lower { pick += 1 }
        if pick >= left.upper { pick += 1 }
        return pick
    }

    private static func next(from first: UInt64, _ gateways: UInt32, _ left: LeftOut) -> GatewayID {
        var pick = GatewayID(first)
        while left.contains(pick) { pick = (pick + 1) % gateways }
        return pick
    }

    /// At most two gateways, fewer than there are; `noGateway` stands for none and is above all.
    private struct LeftOut {
        let lower: GatewayID
        let upper: GatewayID

        init(_ avoided: GatewayID, _ quarantined: GatewayID, of gateways: UInt32) {
            let strong = quarantined < gateways ? quarantined : noGateway
            let isDroppable = avoided >= gateways || avoided == strong || (gateways == 2 && strong != noGateway)
            let weak = isDroppable ? noGateway : avoided
            lower = min(strong, weak)
            upper = max(strong, weak)
        }

        var count: UInt32 { (lower != noGateway ? 1 : 0) + (upper != noGateway ? 1 : 0) }

        func contains(_ gateway: GatewayID) -> Bool { gateway == lower || gateway == upper }
    }
}
