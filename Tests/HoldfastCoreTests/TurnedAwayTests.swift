import HoldfastCore
import Testing

/// A login that its gateway has no room for.
@Suite struct TurnedAwayTests {
    static func actions(_ connection: inout GatewayConnection, _ event: GatewayEvent) -> [GatewayAction] {
        connection.handle(event, now: .zero, policy: GatewayPolicy())
        var actions: [GatewayAction] = []
        while let action = connection.nextAction() { actions.append(action) }
        return actions
    }

    /// It is told why before the connection ends, and was never admitted.
    @Test func aLoginIsTurnedDown() {
        var connection = GatewayConnection(acceptedAt: .zero, policy: GatewayPolicy())
        #expect(Self.actions(&connection, .commanded(.refuse(.overload))) == [.sendGoaway(.overload), .close(.fin)])
        #expect(connection.phase == .closed)
        #expect(connection.deadline == .never)
        #expect(Self.actions(&connection, .loggedIn(session: 1, ordinal: 0)).isEmpty)
    }

    /// Whoever is in stays in.
    @Test func whoeverIsInStays() {
        var connection = GatewayConnection(acceptedAt: .zero, policy: GatewayPolicy())
        #expect(Self.actions(&connection, .loggedIn(session: 1, ordinal: 0)) == [.sendWelcome, .notedAdmission])
        #expect(Self.actions(&connection, .commanded(.refuse(.overload))).isEmpty)
        #expect(connection.phase == .admitted)
    }

    /// The session takes it for a rejection and tries elsewhere.
    @Test func theSessionTriesElsewhere() {
        let policy = SessionPolicy(
            seed: Seed(42),
            heartbeat: .article3x5,
            reconnect: ReconnectPolicy(delay: .immediate),
            selection: .client(.first, gateways: 2, onFailure: .switchGateway)
        )
        var session = Session(id: 1)
        var actions: [SessionAction] = []
        let goaway = Frame.goaway(.overload, target: noGateway, delayMilliseconds: 0)
        for event in [.started, .connected, SessionEvent(goaway, isAdmitted: false), .deadlineReached] {
            session.handle(event, now: .zero, policy: policy)
            while let action = session.nextAction() { actions.append(action) }
        }
        let failure = SessionAction.notedConnectFailure(.rejected)
        #expect(actions == [.connect(0), .sendHello, failure, .close(.fin), .connect(1)])
    }
}
