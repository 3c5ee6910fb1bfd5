import HoldfastCore
import Testing

/// The timers by which a kernel notices that its peer is gone, at their exact instants.
@Suite struct KernelTimerTests {
    static func seconds(_ count: Double) -> Instant { .zero + Span(seconds: count) }

    // MARK: Retransmission

    /// Sends at 0, is never acknowledged: when each retransmission went out, and when and how it ended.
    static func silence(_ limits: Retransmission.Limits) -> (sent: [Span], end: Span, timer: KernelTimer?) {
        var timer = Retransmission()
        timer.send(.zero, limits)
        var sent: [Span] = []
        while true {
            let now = timer.deadline
            let early = timer.reachDeadline(now - .tick, limits)
            #expect(early == .nothing)
            switch timer.reachDeadline(now, limits) {
            case .retransmit: sent.append(now - .zero)
            case .giveUp(let by): return (sent, now - .zero, by)
            case .nothing: return (sent, now - .zero, nil)
            }
        }
    }

    /// 0.2 + 0.4 + ... + 102.4 + 6 * 120 s.
    @Test func linuxGivesUpAfter924Seconds() {
        let life = Self.silence(Retransmission.Limits())
        #expect(life.end == .milliseconds(924_600))
        #expect(life.end == Retransmission.Limits().patience)
        #expect(life.timer == .retransmission)
        #expect(life.sent.count == 15)
        #expect(
            life.sent.prefix(4) == [.milliseconds(200), .milliseconds(600), .milliseconds(1400), .milliseconds(3000)]
        )
    }

    @Test(arguments: [Int64(1), 20, 100, 2000])
    func theUserTimeoutReplacesTheRetries(seconds: Int64) {
        let life = Self.silence(Retransmission.Limits(retries: 3, userTimeout: .seconds(seconds)))
        #expect(life.end == .seconds(seconds))
        #expect(life.timer == .userTimeout)
    }

    @Test func anAcknowledgementEndsIt() {
        var timer = Retransmission()
        let limits = Retransmission.Limits()
        timer.send(.zero, limits)
        timer.send(Self.seconds(0.1), limits)
        #expect(timer.isOutstanding)
        #expect(timer.deadline == Self.seconds(0.2))
        let outcome = timer.reachDeadline(Self.seconds(0.2), limits)
        #expect(outcome == .retransmit)
        timer.acknowledge()
        #expect(!timer.isOutstanding)
        #expect(timer.deadline == .never)
        timer.send(Self.seconds(5), limits)
        #expect(timer.deadline == Self.seconds(5.2))
    }

    // MARK: Keepalive

    /// Established at 0 and silent from then on: when each probe went out, and when it ended.
    static func idle(_ settings: Keepalive.Settings, userTimeout: Span? = nil) -> (probes: [Span], end: Span) {
        var timer = Keepalive(settings, now: .zero)
        var probes: [Span] = []
        while true {
            let now = timer.deadline
            let early = timer.reachDeadline(now - .tick, settings, userTimeout: userTimeout)
            #expect(early == .nothing)
            switch timer.reachDeadline(now, settings, userTimeout: userTimeout) {
            case .probe: probes.append(now - .zero)
            case .giveUp: return (probes, now - .zero)
            case .nothing: return (probes, .zero)
            }
        }
    }

    @Test func theDefaultsTakeTwoHoursElevenMinutesFifteenSeconds() {
        let life = Self.idle(Keepalive.Settings())
        #expect(life.end == .seconds(7875))
        #expect(life.end == Keepalive.Settings().patience)
        #expect(life.probes.count == 9)
        #expect(life.probes.first == .seconds(7200))
    }

    /// The trace of Cloudflare's "When TCP sockets refuse to die": probes at 5, 8 and 11 s, the end at 14 s.
    @Test func fiveThreeThree() {
        let life = Self.idle(Keepalive.Settings(idle: .seconds(5), interval: .seconds(3), probes: 3))
        #expect(life.probes == [.seconds(5), .seconds(8), .seconds(11)])
        #expect(life.end == .seconds(14))
    }

    /// The probes do not count any more: the first timer after the first probe that finds the timeout passed ends it.
    @Test(arguments: [(Int64(1), Int64(8)), (7, 8), (8, 8), (9, 11), (60, 62)])
    func aUserTimeoutMakesTheNumberOfProbesMeaningless(timeout: Int64, end: Int64) {
        let settings = Keepalive.Settings(idle: .seconds(5), interval: .seconds(3), probes: 3)
        #expect(Self.idle(settings, userTimeout: .seconds(timeout)).end == .seconds(end))
    }

    @Test func itWaitsForAnEmptySendBuffer() {
        let settings = Keepalive.Settings(idle: .seconds(5), interval: .seconds(3), probes: 3)
        var timer = Keepalive(settings, now: .zero)
        let busy = timer.reachDeadline(Self.seconds(5), settings, isOutstanding: true)
        #expect(busy == .nothing)
        #expect(timer.deadline == Self.seconds(10))
        let idle = timer.reachDeadline(Self.seconds(10), settings)
        #expect(idle == .probe)
        timer.hear(Self.seconds(10.5), settings)
        #expect(timer.deadline == Self.seconds(15.5))
    }

    // MARK: The first segment

    @Test(arguments: [(SynRetries(), Int64(131), 11), (SynRetries(linear: 0), 127, 7), (SynRetries(retries: 1), 7, 6)])
    func synRetries(retries: SynRetries, patience: Int64, sent: Int) {
        #expect(retries.patience == .seconds(patience))
        #expect((0...).prefix { retries.timeout(after: $0) != nil }.count == sent)
    }

    @Test func theFirstSynsAreASecondApart() {
        let timeouts = (0..<8).compactMap { SynRetries().timeout(after: $0)?.seconds }
        #expect(timeouts == [1, 1, 1, 1, 1, 2, 4, 8])
    }
}
