import Testing

@testable import HoldfastCore

/// Limits at their exact instants, what resets a backoff, and the way back by hand.
@Suite struct GivingUpTests {
    static func policy(_ reconnect: ReconnectPolicy) -> SessionPolicy {
        SessionPolicy(
            seed: Seed(42),
            heartbeat: HeartbeatPolicy(strategy: .none, interval: .zero, detection: .silence(.zero)),
            reconnect: reconnect,
            connectTimeout: .seconds(5),
            loginTimeout: .seconds(3),
            selection: .client(.roundRobin, gateways: 2, onFailure: .switchGateway)
        )
    }

    static func actions(_ session: inout Session) -> [SessionAction] {
        var actions: [SessionAction] = []
        while let action = session.nextAction() { actions.append(action) }
        return actions
    }

    /// A session whose connection ended at time zero.
    static func disconnected(_ policy: SessionPolicy) -> Session {
        var session = Session(id: 0)
        DisconnectClassTests.admit(&session, .zero, policy)
        session.handle(.closedByPeer(.reset), now: .zero, policy: policy)
        _ = actions(&session)
        return session
    }

    static func seconds(_ count: Int64) -> Instant { .zero + .seconds(count) }

    /// An attempt exactly at the limit is still made; one tick less, and it is not.
    @Test(arguments: [(Span.zero, Session.Phase.waiting), (.tick, .stopped)])
    func elapsedTimeIsLimitedToTheTick(less: Span, phase: Session.Phase) {
        let policy = Self.policy(ReconnectPolicy(delay: .fixed(.seconds(2)), maxElapsed: .seconds(2) - less))
        let session = Self.disconnected(policy)
        #expect(session.phase == phase)
        #expect(session.hasGivenUp == (phase == .stopped))
    }

    @Test(arguments: [(UInt32(2), Session.Phase.stopped), (3, .waiting)])
    func attemptsAreLimitedExactly(limit: UInt32, phase: Session.Phase) {
        let policy = Self.policy(ReconnectPolicy(delay: .immediate, maxAttempts: limit))
        var session = Self.disconnected(policy)
        for _ in 0..<2 {
            session.handle(.deadlineReached, now: .zero, policy: policy)
            session.handle(.connectFailed(.refused), now: .zero, policy: policy)
        }
        #expect(session.phase == phase)
        #expect(Self.actions(&session).contains(.stop(.gaveUp)) == (phase == .stopped))
    }

    /// 1, 2, 4 s; connected without a login is not admitted; after an admission it is 1 s again.
    @Test(arguments: [(false, Int64(4)), (true, 1)])
    func onlyAdmissionResetsTheBackoff(isAdmitted: Bool, wait: Int64) {
        let delay = ReconnectPolicy.Delay.exponential(base: .seconds(1), cap: .seconds(60), jitter: .none)
        let policy = Self.policy(ReconnectPolicy(delay: delay))
        var session = Self.disconnected(policy)
        session.handle(.deadlineReached, now: Self.seconds(1), policy: policy)
        session.handle(.connectFailed(.refused), now: Self.seconds(1), policy: policy)
        #expect(session.deadline == Self.seconds(3))
        session.handle(.deadlineReached, now: Self.seconds(3), policy: policy)
        session.handle(.connected, now: Self.seconds(3), policy: policy)
        if isAdmitted {
            session.handle(.admitted(by: 0, intervalMilliseconds: 0), now: Self.seconds(3), policy: policy)
        }
        session.handle(.closedByPeer(.fin), now: Self.seconds(3), policy: policy)
        #expect(session.deadline == Self.seconds(3 + wait))
    }

    // MARK: Limits of one attempt

    /// `connect()` at 0: refused a tick before five seconds, over at five seconds; the login has three from then.
    @Test(arguments: [(Span.tick, false), (.zero, true)])
    func anAttemptEndsExactlyAtItsTimeouts(early: Span, isOver: Bool) {
        let policy = Self.policy(ReconnectPolicy(delay: .fixed(.seconds(60))))
        var session = Session(id: 0)
        session.handle(.started, now: .zero, policy: policy)
        _ = Self.actions(&session)
        #expect(session.deadline == Self.seconds(5))
        session.handle(.deadlineReached, now: .zero + (.seconds(5) - early), policy: policy)
        #expect(Self.actions(&session) == (isOver ? [.notedConnectFailure(.timeout), .close(.fin)] : []))
        #expect(session.phase == (isOver ? .waiting : .connecting))
        guard !isOver else { return }
        let connected = Instant.zero + (.seconds(5) - early)
        session.handle(.connected, now: connected, policy: policy)
        #expect(session.deadline == connected + .seconds(3))
    }

