import HoldfastReport
import HoldfastResult
import Testing

@Suite("Comparison")
struct ComparisonTests {
    // MARK: Differences

    @Test("Equal variants differ by nothing, whatever their trials came to")
    func equalVariants() throws {
        let difference = try #require(PairedDifference([1.5, 2, 7], minus: [1.5, 2, 7]))
        #expect(difference.mean == 0 && difference.low == 0 && difference.high == 0)
        #expect(!difference.isClear)
    }

    /// 1, 2 and 3 have the mean 2 and the deviation 1: 2 -+ 4.303 / sqrt(3) is wider than what resampling gives.
    @Test("Few trials: Student's interval")
    func fewTrials() throws {
        let difference = try #require(PairedDifference([2, 4, 6], minus: [1, 2, 3]))
        #expect(difference.mean == 2)
        #expect(abs(difference.low - (2 - 4.303 / 3.0.squareRoot())) < 1e-9)
        #expect(abs(difference.high - (2 + 4.303 / 3.0.squareRoot())) < 1e-9)
        #expect(!difference.isClear)
        #expect(try #require(PairedDifference([11, 12, 13], minus: [1, 2, 2])).isClear)
    }

    /// The bootstrap of 40 differences, a tenth of which are 10 and all others 0: the mean is 1, and the interval
    /// reaches further up than down.
    @Test("Many trials: a lopsided interval where the differences are lopsided")
    func lopsided() throws {
        let differences = (0..<40).map { $0 % 10 == 0 ? 10.0 : 0 }
        let difference = try #require(PairedDifference(differences, minus: Array(repeating: 0, count: 40)))
        #expect(difference.mean == 1)
        // Student: 1 -+ 2.0215 * sqrt(9.2308 / 40) = 1 -+ 0.971.
        #expect(abs(difference.low - 0.0289) < 0.002)
        #expect(difference.high >= 1.971 && difference.high <= 2.25)
        #expect(difference == PairedDifference(differences, minus: Array(repeating: 0, count: 40)))
    }

    @Test("One trial, or one without a value, tells nothing")
    func nothingToTell() {
        #expect(PairedDifference([1], minus: [2]) == nil)
        #expect(PairedDifference([1, nil, 3], minus: [1, 2, 3]) == nil)
        #expect(PairedDifference([1, 2, 3], minus: [1, 2]) == nil)
    }

    // MARK: Answers

    /// Runs whose only difference is their imbalance at the end, as given by trial.
    private func variant(_ name: String, _ ratios: [Double?]) -> Comparison.Variant {
        let runs = ratios.enumerated().map { trial, ratio in
            var result = SampleRuns.quickstart.result
            result.seed = UInt64(42 + trial)
            result.imbalance.atEnd.maxOverMean = ratio
            return ComparedRun(result, directory: "\(name)/\(trial)")
        }
        return Comparison.Variant(name: name, via: "embedded", algorithm: "random", runs: runs)
    }

    private func ratio(_ variants: [Comparison.Variant]) throws -> Comparison.Metric {
        let comparison = Comparison(plan: "p", mode: .live, seeds: [42, 43, 44], variants: variants)
        return try #require(comparison.metrics.first { $0.name == "imbalance.atEnd.maxOverMean" })
    }

    @Test("The best, those that cannot be told from it, and by how much it is better than the first")
    func verdict() throws {
        let metric = try ratio([
            variant("slb", [1.60, 1.62, 1.61]), variant("client", [1.05, 1.06, 1.04]),
            variant("two", [1.04, 1.06, 1.05]), variant("worse", [2, 2.1, 2.05]),
        ])
        #expect(metric.best == [1, 2])
        #expect(metric.differences[0] == nil)
        #expect(metric.differences[3].map(\.isClear) == true)
        #expect(
            metric.verdict.hasPrefix(
                "client is better: max/mean at end 1.050 against 1.610 of slb, 95 % CI of the difference -0.5"
            ),
            "\(metric.verdict)"
        )
        #expect(metric.verdict.hasSuffix("; two cannot be told from it"))
    }

    @Test("Where the first is the best it is told against the next")
    func firstIsBest() throws {
        let metric = try ratio([variant("slb", [1, 1, 1]), variant("a", [3, 3, 3]), variant("b", [2, 2, 2])])
        #expect(metric.best == [0])
        #expect(metric.verdict.contains("slb is better: max/mean at end 1.000 against 2.000 of b"))
    }

    @Test("Equal variants, and trials without a value, have no answer")
    func noAnswer() throws {
        let equal = try ratio([variant("a", [1.2, 1.3]), variant("b", [1.2, 1.3])])
        #expect(equal.margin == nil && equal.best == [0, 1])
        let none = try ratio([variant("a", [1.2, nil]), variant("b", [nil, 1.3])])
        #expect(none.margin == nil && none.best.isEmpty)
        #expect(none.means == [nil, nil])
    }

    // MARK: Files

    private var comparison: Comparison {
        Comparison(
            plan: "p",
            mode: .simulated,
            seeds: [42, 43],
            variants: [variant("slb", [1.6, 1.6]), variant("client", [1.1, 1.1])]
        )
    }

    @Test("The table names what is better, what differs, and the churn that was applied")
    func text() {
        let text = ComparisonText.text(comparison, isColoured: false, columns: 100)
        #expect(text.hasPrefix("p: 2 variants, 2 trials each, simulated\n"))
        #expect(text.contains("- client is better: max/mean at end 1.100 against 1.600 of slb"))
        #expect(text.contains("No variant can be told from another by: "))
        #expect(text.contains("Differences from slb"))
        #expect(text.contains("Churn applied"))
        #expect(text.contains("2 pass"))
    }

    @Test("A line for each run, as many fields in each")
    func csv() {
        let lines = ComparisonText.csv(comparison).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6 && lines[5].isEmpty)
        #expect(lines[0].hasPrefix("variant,trial,seed,verdict,injected,scheduled,imbalance.atEnd.maxOverMean,"))
        #expect(lines[1].hasPrefix("slb,0,42,pass,") && lines[4].hasPrefix("client,1,43,pass,"))
        let widths = Set(lines.prefix(5).map { $0.split(separator: ",", omittingEmptySubsequences: false).count })
        #expect(widths.count == 1)
    }

    @Test("The page has a curve for each variant on the same axes, and fetches nothing")
    func page() {
        let sample = SampleRuns.quickstart
        var curves = ComparisonCurves(variants: 2)
        for variant in 0..<2 { curves.note(sample.result, sample.series, variant: variant) }
        let html = ComparisonPage.html(comparison, curves: curves)
        #expect(html.contains("COMPARED"))
        #expect(html.components(of: "<svg") == 3)
        #expect(html.components(of: "class=\"line s1\"") == 3)
        #expect(!html.contains("http://") && !html.contains("https://"))
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
