/// TCP keepalive of one side of a connection: probes after a silence, and the end when none is answered.
///
/// Linux counts from the last segment received and probes only while nothing that was sent is unacknowledged; the
/// defaults make 7200 + 9 * 75 = 7,875 s (`tcp_keepalive_time`, `_probes`, `_intvl`). It is off unless a program
/// enables it, and all three can be set for each socket.
public struct Keepalive: Equatable, Sendable {
    /// What a socket is set to.
    public struct Settings: Hashable, Sendable {
        /// Silence before the first probe (TCP_KEEPIDLE).
        public var idle: Span
        /// From one unanswered probe to the next (TCP_KEEPINTVL).
        public var interval: Span
        /// Unanswered probes after which the connection is over (TCP_KEEPCNT), 1 ... 127.
        public var probes: Int

        /// Settings from their parts; Linux' own by default.
        public init(idle: Span = .seconds(7200), interval: Span = .seconds(75), probes: Int = 9) {
            self.idle = idle
            self.interval = interval
            self.probes = probes
        }

        /// From the last segment received to the end of the connection, without a user timeout.
        public var patience: Span { idle + interval * Int64(probes) }
    }

    /// What a reached deadline means.
    public enum Outcome: Equatable, Sendable {
        /// The deadline has not come.
        case nothing
        /// Send a probe.
        case probe
        /// The connection is over.
        case giveUp
    }

    /// When the timer wants `reachDeadline`.
    public private(set) var deadline: Instant
    private var lastHeard: Instant
    private var unanswered = 0

    /// A connection established at `now`.
    public init(_ settings: Settings, now: Instant) {
        lastHeard = now
        deadline = now + settings.idle
    }

    /// A segment arrived, be it data, an acknowledgement or the answer to a probe.
    public mutating func hear(_ now: Instant, _ settings: Settings) { self = Keepalive(settings, now: now) }

    /// Takes in that it is `now`; `isOutstanding` while something that was sent is unacknowledged.
    ///
    /// With TCP_USER_TIMEOUT the number of probes means nothing: the first timer that finds a probe unanswered and that
    /// much silence ends the connection.
    public mutating func reachDeadline(
        _ now: Instant,
        _ settings: Settings,
        userTimeout: Span? = nil,
        isOutstanding: Bool = false
    ) -> Outcome {
        guard now >= deadline else { return .nothing }
        if isOutstanding {
            deadline = now + settings.idle
            return .nothing
        }
        let isOver =
            if let userTimeout {
                unanswered > 0 && now - lastHeard >= userTimeout
            } else {
                unanswered >= settings.probes
            }
        guard !isOver else {
            deadline = .never
            return .giveUp
        }
        unanswered += 1
        deadline = now + settings.interval
        return .probe
    }
}
