import HoldfastCore
import Testing

/// Mars' smart heartbeat against networks that forget a connection after some silence.
@Suite struct AdaptiveIntervalTests {
    /// What a client lived through on one network.
    struct Life {
        var state: AdaptiveInterval
        /// Beats sent by the interval before them, in the order of first use.
        var ladder: [(seconds: Int, beats: Int)] = []
        var settledAt: Span?
        var reconnects = 0
    }

    /// Beats until the search is over, or for `limit` beats; a beat is lost when the silence before it was `aging` or
    /// longer, and then the client connects again. The first beat goes out at once.
    static func live(_ constants: AdaptiveInterval.Constants, aging: Span, limit: Int = 2_000) -> Life {
        var life = Life(state: AdaptiveInterval(constants))
        var connection = AdaptiveInterval.Connection()
        var now = Instant.zero
        var wait = Span.zero
        for _ in 0..<limit where !life.state.isSettled {
            let waited = wait == .zero ? constants.minimum : wait
            now = now + wait
            let seconds = Int(waited.seconds)
            if let rung = life.ladder.firstIndex(where: { $0.seconds == seconds }) {
                life.ladder[rung].beats += 1
            } else {
                life.ladder.append((seconds, 1))
            }
            if wait < aging {
                life.state.note(.answered, waited: waited, on: &connection, at: now)
                wait = life.state.next(on: connection)
            } else {
                life.state.note(.timedOut, waited: waited, on: &connection, at: now)
                connection = AdaptiveInterval.Connection()
                life.reconnects += 1
                wait = .zero
            }
            if life.state.isSettled { life.settledAt = now - .zero }
        }
        return life
    }

    /// 7 * 210 + 6 * (270 + 330 + 390 + 450 + 510 + 570 + 580) seconds.
    @Test func theLadderWithoutFailures() {
        let life = Self.live(.mars, aging: .seconds(1680))
        #expect(life.ladder.map(\.seconds) == [210, 270, 330, 390, 450, 510, 570, 580])
        #expect(life.ladder.map(\.beats) == [8, 6, 6, 6, 6, 6, 6, 6])
        #expect(life.settledAt == .seconds(20_070))
        #expect(life.state.current == .seconds(580))
        #expect(life.reconnects == 0)
    }

    /// 210 and 270 pass, 330 fails twice, and 330 - 60 - 20 is kept.
    @Test func aNetworkThatForgetsAfter300Seconds() {
        let life = Self.live(.mars, aging: .seconds(300))
        #expect(life.state.current == .seconds(250))
        #expect(life.state.isSettled)
        #expect(life.reconnects == 2)
        #expect(life.ladder.map(\.seconds) == [210, 270, 330])
        #expect(life.ladder[2].beats == 2)
    }

    /// The interval found is the first that failed twice less 80 s, never below the minimum.
    @Test(arguments: [(240, 210), (271, 250), (330, 250), (331, 310), (400, 370), (570, 490), (575, 500), (580, 500)])
    func whereItSettles(agingSeconds: Int64, expected: Int64) {
        let life = Self.live(.mars, aging: .seconds(agingSeconds))
        #expect(life.state.isSettled)
        #expect(life.state.current == .seconds(expected))
    }

    /// Below its minimum it cannot hold any connection: it learns nothing and never settles.
    @Test func belowTheMinimumItNeverSettles() {
        let life = Self.live(.mars, aging: .seconds(60))
        #expect(!life.state.isSettled)
        #expect(life.state.current == .seconds(210))
        #expect(life.reconnects == 1_000)
    }

    @Test func theOldConstants() {
        let life = Self.live(.marsOld, aging: .seconds(1680))
        #expect(life.ladder.map(\.seconds) == [270, 330, 390, 450, 510, 570])
        #expect(life.ladder.map(\.beats) == [6, 4, 4, 4, 4, 4])
        #expect(life.state.current == .seconds(570))
        #expect(Self.live(.marsOld, aging: .seconds(300)).state.current == .seconds(270))
    }

    @Test func aForegroundClientBeatsAtTheMinimum() {
        let life = Self.live(.mars, aging: .seconds(1680))
        var connection = AdaptiveInterval.Connection()
        var state = life.state
        for beat in 0..<3 {
            #expect(state.next(on: connection) == .seconds(210), "beat \(beat)")
            state.note(.answered, waited: .seconds(210), on: &connection, at: .zero)
        }
        #expect(state.next(on: connection) == .seconds(580))
        #expect(state.next(on: connection, isForeground: true) == .seconds(210))
    }

    /// After a week a settled interval is probed 20 s upwards, not a tick earlier.
    @Test func aSettledIntervalIsProbedAfterAWeek() {
        var state = Self.live(.mars, aging: .seconds(300)).state
        var connection = AdaptiveInterval.Connection()
        for _ in 0..<3 { state.note(.answered, waited: .seconds(210), on: &connection, at: .zero) }
        let week = Instant.zero + .seconds(7 * 86_400)
        let settled = week + .seconds(2 * 86_400)
        state.note(.answered, waited: .seconds(250), on: &connection, at: .zero + .seconds(86_400))
        #expect(state.isSettled)
        state.note(.answered, waited: .seconds(250), on: &connection, at: settled)
        #expect(!state.isSettled)
        #expect(state.current == .seconds(270))
    }

    /// Two failures of a settled interval begin the search anew.
    @Test func aSettledIntervalThatFailsIsGivenUp() {
        var state = Self.live(.mars, aging: .seconds(300)).state
        var connection = AdaptiveInterval.Connection()
        for _ in 0..<4 { state.note(.answered, waited: .seconds(210), on: &connection, at: .zero) }
        state.note(.timedOut, waited: .seconds(250), on: &connection, at: .zero)
        #expect(state.isSettled)
        state.note(.timedOut, waited: .seconds(250), on: &connection, at: .zero)
        #expect(!state.isSettled)
        #expect(state.current == .seconds(210))
    }
}
