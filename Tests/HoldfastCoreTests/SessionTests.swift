import HoldfastCore
import Testing

/// The session's life as drawings: one column a second, `c` connect, `A` admitted, `b` beat, `x` disconnect, `s` stop,
/// `f` failed connect, `.` nothing.
@Suite struct SessionTests {
    static func drawing(_ world: VirtualWorld, session: SessionID, seconds: Int) -> String {
        var columns = [String](repeating: ".", count: seconds)
        for entry in world.log where entry.session == session {
            let glyph: String
            switch entry.action {
            case .notedAdmission: glyph = "A"
            case .notedAnswer: glyph = "b"
            case .notedDisconnect: glyph = "x"
            case .notedConnectFailure: glyph = "f"
            case .stop: glyph = "s"
            default: continue
            }
            let column = Int(entry.at.nanoseconds / 1_000_000_000)
            columns[column] = columns[column] == "." ? glyph : columns[column] + glyph
        }
        return columns.joined(separator: "|")
    }

    static func policy(
        heartbeat: HeartbeatPolicy = HeartbeatPolicy(
            strategy: .fixed,
            interval: .seconds(3),
            first: .after,
            detection: .silence(.seconds(15))
        ),
        reconnect: ReconnectPolicy = ReconnectPolicy(delay: .fixed(.seconds(1))),
        gateways: UInt32 = 2
    ) -> SessionPolicy {
        SessionPolicy(
            seed: Seed(42),
            heartbeat: heartbeat,
            reconnect: reconnect,
            selection: .client(.roundRobin, gateways: gateways, onFailure: .switchGateway)
        )
    }

    @Test func valuesStaySmall() {
        #expect(MemoryLayout<Session>.size <= 128)
        #expect(MemoryLayout<SessionEvent>.size <= 16)
        #expect(MemoryLayout<SessionAction>.size <= 16)
        #expect(MemoryLayout<GatewayEvent>.size <= 16)
        #expect(MemoryLayout<GatewayAction>.size <= 16)
        #expect(MemoryLayout<GatewayConnection>.size <= 64)
    }

    @Test func beatsComeEveryInterval() {
        let world = VirtualWorld(sessions: 1, gateways: 1, policy: Self.policy(gateways: 1))
        world.establish()
        world.run(until: .seconds(10))
        #expect(Self.drawing(world, session: 0, seconds: 10) == "A|.|.|b|.|.|b|.|.|b")
    }

    @Test func aFrozenGatewayIsNoticedBySilenceAndLeft() {
        let world = VirtualWorld(sessions: 1, gateways: 2, policy: Self.policy())
        world.establish()
        world.at(.seconds(4)) { $0.freeze($0.sessions[0].gateway) }
        world.run(until: .seconds(23))
        // The last answer came at 3 s, so the silence ends at 18 s; the new gateway answers at 19 s.
        #expect(
            Self.drawing(world, session: 0, seconds: 23)
                == "A|.|.|b|.|.|.|.|.|.|.|.|.|.|.|.|.|.|x|A|.|.|b"
        )
    }

    @Test func aKilledGatewayIsNoticedAtOnce() {
        let world = VirtualWorld(sessions: 1, gateways: 1, policy: Self.policy(gateways: 1))
        world.establish()
        world.at(.seconds(1)) { $0.kill(0) }
        world.at(.milliseconds(3500)) { $0.listen(0) }
        world.run(until: .seconds(6))
        #expect(Self.drawing(world, session: 0, seconds: 6) == "A|x|f|f|A|.")
    }

    @Test func attemptsAreLimited() {
        let reconnect = ReconnectPolicy(delay: .fixed(.seconds(1)), maxAttempts: 3)
        let world = VirtualWorld(sessions: 1, gateways: 1, policy: Self.policy(reconnect: reconnect, gateways: 1))
        world.establish()
        world.at(.milliseconds(500)) { $0.kill(0) }
        world.run(until: .seconds(6))
        #expect(Self.drawing(world, session: 0, seconds: 6) == "Ax|f|f|fs|.|.")
        #expect(world.log.last?.action == .stop(.gaveUp))
    }

    @Test func timeToReconnectIsLimited() {
        let reconnect = ReconnectPolicy(delay: .fixed(.seconds(1)), maxElapsed: .milliseconds(2500))
        let world = VirtualWorld(sessions: 1, gateways: 1, policy: Self.policy(reconnect: reconnect, gateways: 1))
        world.establish()
        world.at(.milliseconds(500)) { $0.kill(0) }
        world.run(until: .seconds(6))
        #expect(Self.drawing(world, session: 0, seconds: 6) == "Ax|f|fs|.|.|.")
    }

    @Test func neverReconnectingStopsAtTheFirstDisconnect() {
        let world = VirtualWorld(
            sessions: 1,
            gateways: 1,
            policy: Self.policy(reconnect: ReconnectPolicy(delay: .none), gateways: 1)
        )
        world.establish()
        world.at(.milliseconds(1500)) { $0.kill(0) }
        world.run(until: .seconds(4))
        #expect(Self.drawing(world, session: 0, seconds: 4) == "A|xs|.|.")
    }

    /// Back within the wait of one second, which a drain spreads.
    @Test func aDrainedGatewayIsLeftAtOnce() {
        let world = VirtualWorld(sessions: 1, gateways: 2, policy: Self.policy())
        world.establish()
        world.at(.seconds(1)) { $0.drain($0.sessions[0].gateway) }
        world.run(until: .seconds(4))
        #expect(Self.drawing(world, session: 0, seconds: 4) == "A|xA|.|.")
        #expect(world.disconnects(.goaway).count == 1)
    }

    @Test(arguments: [
        (Comeback.policy, "A|x|A|.|.|b"), (.never, "A|xs|.|.|.|."), (.after(.seconds(3)), "A|x|.|.|A|."),
    ])
    func aDroppedSessionComesBackAsTold(comeback: Comeback, expected: String) {
        let world = VirtualWorld(sessions: 1, gateways: 1, policy: Self.policy(gateways: 1))
        world.establish()
        world.at(.seconds(1)) { $0.command(0, .drop(comeback, by: .fin)) }
        world.run(until: .seconds(6))
        #expect(Self.drawing(world, session: 0, seconds: 6) == expected)
        #expect(world.disconnects(.local).count == 1)
    }

    @Test func theEndStopsEverySession() {
        let world = VirtualWorld(sessions: 5, gateways: 2, policy: Self.policy())
        world.establish()
        world.at(.seconds(2)) { world in (0..<5).forEach { world.command($0, .end) } }
        world.run(until: .seconds(3))
        #expect(world.sessions.allSatisfy { $0.phase == .stopped })
        #expect(world.log.filter { $0.action == .stop(.ended) }.count == 5)
        #expect(world.gateways.allSatisfy { $0.connections.isEmpty && $0.digest == Digest() })
    }

    @Test func immediateReconnectSeesTheOldConnectionFirst() {
        let world = VirtualWorld(
            sessions: 1,
            gateways: 2,
            policy: Self.policy(reconnect: ReconnectPolicy(delay: .immediate))
        )
        world.establish()
        world.at(.seconds(1)) { $0.kill($0.sessions[0].gateway) }
        world.run(until: .seconds(2))
        let kinds = world.log.map(\.action)
        #expect(kinds.count == 3)
        #expect(kinds[1] == .notedDisconnect(.reset))
        #expect(world.sessions[0].attempts == 2)
    }
}
