import Testing

@testable import HoldfastCore

/// What a session does next depends on how its connection ended.
@Suite struct DisconnectClassTests {
    static func world(
        _ delay: ReconnectPolicy.Delay,
        quarantine: Span? = nil,
        onFailure: FailureChoice = .switchGateway,
        gateways: UInt32 = 3
    ) -> VirtualWorld {
        var policy = SessionTests.policy(reconnect: ReconnectPolicy(delay: delay, quarantine: quarantine))
        policy.heartbeat = HeartbeatPolicy(strategy: .none, interval: .zero, detection: .silence(.zero))
        policy.selection = .client(.roundRobin, gateways: gateways, onFailure: onFailure)
        return VirtualWorld(sessions: 1, gateways: Int(gateways), policy: policy)
    }

    static let doubling = ReconnectPolicy.Delay.exponential(base: .seconds(2), cap: .seconds(60), jitter: .none)

    /// One column a second; the end comes at 1 s. `target` is two gateways after the first.
    static let drawings: [(frame: @Sendable (GatewayID) -> Frame, drawing: String)] = [
        ({ _ in .kick(.duplicate) }, "A|xs|.|.|.|.|."),
        ({ .goaway(.move, target: $0, delayMilliseconds: 0) }, "A|xA|.|.|.|.|."),
        ({ .goaway(.move, target: $0, delayMilliseconds: 1500) }, "A|x|A|.|.|.|."),
        ({ _ in .goaway(.move, target: noGateway, delayMilliseconds: 0) }, "A|xA|.|.|.|.|."),
        ({ _ in .goaway(.overload, target: noGateway, delayMilliseconds: 500) }, "A|x|.|A|.|.|."),
        ({ _ in .goaway(.overload, target: noGateway, delayMilliseconds: 4000) }, "A|x|.|.|.|A|."),
        ({ _ in .goaway(.drain, target: noGateway, delayMilliseconds: 4000) }, "A|x|.|.|.|A|."),
        ({ _ in .bye(.protocolViolation) }, "A|x|.|A|.|.|."),
    ]

    @Test(arguments: drawings.indices)
    func eachClassHasItsAction(row: Int) {
        let world = Self.world(Self.doubling)
        world.establish()
        world.at(.seconds(1)) { world in
            let target = (world.sessions[0].gateway + 2) % 3
            world.say(Self.drawings[row].frame(target), to: 0)
        }
        world.run(until: .seconds(7))
        #expect(SessionTests.drawing(world, session: 0, seconds: 7) == Self.drawings[row].drawing)
    }

    /// Round robin would go to the next gateway in order.
    @Test func aMoveGoesToTheGatewayNamedAndBacksOffFromThere() {
        let world = Self.world(Self.doubling)
        world.establish()
        world.at(.seconds(1)) { world in
            let target = (world.sessions[0].gateway + 2) % 3
            world.say(.goaway(.move, target: target, delayMilliseconds: 0), to: 0)
            world.kill(target)
        }
        world.run(until: .seconds(7))
        // The target refuses at once, and attempt 1 comes after 4 s.
        #expect(SessionTests.drawing(world, session: 0, seconds: 7) == "A|xf|.|.|.|A|.")
    }

    @Test func aGatewayThatIsNotOnTheListIsNoTarget() {
        let world = Self.world(Self.doubling)
        world.establish()
        world.at(.seconds(1)) { $0.say(.goaway(.move, target: 3, delayMilliseconds: 0), to: 0) }
        world.run(until: .seconds(2))
        #expect(world.sessions[0].phase == .admitted)
        #expect(world.sessions[0].gateway < 3)
    }

    @Test func aPolicyThatNeverReconnectsIsNotMovedEither() {
        let world = Self.world(.none)
        world.establish()
        world.at(.seconds(1)) { $0.say(.goaway(.move, target: 1, delayMilliseconds: 0), to: 0) }
        world.run(until: .seconds(3))
        #expect(SessionTests.drawing(world, session: 0, seconds: 3) == "A|xs|.")
    }

