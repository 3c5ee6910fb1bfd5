import HoldfastCore
import HoldfastPlan
import Testing

@testable import HoldfastResult

/// One disconnect, one timeline, one verdict. Times are seconds from t0.
struct AttributionCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var timeline: [TimelineEvent]
    var executed: [ExecutedInterval]
    var gateway: GatewayID = 0
    var lastProof: Double = 9
    var at: Double
    var mechanism: Mechanism
    var cause: Cause
    var fault: Int?
    var idleTimeout: Span?
    var timeScale: Double = 1
}

private func interval(_ fault: Int, _ gateway: GatewayID?, _ start: Double, _ end: Double?) -> ExecutedInterval {
    ExecutedInterval(fault: fault, gateway: gateway, start: instant(start), end: end.map(instant))
}

private let kill0 = event(.kill(length: .seconds(3)), at: 10, on: [0])
private let freeze0 = event(.freeze(length: nil), at: 10, on: [0])
private let restart0 = event(.restart(Restart(manner: .graceful, down: .seconds(3))), at: 10, on: [0])
private let killRestart0 = event(.restart(Restart(manner: .kill, down: .seconds(3))), at: 10, on: [0])
private let dropByGateway0 = event(drop(.fin, by: .gateway), at: 10, on: [0])

private let explained: [AttributionCase] = [
    .init(
        testDescription: "a kill resets its own connections",
        timeline: [kill0],
        executed: [interval(0, 0, 10, 13)],
        at: 10.01,
        mechanism: .reset,
        cause: .consequence,
        fault: 0
    ),
    .init(
        testDescription: "a freeze is noticed by the heartbeat, 15 s later",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, nil)],
        lastProof: 9.5,
        at: 24.5,
        mechanism: .heartbeat,
        cause: .consequence,
        fault: 0
    ),
    .init(
        testDescription: "a freeze that is over when it is noticed",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, 12)],
        lastProof: 9.5,
        at: 24.5,
        mechanism: .heartbeat,
        cause: .consequence,
        fault: 0
    ),
    .init(
        testDescription: "a graceful restart says go away",
        timeline: [restart0],
        executed: [interval(0, 0, 10, 13)],
        at: 10.2,
        mechanism: .goaway,
        cause: .consequence,
        fault: 0
    ),
    .init(
        testDescription: "a drop by the gateway is seen as a FIN",
        timeline: [dropByGateway0],
        executed: [interval(0, 0, 10, 10)],
        at: 10.001,
        mechanism: .fin,
        cause: .consequence,
        fault: 0
    ),
    .init(
        testDescription: "of two that fit, the one that began last",
        timeline: [kill0, event(.restart(Restart(manner: .kill, down: .seconds(1))), at: 10, on: [0])],
        executed: [interval(0, 0, 10, 20), interval(1, 0, 11, 12)],
        lastProof: 10.5,
        at: 11.5,
        mechanism: .fin,
        cause: .consequence,
        fault: 1
    ),
    .init(
        testDescription: "the interval ended exactly the skew before the last proof of life",
        timeline: [kill0],
        executed: [interval(0, 0, 5, 8.75)],
        lastProof: 9,
        at: 10,
        mechanism: .fin,
        cause: .consequence,
        fault: 0
    ),
    .init(
        testDescription: "the gateway's own idle timeout is scheduled",
        timeline: [],
        executed: [],
        lastProof: 9,
        at: 19.1,
        mechanism: .fin,
        cause: .scheduled,
        idleTimeout: .seconds(10)
    ),
    .init(
        testDescription: "the idle timeout is divided by the time scale",
        timeline: [],
        executed: [],
        lastProof: 9,
        at: 10.1,
        mechanism: .fin,
        cause: .scheduled,
        idleTimeout: .seconds(10),
        timeScale: 10
    ),
    .init(
        testDescription: "a gateway that stood still ends what was silent too long once it runs again",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, 30)],
        lastProof: 9,
        at: 30.01,
        mechanism: .fin,
        cause: .consequence,
        fault: 0,
        idleTimeout: .seconds(10)
    ),
]

