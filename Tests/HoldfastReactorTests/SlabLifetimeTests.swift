import Testing

@testable import HoldfastReactor

@Suite struct SlabLifetimeTests {
    private final class Tally {
        var released = 0
    }

    private final class Witness {
        let tally: Tally
        init(_ tally: Tally) { self.tally = tally }
        deinit { tally.released += 1 }
    }

    /// What the slab alone holds must be gone with its slot, or with the slab.
    @Test func elementsAreReleased() {
        let tally = Tally()
        do {
            var slab = Slab<Witness>(capacity: 3)
            for _ in 0..<3 { _ = slab.insert(Witness(tally)) }
            slab.remove(1)
            #expect(tally.released == 1)
            _ = slab.insert(Witness(tally))
            #expect(tally.released == 1)
        }
        #expect(tally.released == 4)
    }
}
