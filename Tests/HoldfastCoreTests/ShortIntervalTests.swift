import HoldfastCore
import Testing

/// A timeout that suits the plan's interval is longer than the one that a session drew, or was dictated: silence must
/// be noticed all the same.
@Suite struct ShortIntervalTests {
    /// time: 0 ... 3    3.5         4    5    6   (seconds)
    /// beat: .     ping pong, 1 s   ping ping dead, one tick before alive
    @Test func aDictatedIntervalBelowTheTimeoutStillFindsDeath() {
        let policy = HeartbeatTests.policy(.misses(count: 2, timeout: .seconds(3)))
        var session = HeartbeatTests.admitted(policy)
        let answered = Instant.zero + .milliseconds(3_500)
        _ = HeartbeatTests.live(&session, until: answered, policy: policy)
        session.noteProofOfLife(answered)
        session.handle(.received(.pong(sequence: 1, intervalMilliseconds: 1_000)), now: answered, policy: policy)
        while session.nextAction() != nil {}
        let death = Instant.zero + .seconds(6)
        let before = HeartbeatTests.live(&session, until: death - .tick, policy: policy)
        #expect(before.pings == [.seconds(4), .seconds(5)])
        #expect(before.died == nil)
        #expect(HeartbeatTests.live(&session, until: death, policy: policy).died == .seconds(6))
    }

    /// Each of many sessions draws from 1 to 10 s and waits 8 s for an answer: all of them notice a silent gateway,
    /// after two of their own intervals where those are shorter than the timeout.
    @Test func everyDrawnIntervalFindsDeath() {
        let heartbeat = HeartbeatPolicy(
            strategy: .fixed,
            interval: .seconds(1),
            longestInterval: .seconds(10),
            first: .after,
            detection: .misses(count: 1, timeout: .seconds(8))
        )
        let policy = HeartbeatTests.policy(heartbeat)
        var short = 0
        for id in SessionID(0)..<200 {
            var session = Session(id: id)
            for event in [SessionEvent.started, .connected, .admitted(by: 0, intervalMilliseconds: 0)] {
                session.handle(event, now: .zero, policy: policy)
            }
            while session.nextAction() != nil {}
            let interval: Span = session.deadline - Instant.zero
            if interval < .seconds(8) { short += 1 }
            let died = HeartbeatTests.live(&session, until: .zero + .seconds(60), policy: policy).died
            #expect(died == interval + min(interval, .seconds(8)))
        }
        #expect((1..<200).contains(short))
    }
}