private let traps: [AttributionCase] = [
    .init(
        testDescription: "killed from outside while a planned kill runs elsewhere",
        timeline: [kill0],
        executed: [interval(0, 0, 10, 13)],
        gateway: 1,
        at: 10.01,
        mechanism: .reset,
        cause: .unexplained
    ),
    .init(
        testDescription: "killed from outside while a planned drop runs on another gateway",
        timeline: [dropByGateway0],
        executed: [interval(0, 0, 10, 10)],
        gateway: 1,
        at: 10.01,
        mechanism: .fin,
        cause: .unexplained
    ),
    .init(
        testDescription: "killed from outside while sessions of the same gateway are dropped by themselves",
        timeline: [event(drop(), at: 10, on: [0])],
        executed: [interval(0, 0, 10, 10)],
        at: 10.01,
        mechanism: .fin,
        cause: .unexplained
    ),
    .init(
        testDescription: "a freeze does not send a FIN",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, nil)],
        at: 11,
        mechanism: .fin,
        cause: .unexplained
    ),
    .init(
        testDescription: "a kill does not make a heartbeat run out",
        timeline: [kill0],
        executed: [interval(0, 0, 10, 13)],
        at: 12,
        mechanism: .heartbeat,
        cause: .unexplained
    ),
    .init(
        testDescription: "a restart by kill says nothing",
        timeline: [killRestart0],
        executed: [interval(0, 0, 10, 13)],
        at: 10.01,
        mechanism: .goaway,
        cause: .unexplained
    ),
    .init(
        testDescription: "planned, but never carried out",
        timeline: [kill0],
        executed: [],
        at: 10.01,
        mechanism: .reset,
        cause: .unexplained
    ),
    .init(
        testDescription: "the interval began after the disconnect",
        timeline: [kill0],
        executed: [interval(0, 0, 10, 13)],
        at: 9.999,
        mechanism: .reset,
        cause: .unexplained
    ),
    .init(
        testDescription: "the interval ended before the last proof of life",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, 12)],
        lastProof: 13,
        at: 28,
        mechanism: .heartbeat,
        cause: .unexplained
    ),
    .init(
        testDescription: "one nanosecond more than the skew before the last proof of life",
        timeline: [kill0],
        executed: [interval(0, 0, 5, 8.749_999_999)],
        lastProof: 9,
        at: 10,
        mechanism: .fin,
        cause: .unexplained
    ),
    .init(
        testDescription: "a process fault without a gateway explains nobody",
        timeline: [kill0],
        executed: [interval(0, nil, 10, 13)],
        at: 10.01,
        mechanism: .reset,
        cause: .unexplained
    ),
    .init(
        testDescription: "a kill that was carried out on a gateway outside its scope",
        timeline: [kill0],
        executed: [interval(0, 1, 10, 13)],
        gateway: 1,
        at: 10.01,
        mechanism: .reset,
        cause: .unexplained
    ),
    .init(
        testDescription: "an interval of a fault that the plan does not have",
        timeline: [kill0],
        executed: [interval(7, 0, 10, 13)],
        at: 10.01,
        mechanism: .reset,
        cause: .unexplained
    ),
    .init(
        testDescription: "a FIN after a freeze, before the idle timeout",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, 13)],
        lastProof: 9,
        at: 13.5,
        mechanism: .fin,
        cause: .unexplained,
        idleTimeout: .seconds(10)
    ),
    .init(
        testDescription: "a late FIN of another gateway than the frozen one",
        timeline: [freeze0],
        executed: [interval(0, 0, 10, 30)],
        gateway: 1,
        lastProof: 9,
        at: 30.01,
        mechanism: .fin,
        cause: .unexplained,
        idleTimeout: .seconds(10)
    ),
    .init(
        testDescription: "a FIN long before the idle timeout",
        timeline: [],
        executed: [],
        lastProof: 9,
        at: 18.7,
        mechanism: .fin,
        cause: .unexplained,
        idleTimeout: .seconds(10)
    ),
    .init(
        testDescription: "a heartbeat rule is not the gateway's idle timeout",
        timeline: [],
        executed: [],
        lastProof: 9,
        at: 19,
        mechanism: .heartbeat,
        cause: .unexplained,
        idleTimeout: .seconds(10)
    ),
]

