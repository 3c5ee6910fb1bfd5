import HoldfastCore
import Testing

/// Streams of WebSocket frames in any pieces, and what cuts them off.
@Suite struct WebSocketViolationTests {
    /// Read by a client, whose server does not mask, unless `by` says otherwise.
    struct Row: CustomTestStringConvertible {
        var hex: String
        var violation: WebSocketViolation
        var by = WebSocketRole.client

        var testDescription: String { "\(violation): \(hex)" }
    }

    static let rows: [Row] =
        [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF].map { opcode in
            Row(hex: "8" + String(opcode, radix: 16) + "00", violation: .unknownOpcode)
        } + [
            Row(hex: "c1 00", violation: .reservedBit),
            Row(hex: "a1 00", violation: .reservedBit),
            Row(hex: "91 00", violation: .reservedBit),
            Row(hex: "08", violation: .fragmentedControl),
            Row(hex: "09", violation: .fragmentedControl),
            Row(hex: "0a", violation: .fragmentedControl),
            Row(hex: "88 7e", violation: .longControl),
            Row(hex: "89 7e", violation: .longControl),
            Row(hex: "8a 7f", violation: .longControl),
            Row(hex: "82 80", violation: .mask),
            Row(hex: "82 00", violation: .mask, by: .server),
            Row(hex: "82 7e 00 7d", violation: .length),
            Row(hex: "82 7f 00 00 00 00 00 00 ff ff", violation: .length),
            Row(hex: "82 7f 80 00 00 00 00 00 00 00", violation: .length),
            Row(hex: "80", violation: .nothingToContinue),
            Row(hex: "00", violation: .nothingToContinue),
            Row(hex: "82 00 80", violation: .nothingToContinue),
            Row(hex: "02 00 82", violation: .unfinishedMessage),
            Row(hex: "01 00 80 00 80", violation: .nothingToContinue),
            Row(hex: "02 00 01", violation: .unfinishedMessage),
            Row(hex: "88 01 03", violation: .closeCode),
            Row(hex: "88 02 03 e7", violation: .closeCode),
            Row(hex: "88 02 03 ec", violation: .closeCode),
            Row(hex: "88 02 03 ed", violation: .closeCode),
            Row(hex: "88 02 03 ee", violation: .closeCode),
            Row(hex: "88 02 03 f7", violation: .closeCode),
            Row(hex: "88 02 0b b7", violation: .closeCode),
            Row(hex: "88 02 13 88", violation: .closeCode),
            Row(hex: "88 03 03 e8 ff", violation: .text),
            Row(hex: "88 03 03 e8 c3", violation: .text),
            Row(hex: "81 01 ff", violation: .text),
            Row(hex: "81 01 c3", violation: .text),
            Row(hex: "01 01 c3 80 01 41", violation: .text),
            Row(hex: "81 02 c0 80", violation: .text),
            Row(hex: "81 03 ed a0 80", violation: .text),
            Row(hex: "81 03 e0 9f bf", violation: .text),
            Row(hex: "81 04 f0 8f bf bf", violation: .text),
            Row(hex: "81 04 f4 90 80 80", violation: .text),
            Row(hex: "82 7e 3f f7", violation: .tooLong),
            Row(hex: "82 7f 7f ff ff ff ff ff ff ff", violation: .tooLong),
            Row(hex: "02 01 41 80 7e 3f f6", violation: .tooLong),
        ]

    /// The header alone is enough, however the bytes come; the code is that of the standard.
    @Test(arguments: rows) func isCutOff(row: Row) {
        var atOnce = WebSocketReader(row.by)
        atOnce.receive(wireBytes(row.hex)[...])
        #expect(atOnce.violation == row.violation)
        var byteByByte = WebSocketReader(row.by)
        for byte in wireBytes(row.hex) { byteByByte.receive([byte][...]) }
        #expect(byteByByte.violation == row.violation)
        #expect(byteByByte.frames == atOnce.frames)
        let codes: [WebSocketViolation: UInt16] = [.text: 1007, .tooLong: 1009]
        #expect(row.violation.closeCode == codes[row.violation] ?? 1002)
    }

    @Test func everyViolationHasARow() {
        #expect(Set(Self.rows.map(\.violation)) == Set(WebSocketViolation.allCases))
    }

    /// Opcode 3 is closed with 1002.
    @Test func anUnknownOpcodeIsClosedWith1002() throws {
        var reader = WebSocketReader(.server)
        reader.receive(wireBytes("83 80 00 00 00 00")[...])
        let violation = try #require(reader.violation)
        let close = withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { buffer in
            let count = WebSocketEncoder.close(violation.closeCode, mask: nil, into: buffer)
            return Array(buffer[..<count])
        }
        #expect(close == wireBytes("88 02 03 ea"))
    }

    /// One byte less, or another neighbour, is right: the pairs of what is refused above.
    @Test(arguments: [
        "89 7d" + String(repeating: "00", count: 125), "82 7e 00 7e" + String(repeating: "00", count: 126),
        "82 7e 3f f6" + String(repeating: "00", count: 16_374),
        "02 01 41 80 7e 3f f5" + String(repeating: "00", count: 16_373),
        "88 00", "88 02 03 e8", "88 02 03 eb", "88 02 03 ef", "88 02 03 f6", "88 02 0b b8", "88 02 13 87",
        "81 02 c2 80", "81 03 ed 9f bf", "81 03 e0 a0 80", "81 04 f0 90 80 80", "81 04 f4 8f bf bf", "81 03 ef bb bf",
        "01 01 c3 89 00 80 01 bc", "88 04 03 e8 c3 bc",
    ])
    func isLetThrough(hex: String) {
        var reader = WebSocketReader(.client)
        reader.receive(wireBytes(hex)[...])
        #expect(reader.violation == nil)
        #expect(reader.partial.isEmpty)
        #expect(!reader.frames.isEmpty)
    }

    // MARK: Streams

    private static let sent: [ReadFrame] = [
        ReadFrame(.text, true, .text, Array("grüß dich".utf8)),
        ReadFrame(.binary, false, .binary, Array(repeating: 7, count: 130)),
        ReadFrame(.ping, true, .ping, [1, 2, 3]),
        ReadFrame(.continuation, false, .binary, []),
        ReadFrame(.pong, true, .pong, []),
        ReadFrame(.continuation, true, .binary, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ReadFrame(.text, false, .text, [0xF0, 0x9F]),
        ReadFrame(.continuation, true, .text, [0x98, 0x80]),
        ReadFrame(.close, true, .close, [0x03, 0xE8]),
    ]

    private static func stream(mask: UInt32?) -> [UInt8] {
        sent.flatMap { webSocketBytes($0.opcode, isFinal: $0.isFinal, $0.payload, mask: mask) }
    }

    @Test(arguments: [nil, 0, WebSocketTests.key, .max]) func everySplitInTwo(mask: UInt32?) {
        let stream = Self.stream(mask: mask)
        for split in 0...stream.count {
            var reader = WebSocketReader(mask == nil ? .client : .server)
            reader.receive(stream[..<split])
            reader.receive(stream[split...])
            #expect(reader.frames == Self.sent, "split at \(split)")
            #expect(reader.partial.isEmpty && reader.violation == nil)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 31]) func piecesOfOneSize(bytes: Int) {
        let stream = Self.stream(mask: WebSocketTests.key)
        var reader = WebSocketReader(.server)
        for start in stride(from: 0, to: stream.count, by: bytes) {
            reader.receive(stream[start..<min(start + bytes, stream.count)])
        }
        #expect(reader.frames == Self.sent)
        #expect(reader.partial.isEmpty && reader.violation == nil)
    }
}
