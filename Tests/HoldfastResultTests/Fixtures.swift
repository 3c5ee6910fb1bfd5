import HoldfastCore
import HoldfastPlan

@testable import HoldfastResult

/// The testing library has an `Expectation` of its own.
typealias Expected = HoldfastPlan.Expectation

/// A plan with the given parts; everything else is quiet.
func makePlan(
    sessions: Int = 1_000,
    gateways: Int = 2,
    duration: Span = .seconds(20),
    timeScale: Double = 1,
    idleTimeout: Span? = nil,
    table: MiddleboxPolicy? = nil,
    timeline: [TimelineEvent] = [],
    defaults: [DefaultExpectation] = [],
    expect: [Expectation] = []
) -> Plan {
    Plan(
        name: "fixture",
        sessions: sessions,
        target: Target(
            gateways: gateways,
            via: .embedded,
            algorithm: .roundRobin,
            balancer: BalancerSettings(
                healthCheck: .passive,
                failTimeout: .seconds(1),
                connectFailure: .repick,
                idleTimeout: table?.aging,
                onIdle: table?.expiry ?? .reset
            ),
            gateway: GatewaySettings(drain: .seconds(10), idleTimeout: idleTimeout),
            crowd: 1
        ),
        heartbeat: .article3x5,
        reconnect: ReconnectPolicy(delay: .fixed(.seconds(1))),
        onFailure: .switchGateway,
        connect: ConnectLimits(timeout: .seconds(5), loginTimeout: .seconds(5)),
        establish: Establish(ratePerSecond: 500, timeout: .seconds(60)),
        duration: duration,
        timeScale: timeScale,
        seed: 42,
        workers: nil,
        excludedPorts: [],
        rebalance: Rebalance(band: 0.1),
        defaults: defaults,
        timeline: timeline,
        expect: expect
    )
}

func event(
    _ action: FaultAction,
    at seconds: Int64,
    on gateways: [GatewayID]? = nil,
    share: Share = .fraction(1),
    phase: String? = nil
) -> TimelineEvent {
    TimelineEvent(
        at: .seconds(seconds),
        phase: phase,
        scope: Scope(gateways: gateways, share: share),
        action: action,
        position: Position(line: 1, column: 1)
    )
}

func drop(_ manner: CloseManner = .fin, by side: Drop.Side = .client, _ comeback: Drop.Return = .policy) -> FaultAction
{
    .drop(Drop(manner: manner, side: side, comeback: comeback))
}

func expectation(
    _ metric: String,
    _ matches: [Expectation.Match] = [],
    _ aggregate: Expectation.Aggregate? = nil,
    at instant: Expectation.ReadInstant? = nil,
    _ condition: Expectation.Condition
) -> Expectation {
    Expectation(
        text: "\(metric) \(matches.map { "\($0.key.rawValue)=\($0.values.joined(separator: "|"))" }) \(condition)",
        metric: metric,
        matches: matches,
        aggregate: aggregate,
        instant: instant,
        condition: condition
    )
}

func match(_ key: Expectation.MatchKey, _ values: String..., negated: Bool = false) -> Expectation.Match {
    Expectation.Match(key: key, negated: negated, values: values)
}

/// Where the fixture's clock has t0: far from zero, so that forgetting it shows.
let fixtureT0 = Instant(nanoseconds: 5_000_000_000_000)

func instant(_ seconds: Double) -> Instant { fixtureT0 + Span(seconds: seconds) }

/// The measurements of a run whose workers and gateways reported what a test says.
struct FixtureRun {
    var plan: Plan
    var measurements: RunMeasurements
    private var sequence: UInt64 = 0

    init(plan: Plan, workers: Int = 1) {
        self.plan = plan
        measurements = RunMeasurements(plan: plan, workers: workers)
        measurements.t0 = fixtureT0
    }

    /// One report of one process.
    mutating func report(
        _ role: AgentRole = .worker,
        _ index: Int = 0,
        stage: AgentReport.Stage = .ended,
        _ change: (inout AgentReport) -> Void = { _ in }
    ) {
        sequence += 1
        let agent = AgentID(role: role, index: index)
        var report = AgentReport(agent: agent, incarnation: 0, sequence: sequence, stage: stage, harness: quietHarness)
        if role == .worker {
            report.sessions = SessionCounters()
            report.sessions?.admittedOnce = UInt64(plan.sessions / measurements.workers)
        }
        change(&report)
        measurements.receive(report)
    }

    /// The result of an undisturbed, finished run, after `change`.
    func result(_ change: (inout RunOutcome) -> Void = { _ in }) -> RunResult {
        var outcome = RunOutcome(mode: .live, planHash: "00000000000000ff", isFinished: true)
        change(&outcome)
        return RunResult.build(plan: plan, measurements: measurements, outcome: outcome)
    }
}

/// A process that was never late.
var quietHarness: HarnessReport {
    var harness = HarnessReport()
    for kind in TimerKind.allCases { harness.lateness.record(.milliseconds(1), of: kind) }
    harness.loopStall.record(0.0005)
    harness.cpuSeconds = 0.5
    harness.rssPeakBytes = 1_000_000
    harness.fdsPeak = 100
    harness.pid = 4_242
    return harness
}

/// A cut with these populations; what is closed is opened before.
func cut(
    _ second: Int32,
    _ open: [UInt64],
    closed: [UInt64]? = nil,
    waiting: UInt64 = 0,
    attempts: UInt64 = 0,
    attemptsDue: UInt64 = 0
) -> Cut {
    var cut = Cut(second: second)
    for (gateway, count) in open.enumerated() {
        let ended = closed?[gateway] ?? 0
        cut.populations.append(
            GatewayPopulation(
                gateway: GatewayID(gateway),
                opened: count + ended,
                closed: ended,
                digest: Digest(count: count, sum: count &* 0x9E37_79B9)
            )
        )
    }
    cut.waiting = waiting
    cut.attempts = attempts
    cut.attemptsDue = attemptsDue
    return cut
}

/// The cuts of one process from t0 to the end, `before` up to second `change` and `after` from then on.
func cuts(through last: Int32, _ before: [UInt64], from change: Int32 = .max, _ after: [UInt64] = []) -> [Cut] {
    (0...last).map { second in
        guard second > change else { return cut(second, before) }
        return cut(second, after, closed: zip(before, after).map { $0 > $1 ? $0 - $1 : 0 })
    }
}

func disconnect(
    _ gateway: GatewayID,
    _ lastProof: Double,
    _ at: Double,
    _ mechanism: Mechanism,
    session: SessionID = 0
) -> Disconnect {
    Disconnect(
        session: session,
        gateway: gateway,
        lastProofOfLife: instant(lastProof),
        at: instant(at),
        mechanism: mechanism
    )
}
