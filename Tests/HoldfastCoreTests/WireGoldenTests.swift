import HoldfastCore
import Testing

/// The bytes of every frame, written out: what other implementations of the protocol must send and accept.
@Suite struct WireGoldenTests {
    static let hello = Hello(
        group: 0x0102,
        session: 0x0304_0506,
        ordinal: 7,
        account: 0x0809_0A0B,
        intervalMilliseconds: 30_000,
        run: 0x1112_1314_1516_1718
    )

    static let goldens: [(Frame, String)] = [
        (
            .welcome(gateway: 3, incarnation: 2, intervalMilliseconds: 30_000),
            "00100200 00000003 00000002 00007530 00000000"
        ),
        (.ping(sequence: 0x0102_0304), "00040300 01020304"),
        (.pong(sequence: 0x0102_0304, intervalMilliseconds: 20_000), "00080400 01020304 00004e20"),
        (.data(kind: .push, message: 9), "00100500 00000000 00000009 0000000000000000"),
        (.data(kind: .response, message: .max), "00100500 03000000 ffffffff 0000000000000000"),
        (.kick(.duplicate), "00010600 01"),
        (.kick(.tooFrequent), "00010600 04"),
        (.goaway(.drain, target: noGateway, delayMilliseconds: 0), "000c0700 00000000 ffffffff 00000000"),
        (.goaway(.shed, target: 5, delayMilliseconds: 1500), "000c0700 04000000 00000005 000005dc"),
        (.bye(.teardown), "00010800 01"),
        (.bye(.protocolViolation), "00010800 03"),
    ]

    @Test(arguments: goldens)
    func everyFrameHasItsBytes(frame: Frame, hex: String) {
        let bytes = wireBytes(hex)
        #expect(wireEncoded(frame) == bytes)
        #expect(wireDecoded(bytes) == .frame(frame, consumed: bytes.count))
    }

    @Test func theLoginHasItsBytes() {
        let bytes = wireBytes(
            "00200100 48465354 01 00 0102 03040506 00000007 08090a0b 00007530 1112131415161718"
        )
        #expect(wireEncoded(Self.hello) == bytes)
        #expect(bytes.count == WireFormat.helloBytes)
        #expect(wireDecoded(bytes) == .hello(Self.hello, consumed: 36))
    }

    @Test func aPingCarriesZeroBytes() {
        let bytes = wireEncoded(.ping(sequence: 1), payloadBytes: 3)
        #expect(bytes == wireBytes("00070300 00000001 000000"))
        #expect(wireDecoded(bytes) == .frame(.ping(sequence: 1), consumed: 11))
    }

    @Test func dataCarriesItsIntendedTimeAndPayload() {
        let frame = Frame.data(kind: .request, message: 5)
        let bytes = wireEncoded(frame, payloadBytes: 2, intendedNanoseconds: 0x0102_0304_0506_0708)
        #expect(bytes == wireBytes("00120500 02000000 00000005 0102030405060708 0000"))
        #expect(wireDecoded(bytes) == .frame(frame, consumed: 22))
        #expect(bytes.withUnsafeBytes(FrameDecoder.intendedNanoseconds) == 0x0102_0304_0506_0708)
    }

    @Test func everyReasonAndKindIsInTheTable() {
        #expect(KickReason.allCases.map(\.rawValue) == [1, 2, 3, 4])
        #expect(GoawayReason.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
        #expect(ByeReason.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(DataKind.allCases.map(\.rawValue) == [0, 1, 2, 3])
    }

    /// Events carry frames by value: 13 bytes leave room for a tag within 16.
    @Test func aFrameIsSmallAndTrivial() {
        #expect(MemoryLayout<Frame>.size <= 13)
        #expect(MemoryLayout<Frame>.stride <= 16)
        #expect(_isPOD(Frame.self))
        #expect(_isPOD(Hello.self))
        #expect(_isPOD(FrameDecoder.Decoded.self))
        #expect(MemoryLayout<PartialFrame>.size == MemoryLayout<Int>.size)
    }
}

/// The bytes that `hex` spells; spaces are for the reader.
func wireBytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// `frame` as bytes, written into memory full of ones, so that a byte left out shows.
func wireEncoded(_ frame: Frame, payloadBytes: Int = 0, intendedNanoseconds: UInt64 = 0) -> [UInt8] {
    var buffer = [UInt8](repeating: 0xFF, count: WireFormat.frameLimit)
    let count = buffer.withUnsafeMutableBytes {
        FrameEncoder.encode(frame, payloadBytes: payloadBytes, intendedNanoseconds: intendedNanoseconds, into: $0)
    }
    return Array(buffer[..<count])
}

/// `hello` as bytes, written into memory full of ones.
func wireEncoded(_ hello: Hello) -> [UInt8] {
    var buffer = [UInt8](repeating: 0xFF, count: WireFormat.helloBytes)
    let count = buffer.withUnsafeMutableBytes { FrameEncoder.encode(hello, into: $0) }
    return Array(buffer[..<count])
}

/// What stands at the front of `bytes`.
func wireDecoded(_ bytes: some Sequence<UInt8>) -> FrameDecoder.Decoded {
    Array(bytes).withUnsafeBytes { FrameDecoder.decode($0) }
}
