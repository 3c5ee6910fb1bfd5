import Foundation
import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastReport

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("Page and JUnit")
struct PageTests {
    @Test("The page needs nothing but itself")
    func selfContained() {
        for sample in SampleRuns.all {
            let page = ReportPage.html(sample.result, series: sample.series)
            for reference in [
                "http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "<link", "<iframe",
            ] {
                #expect(!page.contains(reference), "\(sample.result.plan.name): \(reference)")
            }
        }
    }

    @Test("Names cannot become markup")
    func escaping() {
        let page = ReportPage.html(SampleRuns.wide.result, series: SampleRuns.wide.series)
        #expect(page.contains("wide &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
        #expect(page.contains("gateway 3 &lt;b&gt;did not answer&lt;/b&gt; &amp; stayed silent"))
        #expect(Markup.escape("\u{0}a\u{1B}\u{FFFE}\t\"") == "\u{FFFD}a\u{FFFD}\u{FFFD}\t&quot;")
    }

    @Test("Every chart is well formed, has a name, an axis with a unit, and marks every event")
    func charts() throws {
        let sample = SampleRuns.quickstart
        let charts = RunCharts(result: sample.result, series: sample.series)
        for chart in [charts.connections, charts.imbalance, charts.waiting] {
            let elements = try #require(XMLElements(chart))
            #expect(elements.names.first == "svg")
            #expect(elements.names.contains("desc"))
            #expect(chart.contains("(s)"))
        }
        #expect(charts.connections.components(separatedBy: "class=\"flag\"").count == 3)
        #expect(charts.connections.contains(">0 drop 20% of all sessions, back after 3 s<"))
        #expect(charts.connections.contains("class=\"band\""))
        #expect(charts.connections.contains(">gateway 3: 663<"))
        #expect(charts.connections.contains("class=\"line s1 out\""))
    }

    @Test("Of many gateways two lines stand out")
    func manyGateways() {
        let sample = SampleRuns.wide
        let chart = RunCharts(result: sample.result, series: sample.series).connections
        #expect(chart.components(separatedBy: "line context").count == 23)
        #expect(chart.contains(">gateway 3: 0<"))
    }

    @Test("A run without a complete second has a page that says so")
    func noCuts() {
        let page = ReportPage.html(SampleRuns.empty.result, series: SampleRuns.empty.series)
        #expect(page.contains("No second of this run was reported by every worker."))
        #expect(!page.contains("<svg"))
    }

    @Test("Times and messages stand in the page where they were measured, and only there")
    func timesAndMessages() {
        var result = SampleRuns.quickstart.result
        var histogram = Histogram()
        for _ in 0..<3 { histogram.record(14) }
        result.detection.byCause = ["freeze": LatencySummary(histogram), "kill": LatencySummary(Histogram())]
        result.detection.byMechanism = ["heartbeat": LatencySummary(histogram)]
        result.outageSeconds = LatencySummary(histogram)
        let times = ResultTables(result: result).times().rows
        #expect(times.map(\.first?.text) == ["detection of freeze", "detection by heartbeat", "outage"])
        #expect(times[0].dropFirst().map(\.text) == ["3", "14 s", "14 s", "14 s", "14 s", "14 s"])
        #expect(ReportPage.html(result, series: SampleRuns.quickstart.series).contains("detection of freeze"))

        #expect(ResultTables(result: result).workload().rows == [])
        result.messages.delivered = 0
        result.messages.lost = 1_234
        let messages = ResultTables(result: result).workload().rows.map { $0.prefix(2).map(\.text) }
        #expect(messages == [["messages delivered", "0"], ["messages lost", "1,234"]])
        let page = ReportPage.html(result, series: SampleRuns.quickstart.series)
        #expect(page.contains("Messages and requests"))
        #expect(!page.contains("requests sent"))
    }

    @Test("JUnit is what was recorded")
    func recorded() throws {
        try Snapshot.expect(JUnitReport.xml(SampleRuns.failed.result), is: "junit-fail.xml")
        try Snapshot.expect(JUnitReport.xml(SampleRuns.invalid.result), is: "junit-invalid.xml")
    }

