import HoldfastCore

/// Which gateways a worker's sessions are admitted on, as flows and digests.
public struct Populations: Sendable {
    private var opened: [UInt64]
    private var closed: [UInt64]
    private var digests: [Digest]

    /// Nobody is admitted on any of `gateways` gateways.
    public init(gateways: Int) {
        opened = [UInt64](repeating: 0, count: gateways)
        closed = opened
        digests = [Digest](repeating: Digest(), count: gateways)
    }

    /// Whether the run has such a gateway; a login reply may name anything.
    public func contains(_ gateway: GatewayID) -> Bool { Int(gateway) < opened.count }

    /// A session was admitted.
    public mutating func open(_ gateway: GatewayID, session: SessionID, ordinal: Ordinal) {
        guard contains(gateway) else { return }
        opened[Int(gateway)] += 1
        digests[Int(gateway)].insert(session: session, ordinal: ordinal)
    }

    /// An admitted connection ended.
    public mutating func close(_ gateway: GatewayID, session: SessionID, ordinal: Ordinal) {
        guard contains(gateway) else { return }
        closed[Int(gateway)] += 1
        digests[Int(gateway)].remove(session: session, ordinal: ordinal)
    }

    /// Admitted sessions per gateway.
    public var counts: [UInt64] { digests.map(\.count) }

    /// One entry for each gateway.
    public var cut: [GatewayPopulation] {
        opened.indices.map { gateway in
            GatewayPopulation(
                gateway: GatewayID(gateway),
                opened: opened[gateway],
                closed: closed[gateway],
                digest: digests[gateway]
            )
        }
    }
}
