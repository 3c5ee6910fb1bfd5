/// The sizes of the framed protocol, in bytes.
///
/// Header, big-endian as everything: `length u16` (of what follows the header), `type u8`, `flags u8` (always 0).
public enum WireFormat {
    /// Length, type and flags.
    public static let headerBytes = 4
    /// The most that may follow a header.
    public static let bodyLimit = 16_384
    /// The longest frame.
    public static let frameLimit = headerBytes + bodyLimit
    /// The whole login frame; no frame without payload is longer, so a buffer of this size encodes any of them.
    public static let helloBytes = 36
    /// A whole ping without payload.
    public static let pingBytes = headerBytes + FrameType.ping.bodyBytes.lowerBound
    /// A whole pong.
    public static let pongBytes = headerBytes + FrameType.pong.bodyBytes.lowerBound
    /// A whole data frame without payload.
    public static let dataBytes = headerBytes + FrameType.data.bodyBytes.lowerBound
    /// The longest zero payload of a ping.
    public static let pingPayloadLimit = bodyLimit - FrameType.ping.bodyBytes.lowerBound
    /// The longest payload of a data frame.
    public static let dataPayloadLimit = bodyLimit - FrameType.data.bodyBytes.lowerBound

    static let magic: UInt32 = 0x4846_5354  // "HFST"
    static let version: UInt8 = 1
}

/// The third byte of a header.
enum FrameType: UInt8, CaseIterable {
    case hello = 1
    case welcome = 2
    case ping = 3
    case pong = 4
    case data = 5
    case kick = 6
    case goaway = 7
    case bye = 8

    /// What may follow the header: exact for all but those that carry a payload.
    var bodyBytes: ClosedRange<Int> {
        switch self {
        case .hello: 32...32
        case .welcome: 16...16
        case .ping: 4...WireFormat.bodyLimit
        case .pong: 8...8
        case .data: 16...WireFormat.bodyLimit
        case .kick: 1...1
        case .goaway: 12...12
        case .bye: 1...1
        }
    }
}

/// How a peer broke the protocol. The answer is always the same: `bye(protocolViolation)`, then FIN.
public enum WireViolation: String, CaseIterable, Sendable {
    /// A type that does not exist.
    case unknownType = "unknown-type"
    /// A flag is set.
    case flags
    /// More than 16,384 bytes announced.
    case tooLong = "too-long"
    /// A length that the type cannot have.
    case wrongLength = "wrong-length"
    /// A login that does not begin with `HFST`.
    case magic
    /// A login of another version.
    case version
    /// A reserved byte is not 0.
    case reserved
    /// A reason or data kind that does not exist.
    case unknownCode = "unknown-code"
}
