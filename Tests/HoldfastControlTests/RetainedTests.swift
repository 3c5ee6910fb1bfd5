import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

@Suite struct RetainedTests {
    @Test func repeatsUntilAcknowledged() {
        var retained = Retained<Int>(reportWeight: 10)
        retained.append(1)
        #expect(Array(retained.take(for: 1)) == [1])
        retained.append(2)
        #expect(Array(retained.take(for: 2)) == [1, 2])
        retained.acknowledge(0)
        #expect(Array(retained.take(for: 3)) == [1, 2])
        retained.acknowledge(1)
        #expect(Array(retained.take(for: 4)) == [2])
        // The answer to a report that carried it, though not the first one.
        retained.acknowledge(3)
        #expect(retained.count == 0)
    }

    @Test func reportCarriesAtMostItsWeightButAtLeastOneItem() {
        var retained = Retained<String>(reportWeight: 10)
        for (name, weight) in [("a", 99), ("b", 4), ("c", 6), ("d", 1)] { retained.append(name, weight: weight) }
        #expect(Array(retained.take(for: 1)) == ["a"])
        #expect(!retained.isFullySent)
        retained.acknowledge(1)
        #expect(Array(retained.take(for: 2)) == ["b", "c"])
        retained.acknowledge(2)
        #expect(Array(retained.take(for: 3)) == ["d"])
        #expect(retained.isFullySent)
    }

    @Test func endedIsReportedOnlyOnceEverythingFits() {
        var story = LifeStory.running(duration: .seconds(1))
        var kept = 0
        for index in 0..<5000 {
            let row = DisconnectRow(
                session: UInt32(index),
                ordinal: 0,
                gateway: 0,
                at: .zero,
                admittedAt: .zero,
                lastProofOfLife: .zero,
                mechanism: .fin
            )
            if story.life.record(row) { kept += 1 }
        }
        #expect(kept == Outbox.rowLimit)
        story.now = story.after(4)
        var seen: [SessionID] = []
        for _ in 0..<4 {
            story.pass(1)
            let report = story.reports[story.reports.count - 1]
            seen += report.rows.map(\.session)
            #expect(report.stage == (seen.count == kept ? .ended : .running))
            story.order(acknowledged: report.sequence)
        }
        #expect(seen == (0..<UInt32(kept)).map { $0 })
    }
}

@Suite struct ReportOrderTests {
    @Test func onlyNewsIsAccepted() {
        var order = ReportOrder()
        // (agent, incarnation, sequence) in order of arrival, and whether it is news.
        let arrivals: [(Int, UInt32, UInt64, Bool)] = [
            (0, 0, 2, true), (0, 0, 2, false), (0, 0, 1, false), (1, 0, 1, true), (0, 0, 3, true),
            (0, 1, 1, true), (0, 0, 4, false), (0, 1, 2, true), (1, 0, 1, false), (1, 0, 9, true),
        ]
        for (index, incarnation, sequence, isNews) in arrivals {
            let report = AgentReport(
                agent: AgentID(role: .gateway, index: index),
                incarnation: incarnation,
                sequence: sequence,
                stage: .running,
                harness: HarnessReport()
            )
            #expect(order.accept(report) == isNews, "\(index) \(incarnation) \(sequence)")
        }
    }
}

@Suite struct LinkHealthTests {
    static let start = Instant(nanoseconds: 1_000)

    @Test func lostAfterTenSecondsOfFailing() {
        var health = LinkHealth()
        for second in Int64(0)..<10 { health.failed(startedAt: Self.start + .seconds(second)) }
        #expect(!health.isLost(now: Self.start + .seconds(10) - .tick))
        #expect(health.isLost(now: Self.start + .seconds(10)))
    }

    @Test func oneSuccessForgetsEverything() {
        var health = LinkHealth()
        for _ in 0..<9 { health.failed(startedAt: Self.start) }
        health.succeeded()
        #expect(health == LinkHealth())
        health.failed(startedAt: Self.start + .seconds(60))
        #expect(!health.isLost(now: Self.start + .seconds(65)))
    }

    /// A process that was stopped in the middle of an exchange sees that one fail, long ago.
    @Test func stoppedProcessIsNotCutOff() {
        var health = LinkHealth()
        health.failed(startedAt: Self.start)
        #expect(!health.isLost(now: Self.start + .seconds(3600)))
        health.failed(startedAt: Self.start + .seconds(3600))
        #expect(!health.isLost(now: Self.start + .seconds(3601)))
        health.failed(startedAt: Self.start + .seconds(3601))
        #expect(health.isLost(now: Self.start + .seconds(3602)))
    }
}