@Suite("Attribution")
struct AttributionTests {
    @Test("Scope, executed interval and mechanism decide", arguments: explained + traps)
    func rule(_ one: AttributionCase) {
        let plan = makePlan(timeScale: one.timeScale, idleTimeout: one.idleTimeout, timeline: one.timeline)
        var attribution = Attribution(plan: plan)
        var orders = Orders()
        orders.executed = one.executed
        attribution.update(with: orders)
        let ruling = attribution.ruling(on: disconnect(one.gateway, one.lastProof, one.at, one.mechanism))
        #expect(ruling.cause == one.cause)
        #expect(ruling.fault == one.fault)
        let began = one.fault.flatMap { fault in one.executed.first { $0.fault == fault }?.start }
        #expect(ruling.onset == began)
    }

    @Test("What the worker ended itself is injected, whatever else happens")
    func injected() {
        var attribution = Attribution(plan: makePlan(timeline: [event(drop(), at: 10), kill0]))
        var orders = Orders()
        orders.executed = [interval(1, 0, 10, 13)]
        attribution.update(with: orders)
        var own = disconnect(0, 9, 10.5, .local)
        own.injectedBy = 0
        #expect(attribution.ruling(on: own) == Ruling(cause: .injected, fault: 0, onset: instant(10.5)))
    }

    @Test("It waits for executed times up to the disconnect, and for nothing when it did it itself")
    func canDecide() {
        var attribution = Attribution(plan: makePlan(timeline: [kill0]))
        var own = disconnect(0, 9, 10, .local)
        #expect(!attribution.canDecide(own))
        var orders = Orders()
        orders.executedThrough = instant(10)
        attribution.update(with: orders)
        #expect(!attribution.canDecide(own))
        orders.executedThrough = instant(10) + .tick
        attribution.update(with: orders)
        #expect(attribution.canDecide(own))
        own.injectedBy = 0
        own.at = instant(1_000)
        #expect(attribution.canDecide(own))
    }

    @Test("Of a drop by the gateway on a share, only the chosen sessions are its victims")
    func share() {
        let plan = makePlan(sessions: 72, timeline: [event(drop(.reset, by: .gateway), at: 10, share: .count(18))])
        var attribution = Attribution(plan: plan)
        var orders = Orders()
        orders.executed = [interval(0, 1, 10, 10)]
        attribution.update(with: orders)
        let causes = (0..<72).map { session in
            attribution.ruling(on: disconnect(1, 9, 10.001, .reset, session: SessionID(session))).cause
        }
        #expect(causes.count { $0 == .consequence } == 18)
        #expect(causes.enumerated().allSatisfy { ($1 == .consequence) == plan.isVictim(SessionID($0), fault: 0) })
    }

    @Test("Where the share is of a gateway's sessions, the coordinator's threshold decides")
    func threshold() {
        let plan = makePlan(
            sessions: 72,
            timeline: [event(drop(.fin, by: .gateway), at: 10, on: [0], share: .fraction(0.5))]
        )
        var attribution = Attribution(plan: plan)
        var orders = Orders()
        orders.executed = [interval(0, 0, 10, 10)]
        attribution.update(with: orders)
        let victim = disconnect(0, 9, 10.001, .fin, session: 3)
        #expect(attribution.ruling(on: victim).cause == .unexplained)
        orders.thresholds = [RankThreshold(fault: 0, rank: plan.rank(of: 3, fault: 0))]
        attribution.update(with: orders)
        #expect(attribution.ruling(on: victim).cause == .consequence)
        orders.thresholds = [RankThreshold(fault: 0, rank: plan.rank(of: 3, fault: 0) - 1)]
        attribution.update(with: orders)
        #expect(attribution.ruling(on: victim).cause == .unexplained)
    }
}
