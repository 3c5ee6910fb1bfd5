import HoldfastCore
import HoldfastResult
import Testing

@testable import HoldfastControl

/// Time as drawings, four ticks a second; `LifeStory` explains the glyphs.
@Suite struct AgentLifeDrawingTests {
    @Test func wholeLife() {
        var story = LifeStory(duration: .milliseconds(2500))
        story.pass(1)
        story.life.becomeReady()
        story.pass(2)
        story.order(establishAt: story.after(1))
        story.pass(2)
        story.order(t0: story.after(3))
        story.pass(15)
        story.order(finish: true)
        story.pass(2)
        #expect(story.drawing == "xxxbxs..[0x]...[1x]...[2x].[3Ex]xQ.")
        let stages = story.reports.map(\.stage)
        #expect(stages.prefix(5) == [.joined, .ready, .ready, .running, .running])
        #expect(stages.suffix(3) == [.running, .ended, .ended])
        #expect(story.reports.map(\.sequence) == Array(1...UInt64(story.reports.count)))
    }

    @Test func endsAtOnceWhenTold() {
        var story = LifeStory.running(duration: .seconds(60))
        story.life.plan(step: 0, at: story.after(6))
        story.life.plan(step: 1, at: story.after(8))
        story.pass(7)
        story.order(endNow: true)
        story.pass(3)
        #expect(story.drawing == "....[1x].p[2Ex]xx")
    }

    @Test(arguments: [(false, false, "[0Ex]xx"), (true, false, "[0Ex]xx"), (true, true, "[b0Ex]xx")])
    func endsEvenBeforeTheStart(isReady: Bool, isEstablishing: Bool, expected: String) {
        var story = LifeStory(duration: .seconds(60))
        if isReady { story.life.becomeReady() }
        story.order(establishAt: isEstablishing ? story.now : nil, endNow: true)
        story.pass(3)
        #expect(story.drawing == expected)
        #expect(story.reports.last?.cuts.map(\.second) == [0])
    }

    @Test func waitsForWhatIsUndecidedAfterTheEnd() {
        var story = LifeStory.running(duration: .seconds(1))
        story.settlesAtEnd = false
        story.pass(6)
        #expect(story.drawing == "....[1Ex]x")
        #expect(story.reports.last?.stage == .running)
        story.life.settle()
        story.turn()
        #expect(story.reports.last?.stage == .ended)
    }

    /// A process that was stopped finds everything overdue, and takes it in the order in which it was due.
    @Test func catchesUpInOrderAfterAStop() {
        var story = LifeStory.running(duration: .seconds(10))
        story.life.plan(step: 7, at: story.after(10))
        story.life.plan(step: 8, at: story.after(8))
        story.now = story.after(13)
        story.pass(4)
        #expect(story.drawing == "[12pp3x]..4")
    }

    @Test func lateIncarnationTakesNoCutsOfThePast() {
        var story = LifeStory(duration: .seconds(4))
        story.order(establishAt: story.now, t0: story.now)
        story.now = story.after(9)
        story.pass(1)
        story.life.becomeReady()
        story.pass(8)
        #expect(story.drawing == "x[bsx].3.x.[4Ex]x")
    }

    @Test func asksEveryTenthOfASecondForAThreshold() {
        var story = LifeStory.running(duration: .seconds(60))
        story.pass(1)
        story.life.record(RankReport(fault: 3, ranks: [1, 5]))
        story.pass(3)
        story.order(thresholds: [RankThreshold(fault: 2, rank: nil)])
        story.pass(1)
        story.order(thresholds: [RankThreshold(fault: 3, rank: 1)])
        story.pass(4)
        #expect(story.drawing == ".xxx[1x]...[2x]")
    }

    @Test func leavesWhenTheCoordinatorIsLost() {
        var story = LifeStory.running(duration: .seconds(60))
        var health = LinkHealth(patience: .seconds(1))
        for _ in 0..<LinkHealth.attempts { health.failed(startedAt: story.now) }
        for _ in 0..<5 {
            story.life.handle(health, now: story.now)
            story.pass(1)
        }
        story.order(finish: true)
        story.pass(1)
        #expect(story.drawing == "....L.")
    }
}
