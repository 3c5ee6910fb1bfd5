import Foundation
import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

@Suite("Series, progress and events")
struct SeriesTests {
    @Test("Only complete cuts are in the series")
    func series() {
        var run = FixtureRun(plan: makePlan(duration: .seconds(3)), workers: 2)
        run.report(.worker, 0) { $0.cuts = cuts(through: 3, [5, 5]) }
        run.report(.worker, 1) { $0.cuts = [cut(0, [1, 1]), cut(2, [3, 1], waiting: 2)] }
        let series = RunSeries.build(plan: run.plan, measurements: run.measurements)
        #expect(series.points.map(\.second) == [0, 2])
        #expect(series.points[1].connections == [8, 6])
        #expect(series.points[1].waiting == 2)
        #expect(series.points[1].maxOverMean == 8.0 / 7)
    }

    @Test("Progress says what happens now and what comes next")
    func progress() {
        let timeline = [event(.freeze(length: nil), at: 5, on: [0]), event(drop(), at: 9, share: .fraction(0.25))]
        var run = FixtureRun(plan: makePlan(timeline: timeline))
        run.measurements.t0 = nil
        #expect(run.measurements.progress(at: instant(0)).seconds == nil)
        run.measurements.t0 = fixtureT0
        run.measurements.recordExecuted(ExecutedInterval(fault: 0, gateway: 0, start: instant(5), end: nil))
        run.report(stage: .running) { report in
            report.cuts = cuts(through: 6, [500, 500])
            report.sessions?.admitted = 980
            report.undecidedDisconnects = 4
        }
        let progress = run.measurements.progress(at: instant(6.5))
        #expect(progress.seconds == 6.5)
        #expect(progress.active == ["freeze gateway 0"])
        #expect(progress.next == .init(label: "drop 25% of all sessions", atSeconds: 9))
        #expect(progress.cut?.second == 6)
        #expect(progress.cut?.inService == [false, true])
        #expect(progress.admitted == 980)
        #expect(progress.disconnects == 4)
    }

    @Test("events.jsonl is one object a line, by time, in plan seconds")
    func eventLines() throws {
        let timeline = [event(.kill(length: nil), at: 5, on: [0])]
        var run = FixtureRun(plan: makePlan(timeScale: 10, timeline: timeline))
        run.measurements.recordExecuted(ExecutedInterval(fault: 0, gateway: 0, start: instant(0.5), end: nil))
        run.report { report in
            report.rows = [row(session: 8, at: 0.51, .unexplained, nil), row(session: 7, at: 0.4, .consequence, 0)]
        }
        let text = try EventLines.text(plan: run.plan, measurements: run.measurements)
        let lines = text.split(separator: "\n")
        #expect(text.hasSuffix("\n"))
        #expect(lines.count == 3)
        let objects = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["type"] as? String } == ["disconnect", "fault", "disconnect"])
        #expect(objects.map { $0["at"] as? Double } == [4, 5, 5.1])
        #expect(objects[1]["end"] is NSNull)
        #expect(objects[1]["label"] as? String == "kill gateway 0")
        #expect(objects[2]["fault"] is NSNull)
        #expect(objects[2]["tuple"] as? String == "127.64.0.1:1024>127.2.0.1:40001")
        #expect(try EventLines.text(plan: run.plan, measurements: FixtureRun(plan: run.plan).measurements).isEmpty)
    }

    @Test(
        "Events in a few words",
        arguments: [
            (event(drop(), at: 1, on: [0], share: .fraction(0.2)), "drop 20% of gateway 0"),
            (
                event(drop(.reset, by: .gateway, .after(.seconds(5))), at: 1, share: .count(1_500)),
                "drop 1,500 of all sessions by the gateway with a reset, back after 5 s"
            ),
            (
                event(drop(.vanish, by: .client, .never), at: 1, on: [0, 2]),
                "drop all of gateways 0, 2 silently (kernel acknowledges), for good"
            ),
            (event(.freeze(length: .seconds(20)), at: 1, on: [3]), "freeze gateway 3 for 20 s"),
            (event(.registry(.pause, length: .seconds(20)), at: 1), "pause reports to the registry for 20 s"),
            (event(.registry(.shrink(to: 0.4), length: nil), at: 1), "shrink the registry's list to 40%"),
            (event(.restart(Restart(manner: .kill, down: .seconds(3))), at: 1, on: [1]), "restart gateway 1 by kill"),
            (
                event(
                    .rollingRestart(Restart(manner: .graceful, down: .seconds(3)), every: .seconds(8)),
                    at: 1,
                    on: [0, 1]
                ),
                "rolling restart of gateways 0, 1, one every 8 s"
            ),
        ] as [(TimelineEvent, String)]
    )
    func labels(_ event: TimelineEvent, _ label: String) {
        #expect(event.label == label)
    }

    @Test(
        "Figures as people read them",
        arguments: [
            (Readable.number(1.6), "1.6"), (Readable.number(0.73529), "0.7353"), (Readable.number(12), "12"),
            (Readable.number(-0.00001), "0"), (Readable.number(0.99996), "1"), (Readable.number(.infinity), "infinite"),
            (Readable.fixed(2.5, decimals: 2), "2.50"), (Readable.fixed(-1.05, decimals: 1), "-1.1"),
            (Readable.seconds(0), "0 s"), (Readable.seconds(0.000_12), "120 us"), (Readable.seconds(0.0021), "2.1 ms"),
            (Readable.seconds(14.94), "14.9 s"), (Readable.seconds(180), "180 s"), (Readable.seconds(7_875), "131 min"),
            (Readable.count(15_000), "15,000"), (Readable.count(999), "999"), (Readable.count(1_000_000), "1,000,000"),
            (Readable.bytes(512), "512 B"), (Readable.bytes(4_096), "4 KiB"), (Readable.bytes(1_572_864), "1.5 MiB"),
        ]
    )
    func figures(_ text: String, _ expected: String) {
        #expect(text == expected)
    }

    private func row(session: SessionID, at seconds: Double, _ cause: Cause, _ fault: Int?) -> DisconnectRow {
        DisconnectRow(
            session: session,
            ordinal: 2,
            gateway: 0,
            at: Instant.zero + Span(seconds: seconds),
            admittedAt: .zero,
            lastProofOfLife: .zero,
            mechanism: .reset,
            cause: cause,
            fault: fault,
            tuple: "127.64.0.1:1024>127.2.0.1:40001"
        )
    }
}
