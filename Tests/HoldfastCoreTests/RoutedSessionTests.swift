import HoldfastCore
import Testing

/// A session whose gateways are named by a routing service.
@Suite struct RoutedSessionTests {
    static func policy(_ onFailure: FailureChoice = .switchGateway, quarantine: Span? = nil) -> SessionPolicy {
        SessionPolicy(
            seed: Seed(1),
            heartbeat: HeartbeatPolicy(strategy: .none, interval: .zero, detection: .silence(.zero)),
            reconnect: ReconnectPolicy(delay: .fixed(.seconds(1)), maxAttempts: 3, quarantine: quarantine),
            selection: .routed(gateways: 4, onFailure: onFailure)
        )
    }

    static func actions(
        _ session: inout Session,
        _ event: SessionEvent,
        _ seconds: Int64,
        _ policy: SessionPolicy
    ) -> [SessionAction] {
        session.handle(event, now: .zero + .seconds(seconds), policy: policy)
        var actions: [SessionAction] = []
        while let action = session.nextAction() { actions.append(action) }
        return actions
    }

    @Test(arguments: [(FailureChoice.switchGateway, GatewayID(2)), (.stay, noGateway)])
    func itGoesWhereItIsSentAndKeepsOffWhatFailed(onFailure: FailureChoice, avoided: GatewayID) {
        let policy = Self.policy(onFailure)
        var session = Session(id: 5)
        #expect(Self.actions(&session, .started, 0, policy) == [.connect(noGateway)])
        #expect(session.avoidance(now: .zero) == Avoidance())
        #expect(Self.actions(&session, .routed(to: 2), 0, policy) == [])
        #expect(session.gateway == 2)
        #expect(Self.actions(&session, .routed(to: 3), 0, policy) == [])
        #expect(session.gateway == 2)
        #expect(Self.actions(&session, .connectFailed(.refused), 0, policy) == [.notedConnectFailure(.refused)])
        #expect(session.avoidance(now: .zero) == Avoidance(avoided: avoided))
        #expect(Self.actions(&session, .deadlineReached, 1, policy) == [.connect(noGateway)])
    }

    @Test func withoutAGatewayTheAttemptFailsAndTheNextOneWaits() {
        let policy = Self.policy()
        var session = Session(id: 5)
        var found: [SessionAction] = Self.actions(&session, .started, 0, policy)
        for second in Int64(1)...3 {
            found += Self.actions(&session, .routed(to: noGateway), second - 1, policy)
            found += Self.actions(&session, .deadlineReached, second, policy)
        }
        let failed = SessionAction.notedConnectFailure(.noGateway)
        let ask = SessionAction.connect(noGateway)
        #expect(found == [ask, failed, ask, failed, ask, failed, .stop(.gaveUp)])
    }

    @Test func quarantineIsPartOfWhatItKeepsOff() {
        let policy = Self.policy(quarantine: .seconds(60))
        var session = Session(id: 5)
        _ = Self.actions(&session, .started, 0, policy)
        _ = Self.actions(&session, .routed(to: 1), 0, policy)
        _ = Self.actions(&session, .connected, 0, policy)
        _ = Self.actions(&session, .admitted(by: 1, intervalMilliseconds: 0), 0, policy)
        _ = Self.actions(&session, .closedByPeer(.reset), 5, policy)
        let until = Instant.zero + .seconds(65)
        #expect(session.avoidance(now: until - .tick) == Avoidance(avoided: 1, quarantined: 1))
        #expect(session.avoidance(now: until) == Avoidance(avoided: 1))
    }

    /// A gateway that names another is believed, and the service not asked.
    @Test func aMoveGoesToTheGatewayNamed() {
        let policy = Self.policy()
        var session = Session(id: 5)
        _ = Self.actions(&session, .started, 0, policy)
        _ = Self.actions(&session, .routed(to: 1), 0, policy)
        _ = Self.actions(&session, .connected, 0, policy)
        _ = Self.actions(&session, .admitted(by: 1, intervalMilliseconds: 0), 0, policy)
        let move = Frame.goaway(.move, target: 3, delayMilliseconds: 0)
        _ = Self.actions(&session, .received(move), 5, policy)
        #expect(session.avoidance(now: .zero) == Avoidance())
        #expect(Self.actions(&session, .deadlineReached, 5, policy) == [.connect(3)])
    }
}
