import Testing

@testable import HoldfastCore

/// What a session does when its user opens the app.
@Suite struct ForegroundTests {
    static func world(_ reconnect: ReconnectPolicy = ReconnectPolicy(delay: .fixed(.seconds(60)))) -> VirtualWorld {
        let world = VirtualWorld(
            sessions: 1,
            gateways: 1,
            policy: SessionTests.policy(reconnect: reconnect, gateways: 1)
        )
        world.establish()
        return world
    }

    /// A beat at once, and the next ones an interval apart from there.
    @Test func anEstablishedSessionBeatsAtOnce() {
        let world = Self.world()
        world.at(.seconds(1)) { $0.command(0, .foreground) }
        world.run(until: .seconds(8))
        #expect(SessionTests.drawing(world, session: 0, seconds: 8) == "A|b|.|.|b|.|.|b")
    }

    /// The beat of 3 s has no answer yet at 4 s: that one will tell.
    @Test func aBeatUnderWayIsEnough() {
        let world = Self.world()
        world.at(.seconds(2)) { $0.freeze(0) }
        world.at(.seconds(4)) { $0.command(0, .foreground) }
        world.run(until: .seconds(7))
        // That of 6 s is the second.
        #expect(world.sessions[0].sequence == 2)
    }

    @Test func whoWaitsTriesAtOnce() {
        let world = Self.world()
        world.at(.seconds(1)) { $0.kill(0) }
        world.at(.seconds(2)) { $0.listen(0) }
        world.at(.seconds(4)) { $0.command(0, .foreground) }
        world.run(until: .seconds(6))
        #expect(SessionTests.drawing(world, session: 0, seconds: 6) == "A|x|.|.|A|.")
    }

    /// The count of attempts begins anew, as after `resume`.
    @Test func whoGaveUpTriesAtOnce() {
        let world = Self.world(ReconnectPolicy(delay: .fixed(.seconds(1)), maxAttempts: 1))
        world.at(.milliseconds(500)) { $0.kill(0) }
        world.at(.seconds(3)) { $0.command(0, .foreground) }
        world.at(.milliseconds(3500)) { $0.listen(0) }
        world.at(.seconds(5)) { $0.command(0, .foreground) }
        world.run(until: .seconds(7))
        #expect(SessionTests.drawing(world, session: 0, seconds: 7) == "Ax|fs|.|fs|.|A|.")
    }

    @Test func whoWasSentAwayStaysAway() {
        let world = Self.world()
        world.at(.seconds(1)) { $0.command(0, .drop(.never, by: .fin)) }
        world.at(.seconds(2)) { $0.command(0, .foreground) }
        world.run(until: .seconds(4))
        #expect(!world.sessions[0].canBeOpened)
        #expect(SessionTests.drawing(world, session: 0, seconds: 4) == "A|xs|.|.")
    }

    // MARK: Adaptive heartbeats

    /// At the minimum while the app is open, to the tick, and nothing is learnt meanwhile.
    @Test func anAdaptiveHeartbeatStaysAtItsMinimum() {
        var heartbeat = AdaptiveHeartbeat(.mars)
        var now = AdaptiveHeartbeatTests.learn(&heartbeat, from: .zero)
        heartbeat.connect()
        for _ in 0..<4 { _ = heartbeat.noteAnswer(at: now) }
        let known = heartbeat.present
        let end = now + .seconds(10_000)
        heartbeat.open(until: end, sendsAhead: true)
        var waits: Set<Span> = []
        while now < end {
            waits.insert(heartbeat.noteAnswer(at: now))
            now = now + .seconds(200)
        }
        #expect(waits == [.seconds(210)])
        #expect(heartbeat.noteAnswer(at: end - .tick) == .seconds(210))
        #expect(heartbeat.present == known)
        #expect(heartbeat.noteAnswer(at: end) == .seconds(270))
    }

    /// Nobody waited for a beat that was sent ahead: neither its answer nor its miss says anything of the interval.
    @Test(arguments: [true, false])
    func aBeatSentAheadTeachesNothing(isAhead: Bool) {
        var heartbeat = AdaptiveHeartbeat(.mars)
        let now = AdaptiveHeartbeatTests.learn(&heartbeat, from: .zero)
        heartbeat.connect()
        for _ in 0..<4 { _ = heartbeat.noteAnswer(at: now) }
        let known = heartbeat.present
        heartbeat.open(until: now + .seconds(1), sendsAhead: isAhead)
        heartbeat.noteMiss()
        heartbeat.disconnect(.heartbeat, at: now + .seconds(8))
        #expect((heartbeat.present == known) == isAhead)
    }
}