    @Test("JUnit counts what it holds: failures fail, what cannot be judged is an error")
    func junitCounts() throws {
        for sample in SampleRuns.all {
            let elements = try #require(XMLElements(JUnitReport.xml(sample.result)))
            let suite = try #require(elements.attributes["testsuite"])
            #expect(suite["failures"] == "\(elements.names.count { $0 == "failure" })")
            #expect(suite["errors"] == "\(elements.names.count { $0 == "error" })")
            #expect(suite["tests"] == "\(elements.names.count { $0 == "testcase" })")
            let isGreen = suite["failures"] == "0" && suite["errors"] == "0"
            #expect(isGreen == (sample.result.verdict == .pass))
        }
    }

    @Test("A run that is not green without any expectation is red all the same")
    func junitWithoutExpectations() throws {
        var result = SampleRuns.empty.result
        result.expectations = []
        let elements = try #require(XMLElements(JUnitReport.xml(result)))
        #expect(elements.names.count { $0 == "error" } == 1)
    }
}

@Suite("Charts")
struct ChartTests {
    @Test(
        "Ticks are round numbers that cover the range",
        arguments: [
            (0...669, true, [0, 200, 400, 600, 800]), (0...1_089, true, [0, 250, 500, 750, 1_000, 1_250]),
            (0...1, true, [0, 1]), (0...3, true, [0, 1, 2, 3]), (1...1.2, false, [1, 1.05, 1.1, 1.15, 1.2]),
            (1...1.34, false, [1, 1.1, 1.2, 1.3, 1.4]),
        ] as [(ClosedRange<Double>, Bool, [Double])]
    )
    func ticks(_ range: ClosedRange<Double>, _ isWhole: Bool, _ expected: [Double]) {
        let ticks = Ticks.covering(range, count: 5, isWhole: isWhole)
        #expect(ticks.count == expected.count)
        #expect(zip(ticks, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test("Ticks within a range stay within it")
    func ticksWithin() {
        #expect(Ticks.within(0...20, count: 8) == [0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20])
        #expect(Ticks.within(0...3_600, count: 8) == [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500])
    }

    @Test(
        "Labels keep their distance, their order and the range",
        arguments: [
            ([10, 50, 90], [10, 50, 90]), ([50, 50, 50], [50, 65, 80]), ([99, 98, 97], [100, 85, 70]),
            ([0, 1], [0, 15]),
        ] as [([Double], [Double])]
    )
    func labels(_ wanted: [Double], _ placed: [Double]) {
        #expect(LabelPlacement.spread(wanted, distance: 15, in: 0...100) == placed)
    }

    @Test("A long series is thinned without losing its extremes or its ends")
    func thinning() throws {
        var samples = (0..<10_000).map { ChartSeries.Sample(second: Double($0), value: 5) }
        samples[4_321].value = 99
        samples[7_777].value = 1
        let thin = Thinning.thin(samples, limit: 600)
        #expect(thin.count <= 600)
        #expect(thin.contains(samples[4_321]) && thin.contains(samples[7_777]))
        #expect(thin.first == samples.first && thin.last == samples.last)
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.second < $1.second })
        #expect(Thinning.thin(Array(samples.prefix(600)), limit: 600).count == 600)
    }

    @Test("Seconds that are missing leave a gap; time out of service is a stretch of its own that joins")
    func stretches() {
        let samples = [0, 1, 2, 5, 6, 7].map { second in
            ChartSeries.Sample(second: second, value: second, isServing: second != 6)
        }
        let stretches = ChartSeries(label: nil, style: "s0", samples: samples).stretches
        #expect(stretches.map { $0.samples.map(\.second) } == [[0, 1, 2], [5], [5, 6], [6, 7]])
        #expect(stretches.map(\.isServing) == [true, true, false, true])
    }
}

/// The elements of an XML text in order; nil if it is not well formed.
private final class XMLElements: NSObject, XMLParserDelegate {
    private(set) var names: [String] = []
    /// Of the last element of each name.
    private(set) var attributes: [String: [String: String]] = [:]

    init?(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes attributeDict: [String: String]
    ) {
        names.append(elementName)
        attributes[elementName] = attributeDict
    }
}
