import HoldfastCore
import Testing

/// The examples of RFC 6455, 5.7, byte by byte, both ways, and what is sent back.
@Suite struct WebSocketTests {
    struct Golden: CustomTestStringConvertible {
        var hex: String
        var opcode: WebSocketOpcode
        var payload: String
        var isFinal = true
        /// What the bytes are read by: servers read what is masked.
        var reader = WebSocketRole.client

        var testDescription: String { hex }
    }

    static let key: UInt32 = 0x37FA_213D

    static let goldens = [
        Golden(hex: "81 05 48 65 6c 6c 6f", opcode: .text, payload: "Hello"),
        Golden(hex: "81 85 37 fa 21 3d 7f 9f 4d 51 58", opcode: .text, payload: "Hello", reader: .server),
        Golden(hex: "01 03 48 65 6c", opcode: .text, payload: "Hel", isFinal: false),
        Golden(hex: "89 05 48 65 6c 6c 6f", opcode: .ping, payload: "Hello"),
        Golden(hex: "8a 85 37 fa 21 3d 7f 9f 4d 51 58", opcode: .pong, payload: "Hello", reader: .server),
    ]

    @Test(arguments: goldens) func theExamplesOfTheStandard(golden: Golden) {
        var reader = WebSocketReader(golden.reader)
        reader.receive(wireBytes(golden.hex)[...])
        let payload = Array(golden.payload.utf8)
        #expect(reader.frames == [.init(golden.opcode, golden.isFinal, golden.opcode, payload)])
        #expect(reader.partial.isEmpty)
        let mask = golden.reader == .server ? Self.key : nil
        let written = webSocketBytes(golden.opcode, isFinal: golden.isFinal, payload, mask: mask)
        #expect(written == wireBytes(golden.hex))
    }

    /// "A fragmented unmasked text message", with a ping between its halves: what came is one text.
    @Test func aMessageInTwoFragments() {
        var reader = WebSocketReader(.client)
        reader.receive(wireBytes("01 03 48 65 6c  89 00  80 02 6c 6f")[...])
        #expect(
            reader.frames == [
                .init(.text, false, .text, Array("Hel".utf8)), .init(.ping, true, .ping, []),
                .init(.continuation, true, .text, Array("lo".utf8)),
            ]
        )
        #expect(webSocketBytes(.continuation, Array("lo".utf8), mask: nil) == wireBytes("80 02 6c 6f"))
    }

    /// "256 bytes binary message" and "64KiB binary message", and the lengths at which the header grows.
    @Test(arguments: [
        (0, "82 00"), (125, "82 7d"), (126, "82 7e 00 7e"), (256, "82 7e 01 00"), (65_535, "82 7e ff ff"),
        (65_536, "82 7f 00 00 00 00 00 01 00 00"),
    ])
    func lengths(count: Int, header: String) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = webSocketBytes(.binary, payload, mask: nil)
        #expect(bytes == wireBytes(header) + payload)
        #expect(WebSocketEncoder.bytes(payload: count, isMasked: false) == bytes.count)
        var decoder = WebSocketDecoder(.client, messageLimit: count)
        #expect(webSocketFrame(&decoder, bytes) == .init(.binary, true, .binary, payload))
        let masked = webSocketBytes(.binary, payload, mask: Self.key)
        #expect(masked.count == bytes.count + 4)
        var server = WebSocketDecoder(.server, messageLimit: count)
        #expect(webSocketFrame(&server, masked) == .init(.binary, true, .binary, payload))
    }

    /// Every opcode that there is, and the answer with the same payload to the two that want one.
    @Test(arguments: WebSocketOpcode.allCases) func opcodesAndAnswers(opcode: WebSocketOpcode) {
        var decoder = WebSocketDecoder(.client)
        if opcode == .continuation { _ = webSocketFrame(&decoder, wireBytes("02 00")) }
        let payload: [UInt8] = opcode == .close ? [0x03, 0xE8] : [1, 2, 3]
        var bytes = webSocketBytes(opcode, payload, mask: nil)
        let decoded = bytes.withUnsafeMutableBytes { decoder.decode($0) }
        guard case .frame(let frame, let consumed) = decoded else {
            Issue.record("\(decoded)")
            return
        }
        #expect(frame.opcode == opcode && consumed == bytes.count)
        #expect(opcode.isControl == [.close, .ping, .pong].contains(opcode))
        let answers: [WebSocketOpcode: WebSocketOpcode] = [.ping: .pong, .close: .close]
        #expect(frame.answer == answers[opcode])
        guard let answer = frame.answer else { return }
        let sent = webSocketBytes(answer, Array(bytes[frame.payload]), mask: nil)
        #expect(sent.first == (opcode == .ping ? 0x8A : 0x88))
        #expect(Array(sent[2...]) == payload)
    }

    @Test func aCloseEndsTheStream() {
        let close = withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { buffer in
            let count = WebSocketEncoder.close(WebSocketCloseCode.goingAway, mask: nil, into: buffer)
            return Array(buffer[..<count])
        }
        #expect(close == wireBytes("88 02 03 e9"))
        var reader = WebSocketReader(.client)
        reader.receive((close + wireBytes("89 00"))[...])
        #expect(reader.frames == [.init(.close, true, .close, [0x03, 0xE9])])
        #expect(reader.decoder.isClosed)
    }
}

