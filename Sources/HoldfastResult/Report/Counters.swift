import HoldfastCore

/// What the sessions of one worker went through; counted from t0 unless said otherwise, cumulative.
public struct SessionCounters: Equatable, Sendable {
    /// Sessions this worker holds.
    public var sessions: UInt64 = 0
    /// Sessions admitted at least once, since establishing began.
    public var admittedOnce: UInt64 = 0
    /// Sessions admitted now.
    public var admitted: UInt64 = 0
    /// Stopped sessions by reason, in the order of `StopReason.allCases`.
    public var stopped = [UInt64](repeating: 0, count: StopReason.allCases.count)
    /// `connect()` calls.
    public var connectsAttempted: UInt64 = 0
    /// Connects that ended in admission.
    public var connectsSucceeded: UInt64 = 0
    /// Failed connects by reason, in the order of `ConnectFailure.allCases`.
    public var connectsFailed = [UInt64](repeating: 0, count: ConnectFailure.allCases.count)
    /// The most `connect()` calls in one real second.
    public var connectsPeakPerSecond: UInt64 = 0
    /// Failed connects by reason while establishing, in the order of `ConnectFailure.allCases`.
    public var establishFailed = [UInt64](repeating: 0, count: ConnectFailure.allCases.count)
    /// Pings sent.
    public var heartbeatsSent: UInt64 = 0
    /// Pongs received.
    public var heartbeatsAnswered: UInt64 = 0
    /// Pings whose connection ended, or whose rule ran out, before a pong.
    public var heartbeatsMissed: UInt64 = 0
    /// Bytes of pings and pongs.
    public var heartbeatBytes: UInt64 = 0
    /// From the intended time of a ping to its pong; real seconds.
    public var heartbeatRTT = Histogram()
    /// Disconnects noticed, by mechanism in the order of `Mechanism.allCases`: from the onset of the fault, plan
    /// seconds.
    public var detectionByMechanism = [Histogram](repeating: Histogram(), count: Mechanism.allCases.count)
    /// From the onset of the fault (else the disconnect) to the next admission, plan seconds.
    public var outage = Histogram()
    /// Lifetimes that ended while their session was not admitted.
    public var lifetimesSkipped: UInt64 = 0
    /// The longest interval that every session which has ended its search found to be safe, real time; nil while none
    /// has.
    public var longestSafeInterval: Span?
    /// User memory grown from before the first session to t0, divided by sessions; nil until it was measured.
    public var bytesPerSession: Double?
    /// The same at the end cut.
    public var bytesPerSessionAtEnd: Double?
    /// From `connect()` to the connection; real seconds.
    public var handshake = Histogram()
    /// From `connect()` to the answered login; real seconds.
    public var connect = Histogram()
    /// By group, in the order of the plan; empty in a plan without groups.
    public var groups: [GroupCounters] = []

    /// What of the pushed messages their receivers know; nil in a plan without any.
    public var messages: MessageTally?
    /// What became of requests; nil in a plan without any.
    public var requests: RequestTally?

    /// Silence of the connections that something finished which is no fault of the timeline.
    public var silenceBeforeFin = SilenceTally()
    /// Silence of those that something reset.
    public var silenceBeforeReset = SilenceTally()

    /// All zero.
    public init() {}

    /// The counters of t0: what was before belongs to establishing. Attempts under way, `pending`, are carried over, so
    /// that attempted stays succeeded + failed + pending.
    public func startingAnew(pending: UInt64) -> SessionCounters {
        var counters = SessionCounters()
        counters.sessions = sessions
        counters.admittedOnce = admittedOnce
        counters.admitted = admitted
        counters.stopped = stopped
        counters.establishFailed = establishFailed
        counters.connectsAttempted = pending
        counters.groups = groups
        return counters
    }
}

/// What one gateway process accepted, cumulative since it started.
public struct GatewayCounters: Equatable, Sendable {
    /// Connections accepted.
    public var accepted: UInt64 = 0
    /// Logins answered.
    public var admitted: UInt64 = 0
    /// Connections open, logged in or not.
    public var open: UInt64 = 0
    /// The most connections open at once.
    public var openPeak: UInt64 = 0
    /// The most accepts in one real second.
    public var acceptsPeakPerSecond: UInt64 = 0
    /// Peers that broke the protocol.
    public var protocolViolations: UInt64 = 0
    /// Beats of its own since t0.
    public var pingsSent: UInt64 = 0
    /// Those that were answered.
    public var pingsAnswered: UInt64 = 0
    /// Those that will never be.
    public var pingsMissed: UInt64 = 0

    /// All zero.
    public init() {}

    /// t0: beats are counted from here.
    public mutating func startCountingPings() { (pingsSent, pingsAnswered, pingsMissed) = (0, 0, 0) }
}

/// What one balancer process forwarded, cumulative since it started.
public struct BalancerCounters: Equatable, Sendable {
    /// Clients accepted.
    public var accepted: UInt64 = 0
    /// Upstream connects that failed.
    public var upstreamFailures: UInt64 = 0
    /// Clients turned away because no gateway could be had.
    public var rejected: UInt64 = 0
    /// Bytes forwarded, both ways.
    public var bytes: UInt64 = 0

    /// All zero.
    public init() {}
}

/// What one process of a middlebox passed on and forgot, cumulative since it started.
public struct MiddleboxCounters: Equatable, Sendable {
    /// Clients accepted, refused ones included.
    public var accepted: UInt64 = 0
    /// Clients refused because its table was full.
    public var refused: UInt64 = 0
    /// Connects to what is behind it that failed.
    public var upstreamFailures: UInt64 = 0
    /// Bytes passed on, both ways.
    public var bytes: UInt64 = 0
    /// Entries that went because their connection was idle for too long, by what became of it
    /// (`MiddleboxPolicy.Expiry.allCases`).
    public var expired = [UInt64](repeating: 0, count: MiddleboxPolicy.Expiry.allCases.count)
    /// Resets that it kept from clients, as its policy wants it.
    public var resetsLost: UInt64 = 0

    /// All zero.
    public init() {}

    /// An entry went.
    public mutating func noteExpired(_ expiry: MiddleboxPolicy.Expiry) {
        for (index, other) in MiddleboxPolicy.Expiry.allCases.enumerated() where other == expiry { expired[index] += 1 }
    }
}

/// How late one process was, and what it used.
public struct HarnessReport: Equatable, Sendable {
    /// Handled minus intended time of its timers; real seconds.
    public var lateness = TimerLateness()
    /// From readiness of a batch to the handling of each event in it; real seconds.
    public var loopStall = Histogram()
    /// Since t0, from being able to run to running, for each time slice; real seconds. The mean of the slices of about
    /// a second stands for each of them. Empty where the kernel does not count it.
    public var cpuWait = Histogram()
    /// Since t0, without an idle moment; real seconds.
    public var cpuSaturatedSeconds: Double = 0
    /// User and system CPU time; seconds.
    public var cpuSeconds: Double = 0
    /// Largest resident set; bytes.
    public var rssPeakBytes: UInt64 = 0
    /// Most descriptors open at once.
    public var fdsPeak: UInt64 = 0
    /// The process id.
    public var pid: Int32 = 0
    /// Metric batches that never reached the collector.
    public var batchesLost: UInt64 = 0
    /// What it held early in the run and late in it.
    public var growth = UsageGrowth()

    /// Nothing measured yet.
    public init() {}
}
