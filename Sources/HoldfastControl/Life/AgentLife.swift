import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// The life of one agent, the same for every role: when it reports, cuts, performs, ends and leaves.
///
/// A value without clock or I/O. The driver hands in what happened (`becomeReady`, `handle`, `record`, ...), then polls
/// actions until there are none, then keeps one timer for `nextDeadline`.
///
/// ```
/// joined --becomeReady--> ready --establishAt--> running --t0 + duration, or endNow--> ending --settle--> ended
///                                                                                     any of them --finish--> finished
/// ```
///
/// At one instant the cut comes first, then the end, then the steps of the role's own timeline, then the exchange.
public struct AgentLife: Sendable {
    /// From one exchange to the next.
    public static let exchangeInterval = Span.seconds(1)
    /// The same while an answer is awaited that something hangs on.
    public static let urgentInterval = Span.milliseconds(100)
    /// The same while t0 is awaited. It is announced two seconds ahead, so this is often enough; and a hundred agents
    /// that ask ten times a second would take 40 % of a core from the sessions that are being established.
    public static let startInterval = Span.milliseconds(500)
    /// The shortest time between two exchanges, however urgent.
    public static let shortestInterval = Span.milliseconds(10)

    /// What is kept of a failure's line; bytes.
    public static let longestFailure = 1000

    /// Which process.
    public let agent: AgentID
    /// 0 for its first life, +1 for each restart by the timeline.
    public let incarnation: UInt32
    /// Where cuts and the end lie.
    public let timing: RunTiming
    /// How far it has come.
    public private(set) var stage = LifeStage.joined
    /// When establishing starts; nil until it is known.
    public private(set) var establishAt: Instant?
    /// When t0 is; nil until it is known.
    public private(set) var t0: Instant?

    /// The second of the last cut that was asked for; nil before t0.
    public private(set) var lastCut: Int32?

    private var outbox = Outbox()
    private var sequence: UInt64 = 0
    private var failure: String?
    private var isUrgent = true
    private var lastExchange: Instant?
    private var lastReportWasPartial = false
    private var establishWasTold = false
    private var startWasTold = false
    private var nextCut: Int32 = 0
    private var endCutWasGiven = false
    private var endOrderedAt: Instant?
    private var steps = Schedule<Int>()
    private var exitReason: LifeExit?

    /// The life of `agent` in a run with `timing`; it has just joined.
    public init(agent: AgentID, incarnation: UInt32, timing: RunTiming) {
        self.agent = agent
        self.incarnation = incarnation
        self.timing = timing
    }

    // MARK: What happened

    /// It listens, or its sockets are prepared. Told to the coordinator at once.
    public mutating func becomeReady() {
        guard stage == .joined else { return }
        stage = .ready
        isUrgent = true
    }

    /// It could not do what it must. Told to the coordinator at once; the first failure stays.
    public mutating func fail(_ message: String) {
        guard failure == nil else { return }
        failure = String(decoding: message.utf8.prefix(AgentLife.longestFailure), as: UTF8.self)
        isUrgent = true
    }

    /// Something changed that the coordinator should know at once, such as executed times.
    public mutating func raiseUrgency() { isUrgent = true }

    /// A cut was taken.
    public mutating func record(_ cut: Cut) { outbox.add(cut) }

    /// A disconnect belongs to the sample. False when the sample is full until some rows are acknowledged: count it.
    public mutating func record(_ row: DisconnectRow) -> Bool { outbox.add(row) }

    /// Ranks for a fault were collected. Told at once, and asked after until the fault's threshold has come.
    public mutating func record(_ ranks: RankReport) {
        outbox.add(ranks)
        isUrgent = true
    }

    /// Adds a step of the role's own timeline, `step` being any number that the role gives it. Steps of one instant are
    /// performed as they were added; none after the end.
    public mutating func plan(step: Int, at instant: Instant) {
        guard stage < .ending else { return }
        steps.add(step, at: instant)
    }

    /// The coordinator answered. Executed times and thresholds in the same orders are the role's to use.
    public mutating func handle(_ orders: Orders, now: Instant) {
        outbox.acknowledge(orders)
        if establishAt == nil { establishAt = orders.establishAt }
        if t0 == nil { t0 = orders.t0 }
        if orders.endNow, endOrderedAt == nil { endOrderedAt = now }
        if orders.finish, exitReason == nil { exitReason = .finished }
    }

    /// How the link to the coordinator does; the life ends when it is lost.
    public mutating func handle(_ health: LinkHealth, now: Instant) {
        if exitReason == nil, health.isLost(now: now) { exitReason = .coordinatorLost }
    }

