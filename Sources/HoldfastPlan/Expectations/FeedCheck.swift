import HoldfastCore

/// Refuses expectations about things that cannot happen in a plan: they would never have data.
struct FeedCheck {
    let plan: Plan
    /// As it is for each group.
    private let plans: [Plan]

    init(plan: Plan) {
        self.plan = plan
        plans = plan.plansOfGroups
    }

    func check(_ metric: MetricDescription, _ parsed: ParsedExpectation) throws(ExpectationError) {
        let matches = parsed.expectation.matches
        let expected: String
        switch metric.feed {
        case .always: return
        case .heartbeat:
            guard !plans.contains(where: \.heartbeat.hasBeats) else { return }
            expected = "a plan with a heartbeat"
        case .stateBytes:
            guard plan.target.gateway.stateBytes == nil else { return }
            expected = "a plan with `gateway.stateBytes`"
        case .adaptive:
            guard !plans.contains(where: { $0.heartbeat.strategy == .adaptive }) else { return }
            expected = "a plan with an adaptive heartbeat"
        case .push:
            guard plan.workload.push == nil else { return }
            expected = "a plan with `workload.push`"
        case .request:
            guard plan.workload.request == nil else { return }
            expected = "a plan with `workload.request`"
        case .distance:
            guard !plan.measuresConnects else { return }
            expected = "a plan with `groups`, or with anything on the way"
        case .fault:
            guard plan.timeline.isEmpty else { return }
            expected = "a plan with a fault"
        case .detection:
            guard !plan.timeline.indices.contains(where: { isDetected(fault: $0, matches) }) else { return }
            expected = "a fault in the plan that sessions can notice so"
        case .restoration:
            guard !plan.timeline.indices.contains(where: { isRestored(fault: $0, matches) }) else { return }
            if metric.name == "outageSeconds", matches.isEmpty, hasDepartures { return }
            expected = "a fault in the plan after which sessions come back"
        }
        throw ExpectationError(
            offset: parsed.metricOffset,
            found: "`\(metric.name)`, which nothing in this plan can feed",
            expected: expected
        )
    }

    /// Whether gateways ask sessions to go as a policy, and these come back.
    private var hasDepartures: Bool {
        let gateway = plan.target.gateway
        return (gateway.maxAge != nil || gateway.shed != nil) && plans.contains { $0.reconnect.delay != .none }
    }

    /// Whether a fault can be noticed by a session, in a way that the restrictions let through.
    private func isDetected(fault: Int, _ matches: [Expectation.Match]) -> Bool {
        let event = plan.timeline[fault]
        let mechanisms = Mechanism.allCases.filter { isNoticed(event, by: $0) }
        guard !mechanisms.isEmpty else { return false }
        return matches.allSatisfy { match in
            switch match.key {
            case .cause: match.allows(event.action.kind.resultName)
            case .fault: match.allows(String(fault))
            case .mechanism: mechanisms.contains { match.allows($0.rawValue) }
            default: true
            }
        }
    }

    /// Whether sessions come back after a fault that the restrictions let through.
    private func isRestored(fault: Int, _ matches: [Expectation.Match]) -> Bool {
        let isAllowed = matches.allSatisfy { $0.key != .fault || $0.allows(String(fault)) }
        guard isAllowed else { return false }
        let reconnects = plans.contains { $0.reconnect.delay != .none }
        switch plan.timeline[fault].action {
        case .drop(let drop):
            switch drop.comeback {
            case .policy: return reconnects
            case .never: return false
            case .after: return true
            }
        case .kick(let notice): return reconnects && !notice
        // It ends nothing that could be restored.
        case .resume, .registry, .foreground, .reloadBalancer: return false
        case .reroute(let rerouting): return reconnects || rerouting.isKnown
        case .freeze, .kill, .restart, .rollingRestart, .crash, .stall, .overload, .disturb, .drain, .scale:
            return reconnects
        }
    }

    private func isNoticed(_ event: TimelineEvent, by mechanism: Mechanism) -> Bool {
        if losesResets, isTimed(mechanism), event.action.kind.canCauseWithoutReset(mechanism),
            isNoticed(event, by: .reset)
        {
            return true
        }
        guard event.action.kind.canCause(mechanism) else { return false }
        switch event.action {
        case .drop(let drop): return drop.side == .gateway && isNoticed(drop.manner, by: mechanism)
        case .freeze(let length):
            guard mechanism == .heartbeat else { return false }
            return plans.contains { plan in
                plan.heartbeat.isDetectedByClient && (length.map { $0 > plan.heartbeat.shortestDetection } ?? true)
            }
        case .kick(let notice): return notice || mechanism != .kicked
        case .kill, .restart, .rollingRestart, .drain, .scale: return true
        case .resume, .registry, .foreground, .reloadBalancer: return false
        case .reroute(let rerouting): return !rerouting.isKnown && isTimed(mechanism)
        case .crash, .stall, .overload, .disturb: return isTimed(mechanism)
        }
    }

    private var losesResets: Bool { plan.timeline.contains { $0.action.kind == .loseResets } }

    /// What a timer of the plan's notices, or something else altogether.
    private func isTimed(_ mechanism: Mechanism) -> Bool {
        switch mechanism {
        case .heartbeat: plans.contains(where: \.heartbeat.isDetectedByClient)
        case .keepalive: plans.contains { $0.heartbeat.strategy == .tcpKeepalive }
        case .userTimeout: plans.contains { $0.heartbeat.userTimeout != nil }
        default: true
        }
    }

    private func isNoticed(_ manner: CloseManner, by mechanism: Mechanism) -> Bool {
        switch mechanism {
        case .local: false
        case .heartbeat: manner == .vanish && plans.contains(where: \.heartbeat.isDetectedByClient)
        default: manner != .vanish
        }
    }
}

extension HeartbeatPolicy {
    /// Whether anybody sends beats that could be counted.
    fileprivate var hasBeats: Bool { !strategy.traits.isDisjoint(with: [.clientSends, .gatewaySends]) }

    /// The latency of detection is longer than this.
    fileprivate var shortestDetection: Span {
        switch detection {
        case .silence(let silence): silence - interval
        case .misses(let count, let timeout): interval * Int64(count - 1) + timeout
        }
    }
}

extension FaultKind {
    /// Its name in results and expectations, in kebab case as every dynamic name there.
    public var resultName: String {
        rawValue.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
        }
    }
}

extension Expectation.Match {
    /// Whether a value passes this restriction.
    public func allows(_ value: String) -> Bool { values.contains(value) != negated }
}
