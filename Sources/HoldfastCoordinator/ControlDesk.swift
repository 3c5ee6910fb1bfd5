import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// The coordinator's side of the exchange: takes every report in, and answers with what the run has come to.
actor ControlDesk: ControlHandler {
    /// Everything reported so far. Whoever keeps it makes the next report copy what it changes: what is asked many
    /// times a second has a question of its own.
    private(set) var measurements: RunMeasurements
    private let assignment: Assignment
    private var orders = Orders()
    private var incarnations: [AgentID: UInt32] = [:]
    private var lastHeard: [AgentID: Instant] = [:]
    private var stages: [AgentID: AgentReport.Stage] = [:]
    private var planned: [PlannedExecution] = []
    /// When the run was ended before its time; nil where it was not.
    private(set) var endedAt: Instant?

    /// A fault on a gateway whose executed time is awaited.
    fileprivate struct PlannedExecution {
        var fault: Int
        var gateway: GatewayID?
        var at: Instant
    }

    /// How long after its instant an executed time is still awaited; whoever should have sent it is gone then.
    private static let patience = Span.seconds(5)

    init(plan: Plan, assignment: Assignment) {
        measurements = RunMeasurements(plan: plan, workers: assignment.workers)
        self.assignment = assignment
    }

    // MARK: Agents

    func join(_ join: Join) async throws(JoinRefusal) -> Assignment {
        guard let expected = incarnations[join.agent] else {
            throw JoinRefusal(.unknownAgent, "\(join.agent) has no part in this run")
        }
        guard expected == join.incarnation else {
            throw JoinRefusal(.unknownAgent, "\(join.agent) has incarnation \(join.incarnation), expected \(expected)")
        }
        guard join.build == BuildIdentity.current else {
            throw JoinRefusal(.wrongBuild, "\(join.agent) is build \(join.build), expected \(BuildIdentity.current)")
        }
        lastHeard[join.agent] = ControlClock.now
        return assignment
    }

    func exchange(_ report: AgentReport) async -> Orders {
        lastHeard[report.agent] = ControlClock.now
        if measurements.receive(report), report.incarnation == incarnations[report.agent] {
            stages[report.agent] = report.stage
        }
        var answer = orders
        answer.acknowledged = report.sequence
        answer.executed = measurements.executed
        answer.executedThrough = executedThrough
        answer.thresholds = thresholds
        answer.fleet = fleetLoad
        return answer
    }

    // MARK: The run

    /// Lets an agent join; a later incarnation ends the earlier one.
    func expect(_ agent: AgentID, incarnation: UInt32) {
        incarnations[agent] = incarnation
        stages[agent] = nil
    }

    /// When establishing starts.
    func announceEstablishing(at instant: Instant) { orders.establishAt = instant }

    /// When t0 is, and with it every fault whose executed time will be awaited.
    func announceStart(at t0: Instant) {
        orders.t0 = t0
        measurements.t0 = t0
        let plan = measurements.plan.realTime
        planned = plan.timeline.enumerated().flatMap { fault, event in
            PlannedExecution.awaited(fault: fault, event: event, gateways: plan.gateways(before: event.at), t0: t0)
        }
        // Who is added ends nobody's connection: only removals are waited for.
        planned += plan.scalings.flatMap { scaling in
            scaling.removed.map { PlannedExecution(fault: scaling.fault, gateway: $0, at: t0 + scaling.at) }
        }
    }

    /// Ends the run before its time; everybody takes the end cut at once.
    func endNow() {
        orders.endNow = true
        endedAt = ControlClock.now
    }

    /// Everything is in: agents push what is left and leave.
    func finish() { orders.finish = true }

    /// What the coordinator itself carried out.
    func record(_ interval: ExecutedInterval) { measurements.recordExecuted(interval) }

    /// Takes in what something else than an agent counted.
    func record(_ report: AgentReport) { measurements.receive(report) }

    // MARK: Questions

    /// How far an agent's present incarnation has come; nil if it has not reported.
    func stage(of agent: AgentID) -> AgentReport.Stage? { stages[agent] }

    /// When an agent was last heard of.
    func lastHeard(of agent: AgentID) -> Instant? { lastHeard[agent] }

    /// What all sessions have come to; nil if no worker has reported.
    var sessions: SessionCounters? { measurements.sessions }

    /// Plan time and real time; nil until t0 is announced.
    var clock: RunClock? { measurements.clock }

    /// Where the run is.
    func progress(at now: Instant) -> RunProgress { measurements.progress(at: now) }

    /// The first failure that any agent reported.
    var failure: (agent: AgentID, text: String)? { measurements.failures.first }

    private var executedThrough: Instant? {
        guard orders.t0 != nil else { return nil }
        let now = ControlClock.now
        let executed = measurements.executed
        let missing = planned.lazy.filter { plan in
            plan.at <= now && now < plan.at + ControlDesk.patience
                && !executed.contains { $0.fault == plan.fault && (plan.gateway == nil || $0.gateway == plan.gateway) }
        }
        return min(now, missing.map(\.at).min() ?? .never)
    }

    /// Whoever has not been heard of for longer than this is not one of those that share the load.
    private static let silence = Span.seconds(3)

    /// Nil where no gateway asks for it.
    private var fleetLoad: FleetLoad? {
        guard measurements.plan.target.gateway.shed != nil else { return nil }
        let now = ControlClock.now
        return measurements.fleetLoad(at: now) { agent in
            lastHeard[agent].map { now - $0 < ControlDesk.silence } ?? false
        }
    }

    private var thresholds: [RankThreshold] {
        measurements.plan.timeline.indices.compactMap { measurements.threshold(ofFault: $0) }
    }
}

extension ControlDesk.PlannedExecution {
    /// What is awaited of one event of a plan in real time.
    fileprivate static func awaited(
        fault: Int,
        event: TimelineEvent,
        gateways: Int,
        t0: Instant
    ) -> [ControlDesk.PlannedExecution] {
        guard let drop = event.action.drop else {
            return event.outages.map { outage in
                ControlDesk.PlannedExecution(fault: fault, gateway: outage.gateway, at: t0 + outage.begin)
            }
        }
        // A worker knows at once what it ended itself; what gateways end must be waited for.
        guard drop.side == .gateway else { return [] }
        return (event.scope.gateways ?? (0..<GatewayID(gateways)).map { $0 }).map { gateway in
            ControlDesk.PlannedExecution(fault: fault, gateway: gateway, at: t0 + event.at)
        }
    }
}
