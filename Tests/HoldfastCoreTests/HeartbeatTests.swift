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

    static func policy(_ heartbeat: HeartbeatPolicy) -> SessionPolicy {
        SessionPolicy(
            seed: Seed(42),
            heartbeat: heartbeat,
            reconnect: ReconnectPolicy(delay: .fixed(.seconds(1))),
            selection: .client(.random, gateways: 1, onFailure: .switchGateway)
        )
    }

    static let idle = HeartbeatPolicy(
        strategy: .idle,
        interval: .seconds(3),
        first: .after,
        detection: .silence(.seconds(60))
    )

    /// time:  0 ... 3    4     7    10   (seconds)
    /// write: .    ping  pong  ping ping
    @Test func everyWriteArmsAnIdleBeatAnew() {
        let policy = Self.policy(Self.idle)
        var session = Self.admitted(policy)
        #expect(Self.live(&session, until: .zero + .seconds(3), policy: policy).pings == [.seconds(3)])
        session.handle(.received(.ping(sequence: 9)), now: .zero + .seconds(4), policy: policy)
        #expect(session.nextAction() == .sendPong(sequence: 9))
        #expect(session.deadline == .zero + .seconds(7))
        #expect(Self.live(&session, until: .zero + .seconds(10), policy: policy).pings == [.seconds(7), .seconds(10)])
    }

    /// What arrives does not arm an idle beat anew: only writes do.
    @Test func readingDoesNotArmAnIdleBeat() {
        let policy = Self.policy(Self.idle)
        var session = Self.admitted(policy)
        session.noteProofOfLife(.zero + .seconds(2))
        #expect(session.deadline == .zero + .seconds(3))
    }

    /// A session that leaves the judgement to its gateway never notices anything by itself.
    @Test func aReportedHeartbeatNeverEndsAnything() {
        let reported = HeartbeatPolicy(
            strategy: .reported,
            interval: .seconds(3),
            first: .after,
            detection: .silence(.seconds(15))
        )
        let policy = Self.policy(reported)
        var session = Self.admitted(policy)
        let (pings, died) = Self.live(&session, until: .zero + .seconds(600), policy: policy)
        #expect(died == nil)
        #expect(pings.count == 200)
    }

    /// Each session draws its interval once, evenly from 4 to 12 minutes, and keeps it over connections.
    @Test func enterpriseIntervalsAreDrawnOnceForLife() throws {
        let policy = Self.policy(try #require(HeartbeatPolicy.presets["enterprise"]))
        var intervals: [Double] = []
        for id in SessionID(0)..<4_000 {
            var session = Session(id: id)
            var gaps: [Span] = []
            for connection in 0..<2 {
                let start = Instant.zero + .seconds(Int64(connection) * 10_000)
                session.handle(connection == 0 ? .started : .deadlineReached, now: start, policy: policy)
                session.handle(.connected, now: start, policy: policy)
                session.handle(.admitted(by: 0, intervalMilliseconds: 0), now: start, policy: policy)
                while session.nextAction() != nil {}
                let first = session.deadline
                session.handle(.deadlineReached, now: first, policy: policy)
                while session.nextAction() != nil {}
                gaps.append(session.deadline - first)
                session.handle(.closedByPeer(.fin), now: first, policy: policy)
                while session.nextAction() != nil {}
            }
            #expect(gaps[0] == gaps[1])
            intervals.append(gaps[0].seconds)
        }
        #expect(intervals.allSatisfy { (240...720).contains($0) })
        // Uniform: mean 480, a quarter above 600; five standard errors.
        #expect(abs(intervals.reduce(0, +) / 4_000 - 480) < 11)
        #expect(abs(intervals.count { $0 > 600 } - 1_000) < 137)
    }

    /// The articles' beats in ten minutes, the first after one interval.
    @Test(arguments: [("whatsapp-30s", 20), ("whatsapp-60s", 10), ("wechat", 2), ("weibo", 5), ("qq", 13)])
    func beatsInTenMinutes(preset: String, expected: Int) throws {
        var heartbeat = try #require(HeartbeatPolicy.presets[preset])
        heartbeat.first = .after
        heartbeat.detection = .silence(.seconds(10_000))
        let policy = Self.policy(heartbeat)
        var session = Self.admitted(policy)
        #expect(Self.live(&session, until: .zero + .seconds(600), policy: policy).pings.count == expected)
    }

    /// time: 0 ... 45   ... 90     (seconds)
    /// beat: .     ping     dead, one tick before alive
    @Test func anUnansweredDiscordBeatIsDeathWhenTheNextIsDue() throws {
        var heartbeat = try #require(HeartbeatPolicy.presets["discord"])
        heartbeat.first = .after
        let policy = Self.policy(heartbeat)
        var session = Self.admitted(policy)
        let next = Instant.zero + .seconds(90)
        let (pings, died) = Self.live(&session, until: next - .tick, policy: policy)
        #expect(pings == [.seconds(45)])
        #expect(died == nil)
        #expect(session.phase == .admitted)
        let end = Self.live(&session, until: next, policy: policy)
        #expect(end.pings.isEmpty)
        #expect(end.died == .seconds(90))
    }

    /// An answer one tick before the next beat is due keeps the connection for one more interval.
    @Test func anAnswerBeforeTheNextDiscordBeatIsInTime() throws {
        var heartbeat = try #require(HeartbeatPolicy.presets["discord"])
        heartbeat.first = .after
        let policy = Self.policy(heartbeat)
        var session = Self.admitted(policy)
        let late = Instant.zero + .seconds(90) - .tick
        _ = Self.live(&session, until: late, policy: policy)
        session.noteProofOfLife(late)
        session.handle(.received(.pong(sequence: 1, intervalMilliseconds: 0)), now: late, policy: policy)
        #expect(session.nextAction() == .notedAnswer(.seconds(45) - .tick))
        let (pings, died) = Self.live(&session, until: .zero + .seconds(600), policy: policy)
        #expect(pings == [.seconds(90)])
        #expect(died == .seconds(135))
    }

    /// The interval of the welcome holds for that connection alone: the next gateway may dictate none.
    ///
    /// time:    0       ... 20   25  26      ... 29   (seconds)
    /// welcome: 20,000      ping end 0 (none)    ping
    @Test func theIntervalOfTheWelcomeHoldsForItsConnection() {
        let policy = Self.policy(.silence(.seconds(100)))
        var session = Session(id: 0)
        for event in [SessionEvent.started, .connected, .admitted(by: 0, intervalMilliseconds: 20_000)] {
            session.handle(event, now: .zero, policy: policy)
        }
        while session.nextAction() != nil {}
        let first = Instant.zero + .seconds(20)
        #expect(Self.live(&session, until: first - .tick, policy: policy).pings.isEmpty)
        #expect(Self.live(&session, until: first, policy: policy).pings == [.seconds(20)])
        let again = Instant.zero + .seconds(26)
        session.handle(.closedByPeer(.fin), now: .zero + .seconds(25), policy: policy)
        for event in [SessionEvent.deadlineReached, .connected, .admitted(by: 0, intervalMilliseconds: 0)] {
            session.handle(event, now: again, policy: policy)
        }
        while session.nextAction() != nil {}
        #expect(Self.live(&session, until: again + .seconds(3), policy: policy).pings == [.seconds(29)])
    }

    /// A pong that dictates another interval moves the next beat, counted from the beat before; one that repeats it or
    /// names none does not.
    ///
    /// time: 0 ... 3    4            ... 8    9        ... 13   (seconds)
    /// beat: .     ping pong 5,000       ping pong 0       ping
    @Test func aDictatedIntervalCountsFromTheLastBeat() {
        let policy = Self.policy(.silence(.seconds(100)))
        var session = Self.admitted(policy)
        _ = Self.live(&session, until: .zero + .seconds(3), policy: policy)
        for (second, dictated) in [(Int64(4), UInt32(5_000)), (5, 5_000)] {
            let pong = Frame.pong(sequence: 1, intervalMilliseconds: dictated)
            session.handle(.received(pong), now: .zero + .seconds(second), policy: policy)
            while session.nextAction() != nil {}
            #expect(session.deadline == .zero + .seconds(8))
        }
        #expect(Self.live(&session, until: .zero + .seconds(8) - .tick, policy: policy).pings.isEmpty)
        #expect(Self.live(&session, until: .zero + .seconds(8), policy: policy).pings == [.seconds(8)])
        let none = Frame.pong(sequence: 2, intervalMilliseconds: 0)
        session.handle(.received(none), now: .zero + .seconds(9), policy: policy)
        while session.nextAction() != nil {}
        #expect(Self.live(&session, until: .zero + .seconds(13), policy: policy).pings == [.seconds(13)])
    }
}