    @Test(arguments: [(Span.tick, false), (.zero, true)])
    func aLoginEndsExactlyAtItsTimeout(early: Span, isOver: Bool) {
        let policy = Self.policy(ReconnectPolicy(delay: .fixed(.seconds(60))))
        var session = Session(id: 0)
        session.handle(.started, now: .zero, policy: policy)
        session.handle(.connected, now: Self.seconds(4), policy: policy)
        _ = Self.actions(&session)
        let now = Instant.zero + (.seconds(7) - early)
        session.handle(.deadlineReached, now: now, policy: policy)
        #expect(Self.actions(&session) == (isOver ? [.notedConnectFailure(.loginTimeout), .close(.fin)] : []))
        session.handle(.admitted(by: 0, intervalMilliseconds: 0), now: now, policy: policy)
        #expect(session.phase == (isOver ? .waiting : .admitted))
    }

    // MARK: By hand

    /// Gave up at 2 s, tried again by hand at 4 s against a closed door with the whole series anew, and at 7 s.
    @Test func whoGaveUpComesBackByHand() {
        var policy = Self.policy(ReconnectPolicy(delay: .fixed(.seconds(1)), maxAttempts: 1))
        policy.selection = .client(.roundRobin, gateways: 1, onFailure: .switchGateway)
        let world = VirtualWorld(sessions: 1, gateways: 1, policy: policy)
        world.establish()
        world.at(.milliseconds(1500)) { $0.kill(0) }
        world.at(.seconds(4)) { $0.command(0, .resume) }
        world.at(.seconds(6)) { $0.listen(0) }
        world.at(.seconds(7)) { $0.command(0, .resume) }
        world.at(.seconds(8)) { $0.command(0, .resume) }
        world.run(until: .seconds(9))
        #expect(SessionTests.drawing(world, session: 0, seconds: 9) == "A|x|fs|.|fs|.|.|A|.")
        #expect(world.log.filter { $0.action == .notedResumption }.count == 2)
    }

    /// By hand, as a user logs in again after a kick; nothing else ends a stop that the run wanted.
    @Test(arguments: [(StopReason.departed, false), (.kicked, true), (.ended, false)])
    func whoWasKickedComesBackByHandAlone(reason: StopReason, comesBack: Bool) {
        let policy = Self.policy(ReconnectPolicy(delay: .immediate))
        var session = Session(id: 0)
        DisconnectClassTests.admit(&session, .zero, policy)
        switch reason {
        case .departed: session.handle(.commanded(.drop(.never, by: .fin)), now: .zero, policy: policy)
        case .kicked: session.handle(.received(.kick(.duplicate)), now: .zero, policy: policy)
        case .ended, .gaveUp: session.handle(.commanded(.end), now: .zero, policy: policy)
        }
        #expect(Self.actions(&session).last == .stop(reason))
        session.handle(.commanded(.foreground), now: .zero, policy: policy)
        #expect(Self.actions(&session).isEmpty)
        session.handle(.commanded(.resume), now: .zero, policy: policy)
        #expect(session.phase == (comesBack ? .waiting : .stopped))
        #expect(Self.actions(&session) == (comesBack ? [.notedResumption] : []))
        #expect(session.stopReason == reason)
    }

    /// The gateway says why before it closes, so the session stops instead of coming back.
    @Test func aKickedSessionStaysAway() {
        let world = VirtualWorld(sessions: 1, gateways: 2, policy: Self.policy(ReconnectPolicy(delay: .immediate)))
        world.establish()
        world.at(.seconds(1)) { $0.kick(0, .duplicate) }
        world.run(until: .seconds(4))
        #expect(SessionTests.drawing(world, session: 0, seconds: 4) == "A|xs|.|.")
        #expect(world.log.last?.action == .stop(.kicked))
        #expect(world.disconnects(.kicked).count == 1)
        #expect(world.gateways.allSatisfy { $0.connections.isEmpty && $0.digest == Digest() })
    }
}
