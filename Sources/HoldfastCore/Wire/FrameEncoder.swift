/// Writes frames into memory that the caller owns: a few bytes of stack for all but payloads.
public enum FrameEncoder {
    /// Writes the login to the front of `buffer` and returns its length, `WireFormat.helloBytes`.
    public static func encode(_ hello: Hello, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let consumed = header(.hello, bodyBytes: FrameType.hello.bodyBytes.lowerBound, into: buffer)
        WireFormat.magic.store(at: 4, of: buffer)
        WireFormat.version.store(at: 8, of: buffer)
        UInt8(0).store(at: 9, of: buffer)
        hello.group.store(at: 10, of: buffer)
        hello.session.store(at: 12, of: buffer)
        hello.ordinal.store(at: 16, of: buffer)
        hello.account.store(at: 20, of: buffer)
        hello.intervalMilliseconds.store(at: 24, of: buffer)
        hello.run.store(at: 28, of: buffer)
        return consumed
    }

    /// Writes `frame` to the front of `buffer` and returns its length.
    /// - Parameters:
    ///   - frame: any frame but the login.
    ///   - payloadBytes: zero bytes appended to a ping (at most `WireFormat.pingPayloadLimit`) or to data (at most
    ///     `WireFormat.dataPayloadLimit`); 0 for every other frame.
    ///   - intendedNanoseconds: when data was meant to be sent; other frames have no such field.
    ///   - buffer: at least as long as the frame; `WireFormat.helloBytes` hold any frame without payload.
    public static func encode(
        _ frame: Frame,
        payloadBytes: Int = 0,
        intendedNanoseconds: UInt64 = 0,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        let type = frame.type
        let fixed = type.bodyBytes.lowerBound
        precondition(
            payloadBytes >= 0 && type.bodyBytes.contains(fixed + payloadBytes),
            "This frame cannot carry a payload of that length."
        )
        let consumed = header(type, bodyBytes: fixed + payloadBytes, into: buffer)
        switch frame {
        case .welcome(let gateway, let incarnation, let intervalMilliseconds):
            gateway.store(at: 4, of: buffer)
            incarnation.store(at: 8, of: buffer)
            intervalMilliseconds.store(at: 12, of: buffer)
            UInt32(0).store(at: 16, of: buffer)
        case .ping(let sequence):
            sequence.store(at: 4, of: buffer)
        case .pong(let sequence, let intervalMilliseconds):
            sequence.store(at: 4, of: buffer)
            intervalMilliseconds.store(at: 8, of: buffer)
        case .data(let kind, let message):
            (UInt32(kind.rawValue) << 24).store(at: 4, of: buffer)
            message.store(at: 8, of: buffer)
            intendedNanoseconds.store(at: 12, of: buffer)
        case .kick(let reason):
            reason.rawValue.store(at: 4, of: buffer)
        case .goaway(let reason, let target, let delayMilliseconds):
            (UInt32(reason.rawValue) << 24).store(at: 4, of: buffer)
            target.store(at: 8, of: buffer)
            delayMilliseconds.store(at: 12, of: buffer)
        case .bye(let reason):
            reason.rawValue.store(at: 4, of: buffer)
        }
        if payloadBytes > 0 {
            UnsafeMutableRawBufferPointer(rebasing: buffer[(consumed - payloadBytes)..<consumed])
                .initializeMemory(as: UInt8.self, repeating: 0)
        }
        return consumed
    }

    /// Writes the header and returns the length of the whole frame, which `buffer` is known to hold from here on.
    private static func header(_ type: FrameType, bodyBytes: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let length = WireFormat.headerBytes + bodyBytes
        precondition(buffer.count >= length, "A buffer of \(buffer.count) bytes cannot hold a frame of \(length).")
        UInt16(bodyBytes).store(at: 0, of: buffer)
        type.rawValue.store(at: 2, of: buffer)
        UInt8(0).store(at: 3, of: buffer)
        return length
    }
}

extension Frame {
    fileprivate var type: FrameType {
        switch self {
        case .welcome: .welcome
        case .ping: .ping
        case .pong: .pong
        case .data: .data
        case .kick: .kick
        case .goaway: .goaway
        case .bye: .bye
        }
    }
}

extension FixedWidthInteger {
    /// Writes the integer big-endian at `offset`; the caller has checked that it fits.
    @inline(__always)
    fileprivate func store(at offset: Int, of buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBytes(of: bigEndian, toByteOffset: offset, as: Self.self)
    }
}
