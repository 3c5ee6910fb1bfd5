/// When one side of a TCP connection sends unacknowledged data again, and when its kernel gives the connection up.
///
/// Linux doubles the timeout from 200 ms to at most 120 s and gives up after `tcp_retries2` retransmissions: 924.6 s
/// for the default of 15 (Documentation/networking/ip-sysctl.rst), or once TCP_USER_TIMEOUT has passed where it is set.
public struct Retransmission: Equatable, Sendable {
    /// What a kernel is set to.
    public struct Limits: Equatable, Sendable {
        /// Before the first retransmission; the least that Linux uses (`TCP_RTO_MIN`).
        public var first: Span
        /// The longest that a timeout grows to (`TCP_RTO_MAX`).
        public var longest: Span
        /// Retransmissions before the last timeout (`tcp_retries2`).
        public var retries: Int
        /// TCP_USER_TIMEOUT, which replaces `retries`; nil where it is not set.
        public var userTimeout: Span?

        /// Linux as it comes, with a user timeout if one is given.
        public init(
            first: Span = .milliseconds(200),
            longest: Span = .seconds(120),
            retries: Int = 15,
            userTimeout: Span? = nil
        ) {
            self.first = first
            self.longest = longest
            self.retries = retries
            self.userTimeout = userTimeout
        }

        /// From the first transmission to the end of the connection, when nothing is ever acknowledged.
        public var patience: Span {
            userTimeout ?? (0...retries).reduce(.zero) { $0 + timeout(afterRetries: $1) }
        }

        /// From one transmission to the next.
        public func timeout(afterRetries count: Int) -> Span {
            // Past 30 doublings every timeout is at its limit.
            min(first * Int64(1 << min(count, 30)), longest)
        }
    }

    /// What a reached deadline means.
    public enum Outcome: Equatable, Sendable {
        /// The deadline has not come.
        case nothing
        /// Send what is unacknowledged again.
        case retransmit
        /// The connection is over, by this timer.
        case giveUp(KernelTimer)
    }

    /// When the timer wants `reachDeadline`; `never` while nothing is unacknowledged.
    public private(set) var deadline = Instant.never
    private var since = Instant.never
    private var retries = 0

    /// Nothing unacknowledged.
    public init() {}

    /// Whether something that was sent is not acknowledged yet.
    public var isOutstanding: Bool { since != .never }

    /// Something was sent at `now`; only the oldest unacknowledged byte counts.
    public mutating func send(_ now: Instant, _ limits: Limits) {
        guard since == .never else { return }
        since = now
        retries = 0
        arm(now, limits)
    }

    /// Everything that was sent is acknowledged.
    public mutating func acknowledge() { self = Retransmission() }

    /// Takes in that it is `now`.
    public mutating func reachDeadline(_ now: Instant, _ limits: Limits) -> Outcome {
        guard now >= deadline else { return .nothing }
        if let userTimeout = limits.userTimeout {
            if now >= since + userTimeout { return giveUp(.userTimeout) }
        } else if retries >= limits.retries {
            return giveUp(.retransmission)
        }
        retries += 1
        arm(now, limits)
        return .retransmit
    }

    private mutating func arm(_ now: Instant, _ limits: Limits) {
        deadline = now + limits.timeout(afterRetries: retries)
        // The kernel shortens the last timeout so that the user's is kept to (tcp_clamp_rto_to_user_timeout).
        if let userTimeout = limits.userTimeout { deadline = min(deadline, since + userTimeout) }
    }

    private mutating func giveUp(_ timer: KernelTimer) -> Outcome {
        acknowledge()
        return .giveUp(timer)
    }
}

/// The timer by which a kernel gave a connection up; the program sees ETIMEDOUT for each of them.
public enum KernelTimer: UInt8, Sendable {
    /// Keepalive probes went unanswered.
    case keepalive
    /// Data stayed unacknowledged through every retransmission.
    case retransmission
    /// Data stayed unacknowledged for TCP_USER_TIMEOUT.
    case userTimeout

    /// How a session that is told of it came to know.
    public var mechanism: Mechanism {
        switch self {
        case .keepalive: .keepalive
        case .retransmission: .retransmission
        case .userTimeout: .userTimeout
        }
    }
}
