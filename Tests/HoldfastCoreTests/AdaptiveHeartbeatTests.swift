import HoldfastCore
import Testing

/// What a client remembers of networks between connections.
@Suite struct AdaptiveHeartbeatTests {
    /// Beats that are answered until the interval of the present network has changed once.
    static func learn(_ heartbeat: inout AdaptiveHeartbeat, from start: Instant) -> Instant {
        heartbeat.connect()
        var now = start
        let before = heartbeat.present.current
        for _ in 0..<100 where heartbeat.present.current == before {
            now = now + heartbeat.noteAnswer(at: now)
        }
        return now
    }

    @Test func whatIsLearntOutlivesTheConnection() {
        var heartbeat = AdaptiveHeartbeat(.mars)
        let now = Self.learn(&heartbeat, from: .zero)
        #expect(heartbeat.present.current == .seconds(270))
        heartbeat.disconnect(.reset, at: now)
        heartbeat.connect()
        // Three beats at the minimum, and then what is known.
        var waits: [Span] = []
        for _ in 0..<4 { waits.append(heartbeat.noteAnswer(at: now)) }
        #expect(waits == [.seconds(210), .seconds(210), .seconds(270), .seconds(270)])
    }

    @Test func networksAreLearntApart() {
        var heartbeat = AdaptiveHeartbeat(.mars, network: 1)
        let now = Self.learn(&heartbeat, from: .zero)
        heartbeat.move(to: 2, at: now)
        #expect(heartbeat.present.current == .seconds(210))
        heartbeat.move(to: 1, at: now)
        #expect(heartbeat.present.current == .seconds(270))
        #expect(heartbeat.labels == [2, 1])
    }

    /// Of 21 networks the one is forgotten whose interval has not changed for longest.
    @Test func twentyNetworksAreRemembered() {
        var heartbeat = AdaptiveHeartbeat(.mars, network: 0)
        var now = Instant.zero
        for label in 1..<UInt32(AdaptiveHeartbeat.memory) {
            heartbeat.move(to: label, at: now + .seconds(Int64(label)))
        }
        heartbeat.move(to: 0, at: now)
        now = Self.learn(&heartbeat, from: now + .seconds(100))
        heartbeat.move(to: 99, at: now)
        #expect(heartbeat.labels.count == AdaptiveHeartbeat.memory)
        #expect(!heartbeat.labels.contains(1))
        #expect(heartbeat.labels.contains(0))
    }

    /// Only a beat that was out counts, and only silence counts as a timeout.
    @Test func anEndWithoutABeatTeachesNothing() {
        var heartbeat = AdaptiveHeartbeat(.mars)
        let now = Self.learn(&heartbeat, from: .zero)
        for _ in 0..<8 { _ = heartbeat.noteAnswer(at: now) }
        let known = heartbeat.present
        heartbeat.disconnect(.reset, at: now)
        #expect(heartbeat.present == known)
        heartbeat.noteMiss()
        heartbeat.disconnect(.heartbeat, at: now)
        #expect(heartbeat.present != known)
    }
}
