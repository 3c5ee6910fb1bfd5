import Testing

@testable import HoldfastCore

/// The nearest gateway, as a session picks it.
@Suite struct NearnessTests {
    private static func pick(
        _ roundTrips: [Span?],
        session: SessionID = 0,
        ordinal: Ordinal = 0,
        avoided: GatewayID = noGateway
    ) -> GatewayID {
        ClientPick.gateway(
            .nearest(Nearness(roundTrips)),
            gateways: UInt32(roundTrips.count),
            session: session,
            ordinal: ordinal,
            last: noGateway,
            avoided: avoided,
            seed: Seed(42)
        )
    }

    private static let table: [(roundTrips: [Span?], avoided: GatewayID, expected: GatewayID)] = [
        ([.milliseconds(30), .milliseconds(5), .milliseconds(31)], noGateway, 1),
        ([.milliseconds(30), .milliseconds(5), .milliseconds(31)], 1, 0),
        ([nil, .milliseconds(400), nil], noGateway, 1), ([nil, .milliseconds(400), nil], 1, 1),
        ([nil, nil], noGateway, noGateway),
    ]

    @Test(arguments: table)
    func theNearestThatCanBeReached(roundTrips: [Span?], avoided: GatewayID, expected: GatewayID) {
        for session in UInt32(0)..<50 {
            #expect(Self.pick(roundTrips, session: session, avoided: avoided) == expected)
        }
    }

    /// Among equals a session takes turns, from a beginning of its own.
    @Test func equalsTakeTurns() {
        let roundTrips: [Span?] = [.milliseconds(5), .milliseconds(9), .milliseconds(5), nil]
        var first = Set<GatewayID>()
        for session in UInt32(0)..<50 {
            first.insert(Self.pick(roundTrips, session: session))
            let four = (Ordinal(0)..<4).map { Self.pick(roundTrips, session: session, ordinal: $0) }
            #expect(Set(four) == [0, 2])
        }
        #expect(first == [0, 2])
    }
}
