import HoldfastCore
import Testing

/// Both rules of detection on a session alone, to the tick.
@Suite struct HeartbeatTests {
    static func policy(_ detection: HeartbeatPolicy.Detection, first: HeartbeatPolicy.FirstBeat = .after)
        -> SessionPolicy
    {
        SessionPolicy(
            seed: Seed(42),
            heartbeat: HeartbeatPolicy(strategy: .fixed, interval: .seconds(3), first: first, detection: detection),
            reconnect: ReconnectPolicy(delay: .fixed(.seconds(1))),
            selection: .client(.random, gateways: 1, onFailure: .switchGateway)
        )
    }

    /// A session admitted at time zero.
    static func admitted(_ policy: SessionPolicy) -> Session {
        var session = Session(id: 0)
        for event in [
            SessionEvent.started, .connected, .admitted(by: 0, intervalMilliseconds: 0),
        ] {
            session.handle(event, now: .zero, policy: policy)
        }
        while session.nextAction() != nil {}
        return session
    }

    /// Lets every deadline up to `end` come to pass and returns the instants of the pings and of the disconnect.
    static func live(
        _ session: inout Session,
        until end: Instant,
        policy: SessionPolicy
    ) -> (pings: [Span], died: Span?) {
        var pings: [Span] = []
        while session.deadline <= end {
            let now = session.deadline
            session.handle(.deadlineReached, now: now, policy: policy)
            while let action = session.nextAction() {
                if case .sendPing = action { pings.append(now - .zero) }
                if case .notedDisconnect = action { return (pings, now - .zero) }
            }
        }
        return (pings, nil)
    }

    @Test func silenceDiesOnTheTick() {
        let policy = Self.policy(.silence(.seconds(15)))
        var session = Self.admitted(policy)
        let limit = Instant.zero + .seconds(15)
        #expect(Self.live(&session, until: limit - .tick, policy: policy).died == nil)
        #expect(session.phase == .admitted)
        #expect(session.deadline == limit)
        #expect(Self.live(&session, until: limit, policy: policy).died == .seconds(15))
        #expect(session.phase == .waiting)
    }

    @Test func anyByteIsProofOfLife() {
        let policy = Self.policy(.silence(.seconds(15)))
        var session = Self.admitted(policy)
        _ = Self.live(&session, until: .zero + .seconds(14), policy: policy)
        session.noteProofOfLife(.zero + .seconds(15) - .tick)
        #expect(Self.live(&session, until: .zero + .seconds(30) - .tick - .tick, policy: policy).died == nil)
        #expect(Self.live(&session, until: .zero + .seconds(30), policy: policy).died == .seconds(30) - .tick)
    }

    @Test func missesDieAfterTheLastTimeout() {
        let policy = Self.policy(.misses(count: 5, timeout: .seconds(2)))
        var session = Self.admitted(policy)
        let (pings, died) = Self.live(&session, until: .zero + .seconds(60), policy: policy)
        #expect(pings == [3, 6, 9, 12, 15].map { .seconds($0) })
        #expect(died == .seconds(17))
    }

    @Test func anAnswerForgivesTheMisses() {
        let policy = Self.policy(.misses(count: 2, timeout: .seconds(1)))
        var session = Self.admitted(policy)
        _ = Self.live(&session, until: .zero + .seconds(6), policy: policy)
        session.noteProofOfLife(.zero + .milliseconds(6500))
        session.handle(
            .received(.pong(sequence: 2, intervalMilliseconds: 0)),
            now: .zero + .milliseconds(6500),
            policy: policy
        )
        #expect(session.nextAction() == .notedAnswer(.milliseconds(500)))
        #expect(Self.live(&session, until: .zero + .seconds(60), policy: policy).died == .seconds(13))
    }

    @Test func beatsKeepTheirPhaseWhenLate() {
        let policy = Self.policy(.silence(.seconds(100)))
        var session = Self.admitted(policy)
        session.handle(.deadlineReached, now: .zero + .milliseconds(3400), policy: policy)
        #expect(session.deadline == .zero + .seconds(6))
    }

    @Test func beatsOfAStandstillAreSkippedNotBurst() {
        let policy = Self.policy(.silence(.seconds(100)))
        var session = Self.admitted(policy)
        session.handle(.deadlineReached, now: .zero + .seconds(10), policy: policy)
        #expect(session.nextAction() == .sendPing(sequence: 1))
        #expect(session.nextAction() == nil)
        #expect(session.deadline == .zero + .seconds(12))
    }

    @Test(arguments: [(HeartbeatPolicy.FirstBeat.immediate, Span.zero), (.after, .seconds(3))])
    func theFirstBeat(first: HeartbeatPolicy.FirstBeat, expected: Span) {
        let policy = Self.policy(.silence(.seconds(15)), first: first)
        var session = Session(id: 0)
        session.handle(.started, now: .zero, policy: policy)
        session.handle(.connected, now: .zero, policy: policy)
        session.handle(.admitted(by: 0, intervalMilliseconds: 0), now: .zero, policy: policy)
        var actions: [SessionAction] = []
        while let action = session.nextAction() { actions.append(action) }
        if expected == .zero {
            #expect(actions.contains(.sendPing(sequence: 1)))
        } else {
            #expect(session.deadline == Instant.zero + expected)
        }
    }

    @Test func aRandomFirstBeatFillsTheInterval() {
        let policy = Self.policy(.silence(.seconds(15)), first: .random)
        let firsts = (UInt32(0)..<1000).map { id -> Span in
            var session = Session(id: id)
            session.handle(.started, now: .zero, policy: policy)
            session.handle(.connected, now: .zero, policy: policy)
            session.handle(.admitted(by: 0, intervalMilliseconds: 0), now: .zero, policy: policy)
            return session.deadline - .zero
        }
        #expect(firsts.allSatisfy { $0 > .zero && $0 <= .seconds(3) })
        let mean = firsts.map(\.seconds).reduce(0, +) / 1000
        #expect(abs(mean - 1.5) < 0.1)
    }

    @Test func theGatewayDictatesTheInterval() {
        let policy = Self.policy(.silence(.seconds(100)))
        var session = Self.admitted(policy)
        session.handle(
            .received(.pong(sequence: 0, intervalMilliseconds: 20_000)),
            now: .zero + .seconds(1),
            policy: policy
        )
        #expect(session.deadline == .zero + .seconds(20))
    }

    @Test func noneNeverNotices() {
        let policy = SessionPolicy(
            seed: Seed(42),
            heartbeat: HeartbeatPolicy(strategy: .none, interval: .seconds(3), detection: .silence(.seconds(9))),
            reconnect: ReconnectPolicy(delay: .immediate)
        )
        #expect(Self.admitted(policy).deadline == .never)
    }
}
