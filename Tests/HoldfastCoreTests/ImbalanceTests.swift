import HoldfastCore
import Testing

/// Oracles: the classic example and the closed forms of connections that follow from balancing rules.
@Suite struct ImbalanceTests {
    /// 500 + 500 behind round robin; 100 and 400 leave for good.
    @Test func fourHundredAndOneHundred() throws {
        let imbalance = Imbalance([400, 100])
        #expect(imbalance.maxOverMean == 1.6)
        #expect(imbalance.minOverMean == 0.4)
        #expect(imbalance.cv == 0.6)
        #expect(imbalance.jain == 25.0 / 34)
        #expect(imbalance.gini == 0.3)
        #expect(imbalance.hoover == 0.3)
        #expect(imbalance.dispersion == 180)
        // H = -(0.8 ln 0.8 + 0.2 ln 0.2) / ln 2 bits.
        #expect(near(try #require(imbalance.entropy), 0.721_928_094_887_362_3))
    }

    @Test func theOrderOfGatewaysDoesNotMatter() {
        #expect(Imbalance([100, 400]) == Imbalance([400, 100]))
        #expect(Imbalance([0, 27, 45]) == Imbalance([45, 27, 0]))
    }

    @Test(arguments: [2, 3, 7, 10, 250])
    func anEvenFleet(gateways: Int) throws {
        let imbalance = Imbalance(Array(repeating: 1000, count: gateways))
        #expect(imbalance.maxOverMean == 1)
        #expect(imbalance.minOverMean == 1)
        #expect(imbalance.cv == 0)
        #expect(imbalance.jain == 1)
        #expect(imbalance.gini == 0)
        #expect(imbalance.hoover == 0)
        #expect(imbalance.dispersion == 0)
        #expect(near(try #require(imbalance.entropy), 1))
    }

    /// k of n equal, the rest empty: Jain k/n, Gini and Hoover (n-k)/n, entropy ln k / ln n, CV √(n/k - 1).
    @Test(arguments: [(1, 2), (1, 10), (3, 4), (9, 10), (72, 100)])
    func someEqualTheRestEmpty(k: Int, n: Int) throws {
        let counts = (0..<n).map { UInt64($0 < k ? 720 : 0) }
        let imbalance = Imbalance(counts)
        let used = Double(k) / Double(n)
        #expect(near(try #require(imbalance.maxOverMean), 1 / used))
        #expect(imbalance.minOverMean == 0)
        #expect(near(try #require(imbalance.jain), used))
        #expect(near(try #require(imbalance.gini), 1 - used))
        #expect(near(try #require(imbalance.hoover), 1 - used))
        #expect(near(try #require(imbalance.cv), (1 / used - 1).squareRoot()))
        #expect(near(try #require(imbalance.entropy), ln(Double(k)) / ln(Double(n))))
    }

    /// The gateway restarted i-th of n ends with μ(q^n - q^i), q = n/(n-1): 45/27/0 for n = 3 and μ = 24.
    @Test func rollingRestartBehindRoundRobin() throws {
        let three = Imbalance([45, 27, 0])
        #expect(three.maxOverMean == 1.875)
        #expect(near(try #require(three.hoover), 24.0 / 72))
        let q = 10.0 / 9
        let powers = (0...10).map { exponent in (0..<exponent).reduce(1.0) { product, _ in product * q } }
        let ten = Imbalance((1...10).map { UInt64((1e9 * (powers[10] - powers[$0])).rounded()) })
        // As rounded in the literature of the formula: 1.757, 0.560, 0.761.
        #expect((try #require(ten.maxOverMean) - 1.757).magnitude < 0.0011)
        #expect((try #require(ten.cv) - 0.560).magnitude < 0.0006)
        #expect((try #require(ten.jain) - 0.761).magnitude < 0.0006)
    }

    @Test func jainFollowsFromTheCoefficientOfVariation() throws {
        let imbalance = Imbalance([3, 1, 4, 1, 5, 9, 2, 6])
        let cv = try #require(imbalance.cv)
        #expect(near(try #require(imbalance.jain), 1 / (1 + cv * cv)))
    }

    @Test func giniIsTheDoubleSum() throws {
        let counts: [UInt64] = [31, 41, 59, 26, 53, 58, 97, 0]
        var sum = 0.0
        for left in counts {
            for right in counts { sum += (Double(left) - Double(right)).magnitude }
        }
        let mean = Double(counts.reduce(0, +)) / 8
        #expect(near(try #require(Imbalance(counts).gini), sum / (2 * 64 * mean)))
    }

    /// Random placement itself: its dispersion averages 1, and its maximum stays near the bound.
    @Test func randomPlacementHasDispersionOne() throws {
        let trials = 200
        var dispersions = 0.0
        var maxima = 0.0
        for trial in 0..<trials {
            let stream = Seed(UInt64(trial)).stream(.balancerPick, actor: 0)
            var counts = [UInt64](repeating: 0, count: 10)
            for draw in 0..<UInt64(2000) { counts[Int(below(10, stream.draw(draw)))] += 1 }
            let imbalance = Imbalance(counts)
            dispersions += try #require(imbalance.dispersion)
            maxima += try #require(imbalance.maxOverMean)
        }
        // The dispersion's own deviation is √(2/(n-1)) a trial, 0.033 over 200.
        #expect((dispersions / Double(trials) - 1).magnitude < 0.1)
        let bound = try #require(Imbalance.randomPlacementMaxOverMean(connections: 2000, gateways: 10))
        #expect(near(bound, 1 + (2 * ln(10) / 200).squareRoot()))
        #expect(maxima / Double(trials) < bound)
        #expect(maxima / Double(trials) > 1 + (bound - 1) / 2)
    }

    @Test func oneGatewayHasNothingToCompare() {
        let imbalance = Imbalance([42])
        #expect(imbalance.maxOverMean == 1)
        #expect(imbalance.minOverMean == 1)
        #expect(imbalance.cv == 0)
        #expect(imbalance.jain == 1)
        #expect(imbalance.gini == 0)
        #expect(imbalance.hoover == 0)
        #expect(imbalance.dispersion == nil)
        #expect(imbalance.entropy == nil)
    }

    @Test(arguments: [[], [0], [0, 0, 0]] as [[UInt64]])
    func withoutConnectionsNothingIsDefined(counts: [UInt64]) {
        let imbalance = Imbalance(counts)
        let metrics = [
            imbalance.maxOverMean, imbalance.minOverMean, imbalance.cv, imbalance.jain, imbalance.gini,
            imbalance.hoover, imbalance.dispersion, imbalance.entropy,
        ]
        #expect(metrics.allSatisfy { $0 == nil })
    }

    @Test func theBoundOfRandomPlacementKnowsItsLimits() {
        #expect(Imbalance.randomPlacementMaxOverMean(connections: 0, gateways: 4) == nil)
        #expect(Imbalance.randomPlacementMaxOverMean(connections: 10, gateways: 0) == nil)
        #expect(Imbalance.randomPlacementMaxOverMean(connections: 10, gateways: 1) == 1)
        #expect(Imbalance.randomPlacementMaxOverMean(connections: 1, gateways: 4) == 4)
    }

    @Test func hugeCountsDoNotOverflow() throws {
        let imbalance = Imbalance([.max, .max, 0, 0])
        #expect(imbalance.maxOverMean == 2)
        #expect(near(try #require(imbalance.jain), 0.5))
    }

    private func near(_ value: Double, _ expected: Double) -> Bool { (value - expected).magnitude < 1e-12 }
}
