import HoldfastCore
import Testing

@testable import HoldfastReactor

/// A session pays for its slot whether or not anything happens: 24 bytes, and nothing on the heap.
@Suite struct LayoutTests {
    @Test func aSlotIs24Bytes() {
        #expect(MemoryLayout<TimerWheel.Link>.stride == 8)
        #expect(MemoryLayout<Int64>.stride == 8)
        #expect(MemoryLayout<Reactor.Attachment>.stride == 8)
    }

    @Test func aTokenIsTheKernelsWord() {
        #expect(MemoryLayout<Token>.size == 8)
        let token = Token(slot: 0x1234_5678, generation: 0xFFFF_FFFE)
        #expect(token.slot == 0x1234_5678)
        #expect(token.generation == 0xFFFF_FFFE)
        #expect(token != Token(slot: 0x1234_5678, generation: 0xFFFF_FFFF))
    }

    @Test func outcomesTravelInRegisters() {
        #expect(MemoryLayout<ReadOutcome>.size <= 16)
        #expect(MemoryLayout<WriteOutcome>.size <= 16)
        #expect(MemoryLayout<AcceptOutcome>.size <= 16)
        #expect(MemoryLayout<Endpoint>.size <= 8)
    }
}
