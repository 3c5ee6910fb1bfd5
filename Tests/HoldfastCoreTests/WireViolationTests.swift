import HoldfastCore
import Testing

/// What is not the protocol is refused by name, as early as can be known, and never read past.
@Suite struct WireViolationTests {
    @Test(
        arguments: [
            ("00040000 00000000", .unknownType),
            ("00040900 00000000", .unknownType),
            ("0004ff00 00000000", .unknownType),
            ("00040301 00000000", .flags),
            ("00040380 00000000", .flags),
            ("40010300 00000000", .tooLong),
            ("ffff0300", .tooLong),
            // A web browser: no text can be a header, since letters announce more than 16,384 bytes.
            ("47455420 2f204854 54502f31 2e310d0a", .tooLong),
            // A TLS client hello.
            ("16030100 c8010000", .wrongLength),
            ("00000300", .wrongLength),
            ("00030300", .wrongLength),
            ("001f0100", .wrongLength),
            ("00210100", .wrongLength),
            ("000f0200", .wrongLength),
            ("00110200", .wrongLength),
            ("00070400", .wrongLength),
            ("00090400", .wrongLength),
            ("000f0500", .wrongLength),
            ("00000600", .wrongLength),
            ("00020600", .wrongLength),
            ("000b0700", .wrongLength),
            ("000d0700", .wrongLength),
            ("00000800", .wrongLength),
            ("00020800", .wrongLength),
            ("00010600 00", .unknownCode),
            ("00010600 05", .unknownCode),
            ("00010800 00", .unknownCode),
            ("00010800 04", .unknownCode),
            ("000c0700 05000000 00000000 00000000", .unknownCode),
            ("000c0700 00000001 00000000 00000000", .reserved),
            ("00100500 04000000 00000000 0000000000000000", .unknownCode),
            ("00100500 00010000 00000000 0000000000000000", .reserved),
            ("00100200 00000000 00000000 00000000 00000001", .reserved),
            ("00200100 48465355 01 00 0000 00000000 00000000 00000000 00000000 0000000000000000", .magic),
            ("00200100 48465354 02 00 0000 00000000 00000000 00000000 00000000 0000000000000000", .version),
            ("00200100 48465354 01 01 0000 00000000 00000000 00000000 00000000 0000000000000000", .reserved),
        ] as [(String, WireViolation)]
    )
    func refused(hex: String, violation: WireViolation) {
        #expect(wireDecoded(wireBytes(hex)) == .violation(violation))
    }

    /// The header alone is enough: no waiting for a body that cannot be right.
    @Test func aWrongHeaderNeedsNoBody() {
        #expect(wireDecoded(wireBytes("40010300")) == .violation(.tooLong))
        #expect(wireDecoded(wireBytes("00040900")) == .violation(.unknownType))
        #expect(wireDecoded(wireBytes("000403")) == .incomplete)
        #expect(wireDecoded([]) == .incomplete)
    }

    @Test func lengthsAtTheLimit() {
        let body = [UInt8](repeating: 0, count: 16_385)
        #expect(wireDecoded(wireBytes("40000300") + body[..<16_384]) == .frame(.ping(sequence: 0), consumed: 16_388))
        #expect(wireDecoded(wireBytes("40000300") + body[..<16_383]) == .incomplete)
        #expect(wireDecoded(wireBytes("40010300") + body) == .violation(.tooLong))
        let longest = wireEncoded(.data(kind: .push, message: 1), payloadBytes: WireFormat.dataPayloadLimit)
        #expect(longest.count == 16_388)
        #expect(wireDecoded(longest) == .frame(.data(kind: .push, message: 1), consumed: 16_388))
    }

    /// Whatever one byte is turned into: refused, still waiting, or another frame of the same length.
    @Test func everySingleByteCorruption() {
        for original in [wireEncoded(WireGoldenTests.hello)] + WireGoldenTests.goldens.map({ wireEncoded($0.0) }) {
            for position in original.indices {
                for value in UInt8.min...UInt8.max where value != original[position] {
                    var bytes = original
                    bytes[position] = value
                    checkHarmless(bytes, position)
                }
            }
        }
    }

    private func checkHarmless(_ bytes: [UInt8], _ position: Int) {
        switch wireDecoded(bytes) {
        case .violation:
            break
        case .incomplete:
            // Only a longer length waits for more.
            #expect(position < 2)
        case .hello(let hello, let consumed):
            #expect(consumed == bytes.count)
            #expect(wireEncoded(hello) == bytes)
        case .frame(let frame, let consumed):
            #expect(consumed <= bytes.count)
            checkNothingIsLost(frame, Array(bytes[..<consumed]))
        }
    }

    /// What was accepted is said by the frame: written again, it is the same bytes, the payload aside, which is opaque.
    private func checkNothingIsLost(_ frame: Frame, _ bytes: [UInt8]) {
        switch frame {
        case .ping:
            #expect(wireEncoded(frame, payloadBytes: bytes.count - 8).count == bytes.count)
            #expect(wireEncoded(frame)[4..<8] == bytes[4..<8])
        case .data:
            #expect(wireEncoded(frame, payloadBytes: bytes.count - 20).count == bytes.count)
            #expect(wireEncoded(frame)[4..<12] == bytes[4..<12])
        default:
            #expect(wireEncoded(frame) == bytes)
        }
    }

    /// Every prefix of every frame is incomplete: nothing is decided on bytes that are not there.
    @Test func everyPrefixIsIncomplete() {
        for original in [wireEncoded(WireGoldenTests.hello)] + WireGoldenTests.goldens.map({ wireEncoded($0.0) }) {
            for count in 0..<original.count {
                #expect(wireDecoded(original[..<count]) == .incomplete)
            }
        }
    }

    @Test func noiseNeverCrashes() {
        let stream = Seed(5).stream(.workload, actor: 0)
        for trial in 0..<UInt64(20_000) {
            var bytes = (0..<40).map { UInt8(truncatingIfNeeded: stream.draw(trial << 8 | $0)) }
            // Half of the noise gets a plausible header, or nothing would pass it.
            if trial % 2 == 0 {
                bytes[0] = 0
                bytes[1] %= 40
                bytes[2] %= 10
                bytes[3] = 0
            }
            switch wireDecoded(bytes) {
            case .frame(_, let consumed), .hello(_, let consumed): #expect((5...40).contains(consumed))
            case .incomplete, .violation: break
            }
        }
    }
}
