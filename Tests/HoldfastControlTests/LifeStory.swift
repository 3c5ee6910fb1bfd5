import HoldfastCore
import HoldfastResult

@testable import HoldfastControl

/// Lives one life tick by tick and draws it: one glyph a tick, several in brackets.
///
/// `.` nothing, `b` establish, `s` start, a digit the cut of that second, `p` a step, `E` end, `x` exchange, `Q`
/// finished, `L` coordinator lost.
struct LifeStory {
    static let tick = Span.milliseconds(250)

    var life: AgentLife
    var now: Instant
    var drawing = ""
    var reports: [AgentReport] = []
    /// Whether the role has decided everything when the end comes.
    var settlesAtEnd = true

    init(duration: Span, timeScale: Double = 1, start: Instant = Instant(nanoseconds: 77)) {
        let timing = RunTiming(duration: duration, timeScale: timeScale)
        life = AgentLife(agent: AgentID(role: .worker, index: 0), incarnation: 0, timing: timing)
        now = start
    }

    /// A life that is ready, with t0 now and everything told.
    static func running(duration: Span, timeScale: Double = 1) -> LifeStory {
        var story = LifeStory(duration: duration, timeScale: timeScale)
        story.life.becomeReady()
        story.order(establishAt: story.now, t0: story.now)
        story.turn()
        story.drawing = ""
        return story
    }

    /// The instant `ticks` from now.
    func after(_ ticks: Int64) -> Instant { now + LifeStory.tick * ticks }

    mutating func order(
        acknowledged: UInt64 = 0,
        establishAt: Instant? = nil,
        t0: Instant? = nil,
        endNow: Bool = false,
        finish: Bool = false,
        thresholds: [RankThreshold] = []
    ) {
        var orders = Orders()
        orders.acknowledged = acknowledged
        orders.establishAt = establishAt
        orders.t0 = t0
        orders.endNow = endNow
        orders.finish = finish
        orders.thresholds = thresholds
        life.handle(orders, now: now)
    }

    /// Polls until there is nothing to do; draws one tick.
    mutating func turn() {
        var glyphs = ""
        while let action = life.poll(now: now) { glyphs += perform(action) }
        drawing += glyphs.count > 1 ? "[\(glyphs)]" : glyphs.isEmpty ? "." : glyphs
    }

    /// Turns `count` times, a tick apart.
    mutating func pass(_ count: Int) {
        for _ in 0..<count {
            turn()
            now = after(1)
        }
    }

    private mutating func perform(_ action: LifeAction) -> String {
        switch action {
        case .establish: return "b"
        case .start: return "s"
        case .takeCut(let second, _):
            life.record(Cut(second: second))
            return "\(second)"
        case .perform: return "p"
        case .end:
            if settlesAtEnd { life.settle() }
            return "E"
        case .exchange:
            reports.append(life.report(harness: HarnessReport()))
            return "x"
        case .exit(let reason): return reason == .finished ? "Q" : "L"
        }
    }
}
