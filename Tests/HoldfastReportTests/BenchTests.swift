import Foundation
import HoldfastReport
import Testing

@Suite("Bench")
struct BenchTests {
    private func figure(_ unit: String, _ holdfast: [Double], _ bare: [Double]) -> BenchReport.Figure {
        BenchReport.Figure(
            name: "x",
            title: "thing",
            unit: unit,
            holdfast: holdfast,
            peerSamples: bare,
            command: "holdfast bench"
        )
    }

    /// The ratio is that of pairs: a moment in which everything took ten times as long changes neither.
    @Test(
        "More is better in every unit, and a ratio is the middle of the pairs' own",
        arguments: [
            ("seconds", [2.0, 20, 2], [1.0, 10, 1], 0.5), ("bytes", [100, 100], [100, 300], 2),
            ("perSecond", [50.0, 5, 60], [100, 10, 100], 0.5),
        ]
    )
    func ratios(unit: String, holdfast: [Double], bare: [Double], ratio: Double) {
        #expect(figure(unit, holdfast, bare).ratio == ratio)
    }

    @Test("Without a pair there is no ratio")
    func alone() {
        #expect(figure("seconds", [1, 2], []).ratio == nil)
        #expect(figure("seconds", [1, 2], [1]).ratio == nil)
        #expect(figure("seconds", [], []).median == nil)
        #expect(figure("seconds", [4, 1, 3, 2], []).median == 2.5)
    }

    @Test("JSON has the samples and what follows from them, and reads back")
    func json() throws {
        let report = BenchReport(figures: [figure("seconds", [2, 4], [1, 2])])
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(BenchReport.self, from: data) == report)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"ratio\":0.5") && text.contains("\"median\":3"))
    }

    @Test("The table has a line a figure and each command once")
    func table() {
        var small = figure("seconds", [3e-9], [])
        small.title = "small"
        let report = BenchReport(figures: [figure("seconds", [2e-6], [1e-6]), small, figure("perSecond", [1234], [])])
        let text = BenchTable.text(report, isColoured: false, columns: 100)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("thing 2 us 1 us 0.50 1"))
        #expect(lines.contains("small 3 ns - - 1"))
        #expect(lines.contains("thing 1,234/s - - 1"))
        #expect(lines.count { $0 == "holdfast bench" } == 1)
    }

    @Test("Whom it is compared with has a table of his own")
    func peers() {
        var other = figure("bytesPerSecond", [3_145_728], [2_097_152])
        other.peer = "HAProxy"
        let report = BenchReport(figures: [figure("seconds", [2e-6], [1e-6]), other])
        let text = BenchTable.text(report, isColoured: false, columns: 100)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("holdfast bare C ratio samples") && lines.contains("holdfast HAProxy ratio samples"))
        #expect(lines.contains("thing 3 MiB/s 2 MiB/s 1.50 1"), "\(text)")
    }
}