/// A frame with a payload of its own.
struct ReadFrame: Equatable {
    var opcode: WebSocketOpcode
    var isFinal: Bool
    var message: WebSocketOpcode
    var payload: [UInt8]

    init(_ opcode: WebSocketOpcode, _ isFinal: Bool, _ message: WebSocketOpcode, _ payload: [UInt8]) {
        self.opcode = opcode
        self.isFinal = isFinal
        self.message = message
        self.payload = payload
    }
}

/// One shared buffer and one kept rest, as a driver has them.
struct WebSocketReader {
    var decoder: WebSocketDecoder
    var partial = PartialFrame()
    var frames: [ReadFrame] = []
    var violation: WebSocketViolation?

    init(_ role: WebSocketRole) { decoder = WebSocketDecoder(role) }

    mutating func receive(_ piece: ArraySlice<UInt8>) {
        guard violation == nil else { return }
        var buffer = [UInt8](repeating: 0xEE, count: 32_768)
        var (decoder, partial, frames, violation) = (decoder, partial, frames, violation)
        buffer.withUnsafeMutableBytes { buffer in
            let kept = partial.restore(into: buffer)
            UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]).copyBytes(from: piece)
            var start = 0
            let end = kept + piece.count
            while true {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
                switch decoder.decode(rest) {
                case .frame(let frame, let consumed):
                    frames.append(ReadFrame(frame.opcode, frame.isFinal, frame.message, Array(rest[frame.payload])))
                    start += consumed
                    continue
                case .incomplete: if !rest.isEmpty { partial.keep(UnsafeRawBufferPointer(rest)) }
                case .violation(let found): violation = found
                case .closed: break
                }
                break
            }
        }
        (self.decoder, self.partial, self.frames, self.violation) = (decoder, partial, frames, violation)
    }
}

/// The frame at the front of `bytes`; nil when there is none.
func webSocketFrame(_ decoder: inout WebSocketDecoder, _ bytes: [UInt8]) -> ReadFrame? {
    var bytes = bytes
    let decoded = bytes.withUnsafeMutableBytes { decoder.decode($0) }
    guard case .frame(let frame, _) = decoded else { return nil }
    return ReadFrame(frame.opcode, frame.isFinal, frame.message, Array(bytes[frame.payload]))
}

/// A frame as bytes, written into memory full of ones, so that a byte left out shows.
func webSocketBytes(
    _ opcode: WebSocketOpcode,
    isFinal: Bool = true,
    _ payload: [UInt8],
    mask: UInt32?
) -> [UInt8] {
    var buffer = [UInt8](repeating: 0xFF, count: payload.count + WebSocketFormat.headerLimit)
    let count = buffer.withUnsafeMutableBytes { buffer in
        payload.withUnsafeBytes {
            WebSocketEncoder.encode(opcode, isFinal: isFinal, payload: $0, mask: mask, into: buffer)
        }
    }
    return Array(buffer[..<count])
}
