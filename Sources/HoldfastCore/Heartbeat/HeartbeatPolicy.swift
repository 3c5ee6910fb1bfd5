/// How a session proves to itself that its gateway lives: who beats, how often, and when silence counts as death.
public struct HeartbeatPolicy: Hashable, Sendable {
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
    public var strategy: HeartbeatStrategy
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
    /// TCP_USER_TIMEOUT of the session's socket; nil leaves it to the kernel's retransmissions.
    public var userTimeout: Span?
    /// What the session's socket is set to with `tcp-keepalive`.
    public var keepalive: Keepalive.Settings
    /// The constants of `adaptive`.
    public var adaptive: AdaptiveInterval.Constants

    /// A policy from its parts; the default first beat is spread over the interval.
    public init(
        strategy: HeartbeatStrategy,
        interval: Span,
        longestInterval: Span? = nil,
        first: FirstBeat = .random,
        detection: Detection,
        payloadBytes: UInt16 = 0,
        userTimeout: Span? = nil,
        keepalive: Keepalive.Settings = Keepalive.Settings(),
        adaptive: AdaptiveInterval.Constants = .mars
    ) {
        self.strategy = strategy
        self.interval = interval
        self.longestInterval = longestInterval ?? interval
        self.first = first
        self.detection = detection
        self.payloadBytes = payloadBytes
        self.userTimeout = userTimeout
        self.keepalive = keepalive
        self.adaptive = adaptive
    }

    /// The interval that a session draws once for its life.
    public func interval(of session: SessionID, seed: Seed) -> Span {
        guard longestInterval > interval else { return interval }
        return interval + (longestInterval - interval).scaled(by: unitDouble(seed.draw(.interval, actor: session, 0)))
    }

    /// Whether the session itself ends connections for their silence: it can only miss answers to beats of its own.
    public var isDetectedByClient: Bool {
        let traits = strategy.traits
        guard traits.contains(.clientDetects) else { return false }
        if case .misses = detection { return traits.contains(.clientSends) }
        return true
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
        "mars": smart(.mars),
        "mars-old": smart(.marsOld),
        // MQTT 3.1.1 section 3.1.2.10 with the keep alive of 60 s that most clients take: a PINGREQ when nothing else
        // was sent, and the server closes after one and a half of them.
        "mqtt": HeartbeatPolicy(strategy: .idle, interval: .seconds(60), detection: .silence(.seconds(90))),
        // developers/events/gateway.mdx of Discord's documentation: the interval of its example, the first beat after a
        // random part of it, and a beat that nothing answered before the next one is due means a dead connection.
        "discord": HeartbeatPolicy(
            strategy: .fixed,
            interval: .seconds(45),
            detection: .misses(count: 1, timeout: .seconds(45))
        ),
    ]

    /// Mars begins to beat at once and waits eight seconds for an answer (`mars/stn/src/longlink.cc`).
    public static func smart(_ constants: AdaptiveInterval.Constants) -> HeartbeatPolicy {
        HeartbeatPolicy(
            strategy: .adaptive,
            interval: constants.minimum,
            first: .immediate,
            detection: .misses(count: 1, timeout: .seconds(8)),
            adaptive: constants
        )
    }

    private static func thrice(_ strategy: HeartbeatStrategy, _ seconds: Int64) -> HeartbeatPolicy {
        HeartbeatPolicy(strategy: strategy, interval: .seconds(seconds), detection: .silence(.seconds(3 * seconds)))
    }
}