    /// After the end: nothing is undecided any more. Told to the coordinator at once.
    public mutating func settle() {
        guard stage == .ending else { return }
        stage = .ended
        isUrgent = true
    }

    // MARK: What to do

    /// The next thing to do at `now`, or nil until `nextDeadline`.
    public mutating func poll(now: Instant) -> LifeAction? {
        guard stage < .finished else { return nil }
        if let exitReason {
            stage = .finished
            return .exit(exitReason)
        }
        return announcement(now) ?? timelineAction(now) ?? exchangeAction(now)
    }

    /// When `poll` will have something to do, if nothing happens until then.
    public var nextDeadline: Instant {
        guard stage < .finished else { return .never }
        var deadline = min(exchangeAt, steps.nextInstant)
        guard stage < .ending else { return deadline }
        deadline = min(deadline, min(cutAt, endAt))
        if stage == .ready, let establishAt { deadline = min(deadline, establishAt) }
        return deadline
    }

    /// The next report, with everything that this life knows; the driver fills in its role's content and submits it.
    public mutating func report(harness: HarnessReport) -> AgentReport {
        sequence += 1
        var report = AgentReport(
            agent: agent,
            incarnation: incarnation,
            sequence: sequence,
            stage: .joined,
            harness: harness
        )
        report.failure = failure
        outbox.fill(&report)
        report.stage = reportedStage
        lastReportWasPartial = !outbox.isFullySent
        return report
    }
}

extension AgentLife {
    private var reportedStage: AgentReport.Stage {
        switch stage {
        case .joined: .joined
        case .ready: .ready
        case .running, .ending: .running
        // "Ended" promises that everything is in this report.
        case .ended, .finished: outbox.isFullySent ? .ended : .running
        }
    }

    private mutating func announcement(_ now: Instant) -> LifeAction? {
        guard stage == .ready || stage == .running else { return nil }
        if let establishAt, stage == .ready, now >= establishAt { stage = .running }
        if let establishAt, !establishWasTold {
            establishWasTold = true
            return .establish(at: establishAt)
        }
        if let t0, establishWasTold, !startWasTold {
            startWasTold = true
            nextCut = timing.firstCut(notBefore: now, t0: t0)
            return .start(at: t0)
        }
        return nil
    }

    private mutating func timelineAction(_ now: Instant) -> LifeAction? {
        guard stage < .ending else { return nil }
        let cut = cutAt
        let end = endAt
        if now >= cut, cut < end, cut <= steps.nextInstant {
            defer { nextCut += 1 }
            lastCut = nextCut
            return .takeCut(second: nextCut, at: cut)
        }
        if now >= end, end <= steps.nextInstant { return endAction(at: end) }
        guard let step = steps.takeDue(now: now) else { return nil }
        return .perform(step: step.element, at: step.at)
    }

    private mutating func endAction(at end: Instant) -> LifeAction {
        if !endCutWasGiven {
            // Under the next second, also when the run ends early, so that it is the last in any order.
            endCutWasGiven = true
            lastCut = nextCut
            return .takeCut(second: nextCut, at: end)
        }
        stage = .ending
        isUrgent = true
        steps.removeAll()
        return .end(at: end)
    }

    private mutating func exchangeAction(_ now: Instant) -> LifeAction? {
        guard now >= exchangeAt else { return nil }
        lastExchange = now
        isUrgent = false
        return .exchange
    }

    private var cutAt: Instant {
        guard startWasTold, !endCutWasGiven, let t0, nextCut < timing.endSecond else { return .never }
        return timing.cutInstant(nextCut, after: t0)
    }

    private var endAt: Instant {
        let planned = startWasTold ? t0.map { timing.instant(timing.duration, after: $0) } : nil
        return min(planned ?? .never, endOrderedAt ?? .never)
    }

    private var exchangeAt: Instant {
        guard let lastExchange else { return .zero }
        if isUrgent { return lastExchange + AgentLife.shortestInterval }
        return lastExchange + interval
    }

    private var interval: Span {
        switch stage {
        case .joined, .finished: return AgentLife.exchangeInterval
        case .ending, .ended: return AgentLife.urgentInterval
        case .ready, .running:
            let awaitsAnswer = establishAt == nil || outbox.awaitsThresholds || lastReportWasPartial
            if awaitsAnswer { return AgentLife.urgentInterval }
            return t0 == nil ? AgentLife.startInterval : AgentLife.exchangeInterval
        }
    }
}
