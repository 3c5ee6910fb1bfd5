import HoldfastCore
import Testing

/// A stream arrives in any pieces and gives the same frames.
@Suite struct WireStreamTests {
    /// Every frame once, some with payload.
    static let stream: [UInt8] =
        wireEncoded(WireGoldenTests.hello) + WireGoldenTests.goldens.flatMap { wireEncoded($0.0) }
        + wireEncoded(.ping(sequence: 77), payloadBytes: 50)
        + wireEncoded(.data(kind: .ack, message: 78), payloadBytes: 20, intendedNanoseconds: 79)

    static let frames: [Frame] =
        WireGoldenTests.goldens.map(\.0) + [.ping(sequence: 77), .data(kind: .ack, message: 78)]

    @Test func theWholeStreamAtOnce() {
        var receiver = Receiver()
        receiver.receive(Self.stream[...])
        #expect(receiver.hellos == [WireGoldenTests.hello])
        #expect(receiver.frames == Self.frames)
        #expect(receiver.partial.isEmpty)
    }

    @Test func everySplitInTwo() {
        for split in 1..<Self.stream.count {
            var receiver = Receiver()
            receiver.receive(Self.stream[..<split])
            receiver.receive(Self.stream[split...])
            #expect(receiver.hellos == [WireGoldenTests.hello], "split at \(split)")
            #expect(receiver.frames == Self.frames, "split at \(split)")
            #expect(receiver.partial.isEmpty)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 31])
    func piecesOfOneSize(bytes: Int) {
        var receiver = Receiver()
        for start in stride(from: 0, to: Self.stream.count, by: bytes) {
            receiver.receive(Self.stream[start..<min(start + bytes, Self.stream.count)])
        }
        #expect(receiver.hellos == [WireGoldenTests.hello])
        #expect(receiver.frames == Self.frames)
        #expect(receiver.partial.isEmpty)
    }

    @Test func aPartialFrameIsKeptAndGivenBack() {
        var receiver = Receiver()
        receiver.receive(wireEncoded(.ping(sequence: 1))[..<5])
        #expect(receiver.partial.count == 5)
        #expect(receiver.frames.isEmpty)
        receiver.receive(wireEncoded(.ping(sequence: 1))[5...])
        #expect(receiver.partial.isEmpty)
        #expect(receiver.frames == [.ping(sequence: 1)])
    }

    @Test func theLongestPartialFrame() {
        let longest = wireEncoded(.ping(sequence: 6), payloadBytes: WireFormat.pingPayloadLimit)
        #expect(longest.count == WireFormat.frameLimit)
        var receiver = Receiver()
        receiver.receive(longest[..<PartialFrame.limit])
        #expect(receiver.partial.count == PartialFrame.limit)
        receiver.receive(longest[PartialFrame.limit...])
        #expect(receiver.frames == [.ping(sequence: 6)])
    }
}

/// One shared buffer and one kept rest, as a driver has them.
private struct Receiver {
    var partial = PartialFrame()
    var frames: [Frame] = []
    var hellos: [Hello] = []
    var violation: WireViolation?

    mutating func receive(_ piece: ArraySlice<UInt8>) {
        var partial = partial
        // A driver's buffer is shared by all connections: between two reads it holds other bytes.
        var buffer = [UInt8](repeating: 0xEE, count: 32_768)
        buffer.withUnsafeMutableBytes { buffer in
            let kept = partial.restore(into: buffer)
            UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]).copyBytes(from: piece)
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + piece.count)])
            while let consumed = handle(FrameDecoder.decode(rest)) {
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            }
            if rest.count > 0 { partial.keep(rest) }
        }
        self.partial = partial
    }

    private mutating func handle(_ decoded: FrameDecoder.Decoded) -> Int? {
        switch decoded {
        case .frame(let frame, let consumed):
            frames.append(frame)
            return consumed
        case .hello(let hello, let consumed):
            hellos.append(hello)
            return consumed
        case .violation(let found):
            violation = found
            return nil
        case .incomplete:
            return nil
        }
    }
}
