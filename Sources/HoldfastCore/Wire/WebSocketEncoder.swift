/// Writes WebSocket frames (RFC 6455, 5.2) into memory that the caller owns.
public enum WebSocketEncoder {
    /// How many bytes a frame with a payload of `count` bytes takes; the length is in the fewest bytes that hold it.
    public static func bytes(payload count: Int, isMasked: Bool) -> Int {
        headerBytes(count) + (isMasked ? 4 : 0) + count
    }

    /// Writes a frame to the front of `buffer` and returns its length.
    /// - Parameters:
    ///   - opcode: what it is; control frames are whole and carry at most `WebSocketFormat.controlLimit` bytes.
    ///   - isFinal: whether its message ends with it.
    ///   - payload: does not overlap `buffer`.
    ///   - mask: the key of a client's frame, which nobody should be able to guess; nil for a server's.
    ///   - buffer: at least as long as the frame.
    public static func encode(
        _ opcode: WebSocketOpcode,
        isFinal: Bool = true,
        payload: UnsafeRawBufferPointer,
        mask: UInt32?,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(
            !opcode.isControl || (isFinal && payload.count <= WebSocketFormat.controlLimit),
            "A control frame is whole and short."
        )
        let total = bytes(payload: payload.count, isMasked: mask != nil)
        precondition(buffer.count >= total, "A buffer of \(buffer.count) bytes cannot hold a frame of \(total).")
        let header = headerBytes(payload.count)
        buffer[0] = (isFinal ? 0x80 : 0) | opcode.rawValue
        let flag: UInt8 = mask == nil ? 0 : 0x80
        switch header {
        case 2: buffer[1] = flag | UInt8(payload.count)
        case 4:
            buffer[1] = flag | 126
            buffer.storeBytes(of: UInt16(payload.count).bigEndian, toByteOffset: 2, as: UInt16.self)
        default:
            buffer[1] = flag | 127
            buffer.storeBytes(of: UInt64(payload.count).bigEndian, toByteOffset: 2, as: UInt64.self)
        }
        let body = UnsafeMutableRawBufferPointer(rebasing: buffer[(total - payload.count)..<total])
        body.copyMemory(from: payload)
        if let mask {
            // As it stands in the frame: the first byte of the key is the highest of the number.
            let key = mask.bigEndian
            buffer.storeBytes(of: key, toByteOffset: header, as: UInt32.self)
            WebSocketMask.apply(key, to: body)
        }
        return total
    }

    /// Writes a close with `code` and no reason to the front of `buffer` and returns its length.
    public static func close(_ code: UInt16, mask: UInt32?, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(WebSocketCloseCode.isSendable(code), "No frame carries the code \(code).")
        return withUnsafeBytes(of: code.bigEndian) { encode(.close, payload: $0, mask: mask, into: buffer) }
    }

    private static func headerBytes(_ count: Int) -> Int { count < 126 ? 2 : count <= Int(UInt16.max) ? 4 : 10 }
}

/// RFC 6455, 5.3: byte i of a payload against byte i mod 4 of the key; twice is nothing.
enum WebSocketMask {
    /// Masks or unmasks `payload` where it stands; `key` as it lies in memory.
    static func apply(_ key: UInt32, to payload: UnsafeMutableRawBufferPointer) {
        let wide = UInt64(key) << 32 | UInt64(key)
        var offset = 0
        while offset + 8 <= payload.count {
            let word = payload.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            payload.storeBytes(of: word ^ wide, toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        withUnsafeBytes(of: key) { bytes in
            while offset < payload.count {
                payload[offset] ^= bytes[offset & 3]
                offset += 1
            }
        }
    }
}
