/// What a client with an adaptive heartbeat has learnt of each network that it was on, and where it stands.
///
/// A session is told the next interval (`SessionCommand.beat`) and says what became of its beats; what lies between is
/// here, because a session at rest has no room for it. As Mars does, it remembers twenty networks and forgets the one
/// whose interval has not changed for longest.
public struct AdaptiveHeartbeat: Sendable {
    /// Networks that are remembered.
    public static let memory = 20

    private struct Network: Sendable {
        var label: UInt32
        var interval: AdaptiveInterval
        var changedAt: Instant
    }

    private let constants: AdaptiveInterval.Constants
    /// The present one is the last.
    private var networks: [Network]
    private var connection = AdaptiveInterval.Connection()
    private var waited: Span
    private var isMissing = false
    private var foregroundUntil = Instant(nanoseconds: .min)

    /// A client on network `label` that knows nothing yet.
    public init(_ constants: AdaptiveInterval.Constants, network label: UInt32 = 0) {
        self.constants = constants
        networks = [Network(label: label, interval: AdaptiveInterval(constants), changedAt: .zero)]
        waited = constants.minimum
    }

    /// What it knows of the present network.
    public var present: AdaptiveInterval { networks[networks.count - 1].interval }

    /// Labels of the networks that it remembers, the present one last.
    public var labels: [UInt32] { networks.map(\.label) }

    /// From now on it is on network `label`.
    public mutating func move(to label: UInt32, at now: Instant) {
        guard networks[networks.count - 1].label != label else { return }
        if let index = networks.firstIndex(where: { $0.label == label }) {
            networks.append(networks.remove(at: index))
            return
        }
        if networks.count == AdaptiveHeartbeat.memory {
            let oldest = networks.indices.min { networks[$0].changedAt < networks[$1].changedAt }
            if let oldest { networks.remove(at: oldest) }
        }
        networks.append(Network(label: label, interval: AdaptiveInterval(constants), changedAt: now))
    }

    /// A new connection: its first beats are at the minimum.
    public mutating func connect() {
        connection = AdaptiveInterval.Connection()
        waited = constants.minimum
        isMissing = false
    }

    /// The app is open until `end`, and beats at the minimum meanwhile; the beat that is sent ahead for it teaches
    /// nothing, since nobody waited for it.
    public mutating func open(until end: Instant, sendsAhead: Bool) {
        foregroundUntil = max(foregroundUntil, end)
        if sendsAhead { waited = .zero }
    }

    /// A beat was answered; the interval from that beat to the next.
    public mutating func noteAnswer(at now: Instant) -> Span {
        isMissing = false
        note(.answered, now)
        waited = present.next(on: connection, isForeground: now < foregroundUntil)
        return waited
    }

    /// A beat will not be answered.
    public mutating func noteMiss() { isMissing = true }

    /// The connection is over, and this is how the client knew.
    public mutating func disconnect(_ mechanism: Mechanism, at now: Instant) {
        guard isMissing else { return }
        isMissing = false
        note(mechanism == .heartbeat ? .timedOut : .disconnected, now)
    }

    private mutating func note(_ outcome: AdaptiveInterval.Outcome, _ now: Instant) {
        let last = networks.count - 1
        let before = networks[last].interval.current
        networks[last].interval.note(outcome, waited: waited, on: &connection, at: now)
        if networks[last].interval.current != before { networks[last].changedAt = now }
    }
}
