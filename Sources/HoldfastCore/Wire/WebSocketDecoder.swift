/// Reads WebSocket frames (RFC 6455, 5), one at a time, from the front of whatever has arrived from one peer.
///
/// It keeps a few bytes between frames, for the message under way, and allocates nothing: a payload is unmasked where
/// it stands, once its whole frame is there. A header that can never become a frame is refused at once, without waiting
/// for its payload. Like those of the framed protocol, frames that have not arrived in full are kept as a
/// ``PartialFrame``.
public struct WebSocketDecoder: Sendable {
    /// What stands at the front of the bytes.
    public enum Decoded: Equatable, Sendable {
        /// A frame; the next one begins `consumed` bytes later.
        case frame(WebSocketFrame, consumed: Int)
        /// The beginning of a frame, or nothing: wait for more bytes.
        case incomplete
        /// No frame will ever stand here: close with the violation's code.
        case violation(WebSocketViolation)
        /// The peer has closed: what comes after that is nobody's business.
        case closed
    }

    /// Whether the peer has said that it closes.
    public private(set) var isClosed = false

    private let role: WebSocketRole
    private let limit: UInt64
    /// Payload bytes of the message under way.
    private var length: UInt64 = 0
    /// What the message under way is; nil between messages.
    private var message: WebSocketOpcode?
    private var text = UTF8Progress()

    /// The end with this role reads what its peer sends: messages of at most `messageLimit` bytes.
    public init(_ role: WebSocketRole, messageLimit: Int = WebSocketFormat.messageLimit) {
        precondition(messageLimit >= 0, "A message has no negative length.")
        self.role = role
        limit = UInt64(messageLimit)
    }

    /// The frame at the front of `bytes`, whose payload is unmasked in place.
    public mutating func decode(_ bytes: UnsafeMutableRawBufferPointer) -> Decoded {
        guard !isClosed else { return .closed }
        guard let first = bytes.first else { return .incomplete }
        guard first & 0x70 == 0 else { return .violation(.reservedBit) }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { return .violation(.unknownOpcode) }
        let isFinal = first & 0x80 != 0
        if let violation = order(opcode, isFinal) { return .violation(violation) }
        guard bytes.count > 1 else { return .incomplete }
        let isMasked = bytes[1] & 0x80 != 0
        guard isMasked == (role == .server) else { return .violation(.mask) }
        let short = bytes[1] & 0x7F
        guard !opcode.isControl || Int(short) <= WebSocketFormat.controlLimit else { return .violation(.longControl) }
        let lengthEnd = short < 126 ? 2 : short == 126 ? 4 : 10
        guard bytes.count >= lengthEnd else { return .incomplete }
        let count = WebSocketDecoder.length(short, bytes)
        guard let count else { return .violation(.length) }
        if !opcode.isControl, count > limit - length { return .violation(.tooLong) }
        let start = lengthEnd + (isMasked ? 4 : 0)
        let end = start + Int(count)
        guard bytes.count >= end else { return .incomplete }
        let payload = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end])
        if isMasked {
            let key = bytes.loadUnaligned(fromByteOffset: lengthEnd, as: UInt32.self)
            WebSocketMask.apply(key, to: payload)
        }
        if let violation = take(opcode, isFinal, UnsafeRawBufferPointer(payload)) { return .violation(violation) }
        let kind = opcode == .continuation ? message ?? .continuation : opcode
        if !opcode.isControl, isFinal { message = nil }
        let frame = WebSocketFrame(opcode: opcode, isFinal: isFinal, message: kind, payload: start..<end)
        return .frame(frame, consumed: end)
    }

    /// What its first byte alone says against a frame that comes now.
    private func order(_ opcode: WebSocketOpcode, _ isFinal: Bool) -> WebSocketViolation? {
        switch opcode {
        case .close, .ping, .pong: isFinal ? nil : .fragmentedControl
        case .continuation: message == nil ? .nothingToContinue : nil
        case .text, .binary: message == nil ? nil : .unfinishedMessage
        }
    }

    /// The length in the fewest bytes that hold it; nil for any other. The bytes are there.
    private static func length(_ short: UInt8, _ bytes: UnsafeMutableRawBufferPointer) -> UInt64? {
        switch short {
        case 126:
            let length = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            return length < 126 ? nil : UInt64(length)
        case 127:
            let length = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            return length <= UInt64(UInt16.max) || length > UInt64(Int64.max) ? nil : length
        default: return UInt64(short)
        }
    }

    /// Takes a whole frame into the message under way, or as what it says of the connection.
    private mutating func take(
        _ opcode: WebSocketOpcode,
        _ isFinal: Bool,
        _ payload: UnsafeRawBufferPointer
    ) -> WebSocketViolation? {
        switch opcode {
        case .ping, .pong: return nil
        case .close:
            isClosed = true
            return WebSocketDecoder.closeViolation(payload)
        case .text, .binary:
            message = opcode
            text = UTF8Progress()
            length = 0
        case .continuation: break
        }
        // The next message begins at zero again, and its first header is judged before it is taken in.
        length = isFinal ? 0 : length + UInt64(payload.count)
        guard message == .text else { return nil }
        guard text.take(payload), !isFinal || text.isWhole else { return .text }
        return nil
    }

    private static func closeViolation(_ payload: UnsafeRawBufferPointer) -> WebSocketViolation? {
        guard payload.count > 0 else { return nil }
        guard payload.count > 1 else { return .closeCode }
        let code = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
        guard WebSocketCloseCode.isSendable(code) else { return .closeCode }
        var reason = UTF8Progress()
        guard reason.take(UnsafeRawBufferPointer(rebasing: payload[2...])), reason.isWhole else { return .text }
        return nil
    }
}
