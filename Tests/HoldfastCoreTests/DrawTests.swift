import HoldfastCore
import Testing

/// The vectors are part of the meaning of every seed: they never change.
@Suite struct DrawTests {
    @Test func mixOfTheGoldenGamma() {
        #expect(hex16(mix64(0x9E37_79B9_7F4A_7C15)) == "e220a8397b1dcdaf")
    }

    @Test func drawsOfSeed42() {
        let seed = Seed(42)
        #expect(hex16(seed.draw(.lifetime, actor: 0, 0)) == "097b4e590129deff")
        #expect(hex16(seed.draw(.lifetime, actor: 0, 1)) == "1e8814ed58a19c6a")
    }

    @Test func permutationOf72() {
        let image = (0..<72).map { Seed(42).permute(.select, salt: 0, count: 72, $0) }
        #expect(image.prefix(3) == [68, 33, 46])
        #expect(image.sorted() == Array(0..<72))
    }

    @Test(arguments: [UInt32(1), 2, 3, 4, 5, 16, 17, 255, 256, 257, 1000])
    func everyPermutationIsABijection(count: UInt32) {
        let image = (0..<count).map { Seed(7).permute(.group, salt: 3, count: count, $0) }
        #expect(Set(image).count == Int(count))
        #expect(image.allSatisfy { $0 < count })
    }

    @Test func purposesKeepTheirNumbers() {
        #expect(Purpose.allCases.map(\.rawValue) == Array(1...15))
    }

    @Test func actorsOfProcessesNeverMeetSessions() {
        #expect(actor(.balancer, 3) == 0x8100_0003)
        #expect(actor(.gateway, 0) > 0x7FFF_FFFF)
    }

    @Test func belowTakesTheHighWord() {
        #expect(below(10, 0) == 0)
        #expect(below(10, .max) == 9)
        #expect(below(4, 1 << 62) == 1)
    }

    @Test func unitDoublesStayBelowOne() {
        #expect(unitDouble(0) == 0)
        #expect(unitDouble(.max) < 1)
    }
}
