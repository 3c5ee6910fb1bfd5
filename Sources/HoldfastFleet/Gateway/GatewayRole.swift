import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// A gateway process: one server, and its part of the timeline.
struct GatewayRole: ~Copyable, FleetRole {
    /// How often a threshold that has not come is asked for.
    private static let askInterval = Span.milliseconds(100)

    var server: GatewayServer
    let reporter: RegistryReporter?
    let plan: Plan
    private let timing: RunTiming
    let drain: Span
    /// What it still had to do at the start of this life.
    var steps: [GatewayTimeline.Step] = []
    private var thresholds: [Int: RankThreshold] = [:]
    /// What the coordinator last said of the fleet.
    private(set) var fleet: FleetLoad?
    /// Whether a turn to shed is planned.
    var isTurnAhead = false
    var executed: [ExecutedInterval] = []
    private(set) var t0: Instant?

    /// Gateway `identity` of `plan`, or the process of it that has this `page`, for at most `capacity` connections at
    /// once. All gateways of the run have the same `mailboxes`, and the same page of `accounts`. It reports to the
    /// registry that `assignment` names.
    init(
        identity: GatewayServer.Identity,
        plan: Plan,
        capacity: Int,
        page: consuming GatewayPage = GatewayPage(),
        handoffPath: String? = nil,
        mailboxes: MailboxPage? = nil,
        accounts: AccountPage? = nil,
        shard: Int = 0,
        assignment: Assignment? = nil
    ) {
        self.plan = plan
        timing = RunTiming(plan: plan)
        let settings = plan.realTime.target.gateway
        drain = settings.drain
        server = GatewayServer(
            identity: identity,
            policies: plan.plansOfGroups.map(GatewayPolicy.init(plan:)),
            capacity: capacity,
            mostSessions: settings.capacity,
            acceptRate: settings.acceptRatePerSecond,
            stateBytes: Int(settings.stateBytes ?? 0),
            leakBytes: Int(settings.leakBytes),
            backlog: settings.backlog,
            loginTime: settings.loginTime,
            page: page,
            handoffPath: handoffPath
        )
        if let push = plan.realTime.workload.push, let mailboxes {
            let seed = Seed(plan.seed)
            let duration = plan.realTime.duration
            server.business = GatewayBusiness(push, seed: seed, duration: duration, page: mailboxes, slots: capacity)
        }
        if let accounts {
            let process = Int(identity.gateway) * plan.gatewayProcesses + shard
            let rule = settings.duplicateLogin
            server.accounts = GatewayAccounts(rule, page: accounts, process: process, slots: capacity)
        }
        // A process asks at its part of its gateway's rate.
        server.shedding = settings.shed.map { policy in
            var policy = policy
            policy.ratePerSecond /= Double(plan.gatewayProcesses)
            return Shedding(policy)
        }
        let (gateway, load) = (identity.gateway, server.page.load)
        reporter = assignment.flatMap { RegistryReporter(plan: plan, assignment: $0, gateway: gateway, load: load) }
    }

    /// The page goes with the server: nobody may read it any more.
    deinit { reporter?.stop() }

    var slots: Int { server.slots }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {
        try server.listen(&reactor)
        reporter?.begin()
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        server.ready(slot, readiness, &reactor)
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) { server.deadlineReached(slot, &reactor) }

    /// What lies in the past was the business of an earlier life, or of those that were there.
    mutating func start(at t0: Instant, now: Instant, _ life: inout AgentLife) {
        let wasThere = server.identity.incarnation == 0 && Int(server.identity.gateway) < plan.target.gateways
        self.t0 = t0
        server.pingsCountFrom = t0
        reporter?.start(at: t0)
        if server.business != nil {
            life.plan(step: steps.count, at: t0)
            steps.append(.push)
        }
        for entry in GatewayTimeline(of: server.identity.gateway, in: plan).entries {
            let at = timing.instant(entry.at, after: t0) - entry.ahead
            guard wasThere || at > now else { continue }
            life.plan(step: steps.count, at: at)
            steps.append(entry.step)
        }
        planComparing(from: t0, now: now, &life)
    }

    mutating func perform(step: Int, _ life: inout AgentLife, _ reactor: inout Reactor) {
        switch steps[step] {
        case .askThreshold(let fault):
            guard thresholds[fault] == nil else { return }
            life.raiseUrgency()
            life.plan(step: step, at: reactor.now + GatewayRole.askInterval)
        case .drop(let fault):
            guard let rank = highestRank(fault) else {
                life.raiseUrgency()
                return life.plan(step: step, at: reactor.now + GatewayRole.askInterval)
            }
            drop(fault, upTo: rank, &reactor)
            life.raiseUrgency()
        case .leave(let fault):
            let interval = ExecutedInterval(
                fault: fault,
                gateway: server.identity.gateway,
                start: reactor.now,
                end: nil
            )
            executed.append(interval)
            reporter?.leave()
            server.leave(until: reactor.now + drain, &reactor)
            life.raiseUrgency()
        case .drain(let fault): letGo(fault, &life, &reactor)
        case .ask: ask(step, &life, &reactor)
        case .compare: compare(step, &life, &reactor)
        case .shed: shed(step, &life, &reactor)
        case .push: if let t0 { server.startBusiness(at: t0, &reactor) }
        case .stall(let fault): stall(fault, &life, &reactor)
        case .slowDown(let fault): slowDown(fault, &life, &reactor)
        case .cut(let fault): cut(fault, &life, &reactor)
        case .sendLate: sendLate(step, &life, &reactor)
        case .recover(let fault): recover(fault, &life, &reactor)
        case .endDrained: server.endDrained(&reactor)
        case .reopen(let fault): reopen(fault, &life, &reactor)
        }
    }

    mutating func apply(_ orders: Orders) {
        fleet = orders.fleet
        for threshold in orders.thresholds { thresholds[threshold.fault] = threshold }
    }

    mutating func end() { server.business?.end() }

    var hadNoRoom: Bool { server.hadNoRoom }

    func cut(_ second: Int32) -> Cut {
        var cut = Cut(second: second)
        cut.populations = [server.population]
        return cut
    }

    func fill(_ report: inout AgentReport) {
        report.gateway = server.counters
        report.executed = executed
    }

    func fill(_ snapshot: inout MetricSnapshot) {
        let gateway = Label.gateway(server.identity.gateway)
        snapshot.add(.gatewayAccepts, server.counters.accepted, gateway)
        snapshot.add(.gatewayAdmissions, server.counters.admitted, gateway)
        snapshot.add(.gatewayConnections, server.counters.open, gateway)
        if let business = server.business { snapshot.add(.messagesSent, business.sendings, gateway) }
    }

    /// The highest rank among the fault's victims, -1 when nobody is one; nil while the coordinator owes it.
    private func highestRank(_ fault: Int) -> Int64? {
        let scope = plan.timeline[fault].scope
        guard scope.gateways != nil else { return Int64(plan.victims(fault: fault)) - 1 }
        guard let threshold = thresholds[fault] else { return nil }
        return threshold.rank.map { Int64($0) } ?? -1
    }

    private mutating func drop(_ fault: Int, upTo highest: Int64, _ reactor: inout Reactor) {
        guard let command = plan.timeline[fault].action.gatewayCommand else { return }
        let start = Clock.now
        server.command(command, &reactor) { session in
            session < plan.sessions && Int64(plan.rank(of: session, fault: fault)) <= highest
        }
        let gateway = server.identity.gateway
        executed.append(ExecutedInterval(fault: fault, gateway: gateway, start: start, end: Clock.now))
    }
}
