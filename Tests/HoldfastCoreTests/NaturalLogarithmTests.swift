import Foundation
import HoldfastCore
import Testing

/// `ln` decides lifetimes: its bits are part of the meaning of every seed, in debug and in release.
@Suite struct NaturalLogarithmTests {
    @Test func specialValues() {
        #expect(ln(1) == 0)
        #expect(ln(0) == -.infinity)
        #expect(ln(-0.0) == -.infinity)
        #expect(ln(.infinity) == .infinity)
        #expect(ln(-1).isNaN)
        #expect(ln(-.infinity).isNaN)
        #expect(ln(.nan).isNaN)
    }

    @Test(
        arguments: [
            (2, 0x3FE6_2E42_FEFA_39EF),
            (0.5, 0xBFE6_2E42_FEFA_39EF),
            (10, 0x4002_6BB1_BBB5_5516),
            (3, 0x3FF1_93EA_7AAD_030A),
            (0x1p-53, 0xC042_5E4F_7B27_37FA),
            (1000, 0x401B_A18A_998F_FFA0),
        ] as [(Double, UInt64)]
    )
    func theBitsNeverChange(x: Double, bits: UInt64) {
        #expect(hex16(ln(x).bitPattern) == hex16(bits), "ln \(x)")
    }

    /// fdlibm promises an error below 1 ulp, as does the C library: they differ by at most one.
    @Test func agreesWithTheCLibrary() {
        let stream = Seed(3).stream(.lifetime, actor: 0)
        for draw in 0..<UInt64(50_000) {
            let unit = unitDouble(stream.draw(draw))
            let wide = Double(bitPattern: stream.draw(draw) & 0x7FEF_FFFF_FFFF_FFFF)
            for x in [unit, 1 - unit, 1 + unit * 0x1p-20, 100 * unit, wide] where x > 0 {
                let expected = log(x)
                #expect((ln(x) - expected).magnitude <= expected.ulp, "ln \(x)")
            }
        }
    }

    @Test(arguments: [
        Double.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1.0.nextUp, 1.0.nextDown,
        2.0.squareRoot(), 2.0.squareRoot().nextUp, 2.0.squareRoot().nextDown,
    ])
    func theEdges(x: Double) {
        #expect((ln(x) - log(x)).magnitude <= log(x).ulp)
    }
}

@Suite struct ExponentialTests {
    /// The first lifetimes of session 0 under seed 42 with a mean of 10 s.
    @Test func theFirstLifetimesOfSeed42() {
        let stream = Seed(42).stream(.lifetime, actor: 0)
        let spans = (0..<UInt64(3)).map { exponential(mean: .seconds(10), stream.draw($0)).nanoseconds }
        #expect(spans == [377_410_693, 1_269_972_923, 18_328_835_877])
    }

    @Test func theMeanAndTheSpread() {
        let count = 100_000
        let stream = Seed(8).stream(.lifetime, actor: 5)
        var sum = 0.0
        var squares = 0.0
        for draw in 0..<UInt64(count) {
            let seconds = exponential(mean: .seconds(10), stream.draw(draw)).seconds
            sum += seconds
            squares += seconds * seconds
        }
        let mean = sum / Double(count)
        // Mean and deviation of an exponential are equal; their standard errors here are 0.03 and 0.045.
        #expect((mean - 10).magnitude < 0.15)
        #expect(((squares / Double(count) - mean * mean).squareRoot() - 10).magnitude < 0.25)
    }

    @Test func itIsBounded() {
        #expect(exponential(mean: .seconds(1), 0) == .zero)
        // -ln 2^-53: the longest of all draws is 36.7 means.
        #expect(exponential(mean: .seconds(1), .max).nanoseconds == 36_736_800_570)
    }
}
