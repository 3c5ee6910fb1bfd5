import HoldfastReport
import HoldfastResult
import Testing

@Suite("Capacity")
struct CapacityTests {
    /// Every number that is tried when `limit` sessions hold and one more does not.
    private func tried(_ search: CapacitySearch, limit: Int) -> [Int] {
        var search = search
        var tried: [Int] = []
        while let next = search.next, tried.count < 100 {
            tried.append(next)
            search.note(sessions: next, holds: next <= limit)
        }
        return tried
    }

    @Test(
        "Twice as many until it breaks, then the middle, until both ends are close",
        arguments: [
            // The end at 4 %: 250 of 6,250.
            (1_000, 10_000, 0.04, 6_000, [1_000, 2_000, 4_000, 8_000, 6_000, 7_000, 6_500, 6_250]),
            // What is asked for is never exceeded.
            (1_000, 3_000, 0.02, 9_999, [1_000, 2_000, 3_000]), (5_000, 3_000, 0.02, 9_999, [3_000]),
            // Down where the first is too many already, to 1 where nothing holds.
            (8, 100, 0.02, 3, [8, 4, 2, 3]), (8, 100, 0.02, 0, [8, 4, 2, 1]),
        ]
    )
    func search(from: Int, to: Int, tolerance: Double, limit: Int, expected: [Int]) {
        #expect(tried(CapacitySearch(from: from, upTo: to, tolerance: tolerance), limit: limit) == expected)
    }

    @Test("Whatever the limit, the search ends with it between two numbers that are close")
    func everyLimit() {
        for limit in [1, 2, 3, 17, 999, 1_000, 1_001, 4_321, 65_535] {
            var search = CapacitySearch(from: 1_000, upTo: 1_000_000, tolerance: 0.05)
            for _ in 0..<64 {
                guard let next = search.next else { break }
                search.note(sessions: next, holds: next <= limit)
            }
            guard let held = search.held, let broken = search.broken else {
                Issue.record("\(limit): \(search)")
                continue
            }
            #expect(search.next == nil && held <= limit && limit < broken)
            #expect(broken - held == 1 || Double(broken - held) <= 0.05 * Double(broken))
        }
    }

    /// 100,000 / 3,000 is 33.3, and one is down; 90,000 / 3,000 is 30 to the last session.
    @Test(
        "The busiest of the gateways that are left carries no more than a gateway holds",
        arguments: [(100_000, 1.0, 35), (90_000, 1, 31), (90_000, 1.1, 34), (1, 1, 2), (90_001, 1, 32)]
    )
    func fleet(wanted: Int, maxOverMean: Double, gateways: Int) {
        let answer = CapacityAnswer.gateways(for: wanted, perGateway: 3_000, maxOverMean: maxOverMean)
        #expect(answer == gateways)
    }

    // MARK: What gave way

    private func step(_ sample: Sample, _ change: (inout RunResult) -> Void = { _ in }) -> CapacityStep {
        var result = sample.result
        change(&result)
        return CapacityStep(result, directory: "somewhere")
    }

    private func failing(rejected: UInt64, unanswered: UInt64, admitted: UInt64) -> CapacityStep {
        step(SampleRuns.failed) { result in
            result.connects.failed.byReason["rejected"] = rejected
            result.connects.failedWhileEstablishing.byReason["timeout"] = unanswered
            result.sessions.admittedOnce = admitted
        }
    }

    @Test("What gave way is told by how those fared who were not let in")
    func limits() {
        let asked = UInt64(SampleRuns.failed.result.sessions.asked)
        #expect(step(SampleRuns.quickstart).limit == nil)
        #expect(failing(rejected: 9, unanswered: 9, admitted: asked).limit == .capacity)
        #expect(failing(rejected: 9, unanswered: 10, admitted: asked).limit == .acceptRate)
        #expect(failing(rejected: 0, unanswered: 0, admitted: asked - 1).limit == .acceptRate)
        #expect(failing(rejected: 0, unanswered: 0, admitted: asked).limit == .expectation)
        #expect(step(SampleRuns.invalid).limit == .harness)
    }

    @Test("The answer is that of the most that held and the fewest that did not, in whatever order they were tried")
    func answer() {
        var held = step(SampleRuns.quickstart)
        held.sessions = 6_000
        held.busiestConnections = 3_000
        held.maxOverMean = 1.5
        var broken = failing(rejected: 250, unanswered: 0, admitted: 0)
        broken.sessions = 6_250
        var far = step(SampleRuns.invalid)
        far.sessions = 12_000
        let answer = CapacityAnswer(plan: "p", mode: .live, gateways: 2, wanted: 90_000, steps: [held, far, broken])
        #expect(answer.sessions == 6_000 && answer.brokenAt == 6_250 && answer.limit == .capacity)
        #expect(answer.gatewaysForWanted == 46)
        let text = CapacityText.text(answer, isColoured: false, columns: 100)
        #expect(text.hasPrefix("p: 2 gateways hold 6,000 sessions, 3,000 of them on the busiest\n"))
        #expect(text.contains("At 6,250 sessions the gateways were full: 250 logins were turned away."))
        #expect(text.contains("down: 46 gateways = ceil(90,000 x 1.5 / 3,000) + 1"))
        // What the gateways would have held is not known: it may be more.
        for steps in [[held], [held, far]] {
            let answer = CapacityAnswer(plan: "p", mode: .live, gateways: 2, wanted: 90_000, steps: steps)
            let text = CapacityText.text(answer, isColoured: false, columns: 300)
            #expect(text.contains("down: at most 46 gateways = ceil(90,000 x 1.5 / 3,000) + 1"), "\(text)")
            #expect(text.contains("The gateways' own limit was not reached: fewer may do."), "\(text)")
        }
    }

    @Test("Where Holdfast gave way nothing is said about gateways; where nothing did, that is said")
    func noAnswer() {
        let short = CapacityStep(sessions: 20_000, startFailure: "too few descriptors", directory: "somewhere")
        let none = CapacityAnswer(plan: "p", mode: .live, gateways: 1, wanted: 1, steps: [short])
        #expect(none.limit == .harness && none.gatewaysForWanted == nil)
        let text = CapacityText.text(none, isColoured: false, columns: 100)
        #expect(text.contains("says nothing about the gateways") && text.contains("too few descriptors"))
        let all = CapacityAnswer(plan: "p", mode: .live, gateways: 4, wanted: 1, steps: [step(SampleRuns.quickstart)])
        #expect(all.limit == nil && all.brokenAt == nil)
        #expect(CapacityText.text(all, isColoured: false, columns: 100).contains("Nothing gave way"))
    }
}
