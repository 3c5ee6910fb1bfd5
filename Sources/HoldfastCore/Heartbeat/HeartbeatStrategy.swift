/// Who beats, who draws conclusions from silence, and what puts the next beat off. Each is described in its own file.
public enum HeartbeatStrategy: String, CaseIterable, Sendable {
    case none
    case adaptive
    case bidirectional
    case fixed
    case idle
    case piggyback
    case reported
    case server
    case tcpKeepalive = "tcp-keepalive"
    case thirdParty = "third-party"

    /// What it comes to.
    public var traits: HeartbeatTraits {
        switch self {
        case .none: .none
        case .adaptive: .adaptive
        case .bidirectional: .bidirectional
        case .fixed: .fixed
        case .idle: .idle
        case .piggyback: .piggyback
        case .reported: .reported
        case .server: .server
        case .tcpKeepalive: .tcpKeepalive
        case .thirdParty: .thirdParty
        }
    }
}

/// What a heartbeat strategy comes to: sender and detector are chosen apart.
public struct HeartbeatTraits: OptionSet, Sendable {
    /// One bit for each.
    public let rawValue: UInt8

    /// The traits of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The session beats.
    public static let clientSends = HeartbeatTraits(rawValue: 1 << 0)
    /// The gateway beats.
    public static let gatewaySends = HeartbeatTraits(rawValue: 1 << 1)
    /// Silence ends the connection at the session.
    public static let clientDetects = HeartbeatTraits(rawValue: 1 << 2)
    /// Silence ends the connection at the gateway.
    public static let gatewayDetects = HeartbeatTraits(rawValue: 1 << 3)
    /// Whatever the session writes puts its next beat off by an interval.
    public static let writesRearm = HeartbeatTraits(rawValue: 1 << 4)
    /// Whatever the session hears puts its next beat off by an interval.
    public static let proofRearms = HeartbeatTraits(rawValue: 1 << 5)
    /// The session's kernel probes, and ends the connection.
    public static let kernelProbes = HeartbeatTraits(rawValue: 1 << 6)
    /// Somebody else asks the gateway whether it is there.
    public static let proberAsks = HeartbeatTraits(rawValue: 1 << 7)
}
