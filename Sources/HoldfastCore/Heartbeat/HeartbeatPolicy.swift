/// How a session proves to itself that its gateway lives: who beats, how often, and when silence counts as death.
public struct HeartbeatPolicy: Hashable, Sendable {
    /// Who sends, and when.
    public enum Strategy: String, CaseIterable, Sendable {
        /// No heartbeat: a silent death is never noticed.
        case none
        /// The client beats every `interval`, scheduled from the previous deadline.
        case fixed
        /// The client beats once nothing was written for `interval`: every write arms the timer anew.
        case idle
        /// The client beats as with `fixed`, but only the gateway draws conclusions from silence: a mistake to show.
        case reported

        /// Whether silence ends a connection at the client.
        public var isDetectedByClient: Bool { self == .fixed || self == .idle }
    }

    /// When the first beat after admission goes out.
    public enum FirstBeat: String, CaseIterable, Sendable {
        /// Spread evenly over (0, interval].
        case random
        /// One interval after admission.
        case after
        /// At admission.
        case immediate
    }

    /// When a silent connection counts as dead.
    public enum Detection: Hashable, Sendable {
        /// No byte for this long. Latency after the onset of a fault lies in (silence - interval, silence].
        case silence(Span)
        /// `count` beats in a row each unanswered for `timeout`.
        /// Latency lies in (interval * (count - 1) + timeout, interval * count + timeout].
        case misses(count: UInt32, timeout: Span)
    }

    /// Who sends, and when.
    public var strategy: Strategy
    /// From one beat to the next; the shortest a session may draw.
    public var interval: Span
    /// The longest interval a session may draw, once for its life; `interval` when all are alike.
    public var longestInterval: Span
    /// When the first beat after admission goes out.
    public var first: FirstBeat
    /// When a silent connection counts as dead.
    public var detection: Detection
    /// Zero bytes appended to every ping.
    public var payloadBytes: UInt16

    /// A policy from its parts; the default first beat is spread over the interval.
    public init(
        strategy: Strategy,
        interval: Span,
        longestInterval: Span? = nil,
        first: FirstBeat = .random,
        detection: Detection,
        payloadBytes: UInt16 = 0
    ) {
        self.strategy = strategy
        self.interval = interval
        self.longestInterval = longestInterval ?? interval
        self.first = first
        self.detection = detection
        self.payloadBytes = payloadBytes
    }

    /// `article-3x5`: a beat every 3 s, dead after 15 s of silence.
    public static let article3x5 = HeartbeatPolicy(
        strategy: .fixed,
        interval: .seconds(3),
        detection: .silence(.seconds(15))
    )

    /// The presets a plan may name, with the intervals of the articles; where those name no limit, it is three of them.
    public static let presets: [String: HeartbeatPolicy] = [
        "article-3x5": .article3x5,
        "article-60x3": thrice(.fixed, 60),
        "qq": thrice(.fixed, 45),
        "wechat": thrice(.fixed, 270),
        "weibo": thrice(.fixed, 120),
        "whatsapp-30s": thrice(.fixed, 30),
        "whatsapp-60s": thrice(.fixed, 60),
        "whatsapp-keepalive": thrice(.idle, 10),
        "enterprise": HeartbeatPolicy(
            strategy: .fixed,
            interval: .seconds(240),
            longestInterval: .seconds(720),
            detection: .silence(.seconds(2160))
        ),
        // developers/events/gateway.mdx of Discord's documentation: the interval of its example, the first beat after a
        // random part of it, and a beat that nothing answered before the next one is due means a dead connection.
        "discord": HeartbeatPolicy(
            strategy: .fixed,
            interval: .seconds(45),
            detection: .misses(count: 1, timeout: .seconds(45))
        ),
    ]

    private static func thrice(_ strategy: Strategy, _ seconds: Int64) -> HeartbeatPolicy {
        HeartbeatPolicy(strategy: strategy, interval: .seconds(seconds), detection: .silence(.seconds(3 * seconds)))
    }
}
