/// The sizes of WebSocket frames, in bytes (RFC 6455, 5.2).
public enum WebSocketFormat {
    /// The longest header: two bytes, eight of length and four of mask.
    public static let headerLimit = 14
    /// The most that a message may hold unless somebody says otherwise: no frame is longer than the framed protocol's.
    public static let messageLimit = WireFormat.frameLimit - headerLimit
    /// The most that a close, a ping or a pong may carry.
    public static let controlLimit = 125
}

/// What a frame is; every other number is reserved, and whoever uses one is cut off.
public enum WebSocketOpcode: UInt8, CaseIterable, Sendable {
    /// More of the message before.
    case continuation = 0x0
    /// UTF-8.
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether it is about the connection: short, whole, and allowed between the fragments of a message.
    public var isControl: Bool { rawValue >= 0x8 }
}

/// An end of a WebSocket: clients mask what they send, servers do not.
public enum WebSocketRole: Sendable {
    case client
    case server
}

/// One frame, whose payload stands where it arrived, unmasked.
public struct WebSocketFrame: Equatable, Sendable {
    /// What it is.
    public var opcode: WebSocketOpcode
    /// Whether its message ends with it.
    public var isFinal: Bool
    /// What its message is: text or binary also for a continuation, itself for a control frame.
    public var message: WebSocketOpcode
    /// Where its payload stands in the bytes that were decoded.
    public var payload: Range<Int>

    /// A frame from its parts.
    public init(opcode: WebSocketOpcode, isFinal: Bool, message: WebSocketOpcode, payload: Range<Int>) {
        self.opcode = opcode
        self.isFinal = isFinal
        self.message = message
        self.payload = payload
    }

    /// What is sent back with the same payload (RFC 6455, 5.5.1 and 5.5.2); nil for what wants no answer.
    public var answer: WebSocketOpcode? {
        switch opcode {
        case .ping: .pong
        case .close: .close
        case .continuation, .text, .binary, .pong: nil
        }
    }
}

/// How a peer broke the protocol. The answer is always a close with `closeCode`, then FIN.
public enum WebSocketViolation: String, CaseIterable, Sendable {
    /// A reserved bit is set, and no extension was agreed on.
    case reservedBit = "reserved-bit"
    /// 3 to 7, or 11 to 15.
    case unknownOpcode = "unknown-opcode"
    /// A close, a ping or a pong that is not whole.
    case fragmentedControl = "fragmented-control"
    /// One with more than 125 bytes.
    case longControl = "long-control"
    /// A client that does not mask, or a server that does.
    case mask
    /// A length that would fit in fewer bytes, or of 64 bits.
    case length
    /// A continuation of nothing.
    case nothingToContinue = "nothing-to-continue"
    /// A new message while one is not over.
    case unfinishedMessage = "unfinished-message"
    /// A close with half a code, or with one that may not be sent.
    case closeCode = "close-code"
    /// Text that is not UTF-8.
    case text
    /// A message longer than the limit.
    case tooLong = "too-long"

    /// The code of the close that answers it (RFC 6455, 7.4.1).
    public var closeCode: UInt16 {
        switch self {
        case .text: WebSocketCloseCode.invalidPayload
        case .tooLong: WebSocketCloseCode.tooBig
        default: WebSocketCloseCode.protocolError
        }
    }
}

/// Why a connection is closed (RFC 6455, 7.4.1).
public enum WebSocketCloseCode {
    /// What was to be done is done.
    public static let normal: UInt16 = 1000
    /// A server stops, or a client leaves.
    public static let goingAway: UInt16 = 1001
    /// Whatever the standard forbids and has no code of its own.
    public static let protocolError: UInt16 = 1002
    /// Text that is not UTF-8.
    public static let invalidPayload: UInt16 = 1007
    /// A message longer than the receiver takes.
    public static let tooBig: UInt16 = 1009

    /// Whether a frame may carry it: those of the registry but 1004, 1005, 1006 and 1015, and those for applications.
    public static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