    /// A drained gateway's sessions are even over U(0, 2 s), although the policy knows no jitter; none goes back first,
    /// not even those that stay where they failed.
    @Test func aDrainSpreadsAndExcludesTheGateway() {
        var policy = SessionTests.policy(reconnect: ReconnectPolicy(delay: .fixed(.seconds(2))))
        policy.selection = .client(.random, gateways: 3, onFailure: .stay)
        let world = VirtualWorld(sessions: 6000, gateways: 3, policy: policy)
        world.establish(gap: .zero)
        world.at(.seconds(1)) { world in
            for id in UInt32(0)..<6000 where world.sessions[Int(id)].gateway == 0 {
                world.say(.goaway(.drain, target: noGateway, delayMilliseconds: 0), to: id)
            }
        }
        world.run(until: .seconds(4))
        let begin = Instant.zero + .seconds(1)
        let ended = Set(world.disconnects(.goaway).map(\.session))
        var waits: [Double] = []
        for entry in world.log where ended.contains(entry.session) && entry.at > begin {
            guard case .notedAdmission(let gateway) = entry.action else { continue }
            #expect(gateway != 0)
            // GOAWAY takes 1 ms, connect and login 4 ms.
            waits.append((entry.at - begin).seconds - 0.005)
        }
        let count = Double(ended.count)
        #expect(waits.count == ended.count)
        #expect(abs(count - 2000) < 5 * (6000.0 * 2 / 9).squareRoot())
        let mean = waits.reduce(0, +) / count
        #expect(abs(mean - 1) < 5 * (4.0 / 12 / count).squareRoot())
        #expect((waits.min() ?? -1) >= -1e-9)
        #expect((waits.max() ?? 3) < 2 + 1e-9)
    }

    // MARK: Quarantine

    /// Attempt at the first instant after the quarantine, or one tick before it.
    @Test(arguments: [(Span.tick, true), (.zero, false)])
    func quarantineEndsExactly(early: Span, isKeptOff: Bool) {
        var policy = SessionTests.policy(
            reconnect: ReconnectPolicy(delay: .fixed(.seconds(5) - early), quarantine: .seconds(5))
        )
        // Sticky goes back to where it was, unless it must not.
        policy.selection = .client(.sticky, gateways: 3, onFailure: .stay)
        var session = Session(id: 0)
        Self.admit(&session, .zero, policy)
        let first = session.gateway
        session.handle(.closedByPeer(.reset), now: .zero, policy: policy)
        while session.nextAction() != nil {}
        #expect(session.deadline == Instant.zero + (.seconds(5) - early))
        session.handle(.deadlineReached, now: session.deadline, policy: policy)
        #expect((session.gateway != first) == isKeptOff)
    }

    static func admit(_ session: inout Session, _ now: Instant, _ policy: SessionPolicy) {
        session.handle(.started, now: now, policy: policy)
        session.handle(.connected, now: now, policy: policy)
        session.handle(.admitted(by: session.gateway, intervalMilliseconds: 0), now: now, policy: policy)
        while session.nextAction() != nil {}
    }

    /// The gateway freezes once and stays up; dropped every second, the session is back on it only after 60 s.
    @Test(arguments: [UInt32(2), 3])
    func nobodyIsSentIntoQuarantine(gateways: UInt32) {
        let world = Self.world(.immediate, quarantine: .seconds(60), gateways: gateways)
        world.establish()
        var quarantined = noGateway
        world.at(.milliseconds(500)) { world in
            quarantined = world.sessions[0].gateway
            world.kill(quarantined)
            world.listen(quarantined)
        }
        for second in Int64(1)..<70 { world.at(.seconds(second)) { $0.command(0, .drop(.policy, by: .fin)) } }
        world.run(until: .seconds(70))
        let visits = world.log.filter { $0.action == .notedAdmission(quarantined) }.map(\.at)
        #expect(visits.count >= 2)
        #expect(visits.dropFirst().allSatisfy { $0 > .zero + .milliseconds(60_500) })
    }

    @Test(arguments: [DisconnectClass.drain, .overload, .moved])
    func onlyAnAbnormalEndIsFollowedByQuarantine(end: DisconnectClass) {
        let reason: GoawayReason = end == .drain ? .drain : end == .moved ? .move : .overload
        let policy = SessionTests.policy(reconnect: ReconnectPolicy(delay: .immediate, quarantine: .seconds(60)))
        var session = Session(id: 0)
        Self.admit(&session, .zero, policy)
        session.handle(.received(.goaway(reason, target: noGateway, delayMilliseconds: 0)), now: .zero, policy: policy)
        #expect(session.quarantined == noGateway)
        #expect(DisconnectClass(reason) == end)
    }
}
