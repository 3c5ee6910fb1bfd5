/// Reads the framed protocol, one frame at a time, from the front of whatever has arrived.
///
/// It keeps nothing, allocates nothing and never reads past the end of what it is given. A header that can never become
/// a frame is refused at once, without waiting for its body.
public enum FrameDecoder {
    /// What stands at the front of the bytes.
    public enum Decoded: Equatable, Sendable {
        /// A frame; the next one begins `consumed` bytes later.
        case frame(Frame, consumed: Int)
        /// A login; the next frame begins `consumed` bytes later.
        case hello(Hello, consumed: Int)
        /// The beginning of a frame, or nothing: wait for more bytes.
        case incomplete
        /// No frame will ever stand here.
        case violation(WireViolation)
    }

    /// The frame at the front of `bytes`.
    public static func decode(_ bytes: UnsafeRawBufferPointer) -> Decoded {
        guard bytes.count >= WireFormat.headerBytes else { return .incomplete }
        let length = Int(UInt16(at: 0, of: bytes))
        guard length <= WireFormat.bodyLimit else { return .violation(.tooLong) }
        guard let type = FrameType(rawValue: bytes[2]) else { return .violation(.unknownType) }
        guard bytes[3] == 0 else { return .violation(.flags) }
        guard type.bodyBytes.contains(length) else { return .violation(.wrongLength) }
        let consumed = WireFormat.headerBytes + length
        guard bytes.count >= consumed else { return .incomplete }
        switch type {
        case .hello: return hello(bytes, consumed)
        case .welcome: return welcome(bytes, consumed)
        case .ping: return .frame(.ping(sequence: UInt32(at: 4, of: bytes)), consumed: consumed)
        case .pong:
            let frame = Frame.pong(
                sequence: UInt32(at: 4, of: bytes),
                intervalMilliseconds: UInt32(at: 8, of: bytes)
            )
            return .frame(frame, consumed: consumed)
        case .data: return data(bytes, consumed)
        case .kick:
            guard let reason = KickReason(rawValue: bytes[4]) else { return .violation(.unknownCode) }
            return .frame(.kick(reason), consumed: consumed)
        case .goaway: return goaway(bytes, consumed)
        case .bye:
            guard let reason = ByeReason(rawValue: bytes[4]) else { return .violation(.unknownCode) }
            return .frame(.bye(reason), consumed: consumed)
        }
    }

    /// When the sender of a data frame meant to send it, in nanoseconds of its clock.
    /// - Parameter bytes: the bytes from which `decode` gave `.frame(.data(...), consumed:)`.
    public static func intendedNanoseconds(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        precondition(
            bytes.count >= 20 && bytes[2] == FrameType.data.rawValue,
            "Only a decoded data frame has an intended time."
        )
        return UInt64(at: 12, of: bytes)
    }

    private static func hello(_ bytes: UnsafeRawBufferPointer, _ consumed: Int) -> Decoded {
        guard UInt32(at: 4, of: bytes) == WireFormat.magic else { return .violation(.magic) }
        guard bytes[8] == WireFormat.version else { return .violation(.version) }
        guard bytes[9] == 0 else { return .violation(.reserved) }
        let hello = Hello(
            group: UInt16(at: 10, of: bytes),
            session: UInt32(at: 12, of: bytes),
            ordinal: UInt32(at: 16, of: bytes),
            account: UInt32(at: 20, of: bytes),
            intervalMilliseconds: UInt32(at: 24, of: bytes),
            run: UInt64(at: 28, of: bytes)
        )
        return .hello(hello, consumed: consumed)
    }

    private static func welcome(_ bytes: UnsafeRawBufferPointer, _ consumed: Int) -> Decoded {
        guard UInt32(at: 16, of: bytes) == 0 else { return .violation(.reserved) }
        let frame = Frame.welcome(
            gateway: UInt32(at: 4, of: bytes),
            incarnation: UInt32(at: 8, of: bytes),
            intervalMilliseconds: UInt32(at: 12, of: bytes)
        )
        return .frame(frame, consumed: consumed)
    }

    private static func data(_ bytes: UnsafeRawBufferPointer, _ consumed: Int) -> Decoded {
        guard let kind = DataKind(rawValue: bytes[4]) else { return .violation(.unknownCode) }
        guard bytes[5] == 0, bytes[6] == 0, bytes[7] == 0 else { return .violation(.reserved) }
        return .frame(.data(kind: kind, message: UInt32(at: 8, of: bytes)), consumed: consumed)
    }

    private static func goaway(_ bytes: UnsafeRawBufferPointer, _ consumed: Int) -> Decoded {
        guard let reason = GoawayReason(rawValue: bytes[4]) else { return .violation(.unknownCode) }
        guard bytes[5] == 0, bytes[6] == 0, bytes[7] == 0 else { return .violation(.reserved) }
        let frame = Frame.goaway(
            reason,
            target: UInt32(at: 8, of: bytes),
            delayMilliseconds: UInt32(at: 12, of: bytes)
        )
        return .frame(frame, consumed: consumed)
    }
}

extension FixedWidthInteger {
    /// The big-endian integer at `offset`; the caller has checked that it is there.
    @inline(__always)
    fileprivate init(at offset: Int, of bytes: UnsafeRawBufferPointer) {
        self.init(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Self.self))
    }
}
