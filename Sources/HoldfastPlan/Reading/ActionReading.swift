import HoldfastCore

/// The actions of timeline events, each with its scope.
extension SectionReader {
    mutating func action(
        _ action: PlanNode.Entry,
        _ event: Fields,
        _ at: Span,
        _ plan: Plan?
    ) -> (Scope, FaultAction)? {
        let kind = FaultKind(rawValue: action.key)
        if kind.map({ !SectionReader.lasting.contains($0) }) ?? true {
            let expected = "one of \(listed(SectionReader.lasting.map(\.rawValue)))"
            reader.refuse(["for"], in: event, beside: "`\(action.key)`", expected: expected)
        }
        if let kind, SectionReader.simulatedOnly.contains(kind) { reader.onlySimulated(action.key, at: action.place) }
        switch kind {
        case .drop: return drop(action.value, plan)
        case .kick: return kick(action.value, plan)
        case .resume: return resume(action.value, plan)
        case .drain: return drain(action.value, event, plan)
        case .scale: return scaling(action, plan)
        case .reloadBalancer: return reload(action, plan)
        case .foreground: return resume(action.value, plan).map { ($0.0, .foreground(length: length(event))) }
        case .registry:
            return registryDisturbance(action.value, plan)
                .map { (Scope(gateways: nil), .registry($0, length: length(event))) }
        case .freeze:
            return stop(action.value, plan).map { ($0, .freeze(length: length(event))) }
        case .kill:
            return stop(action.value, plan).map { ($0, .kill(length: length(event))) }
        case .crash: return stop(action.value, plan).map { ($0, .crash(length: length(event))) }
        case .stall: return stop(action.value, plan).map { ($0, .stall(length: length(event))) }
        case .overload: return overload(action.value, length(event), plan)
        case .partition, .loss, .delay, .congest, .loseResets:
            return disturbance(action, length(event), plan)
        case .changeAddress, .expireNat, .rebindNat, .switchNetwork: return rerouting(action, plan)
        case .restart: return restart(action.value, plan)
        case .rollingRestart: return rollingRestart(action.value, at, plan)
        case nil where action.key == SectionReader.vanish: return vanish(action.value, plan)
        case nil: return nil
        }
    }

    /// Another name of a drop by silence without a return.
    static let vanish = "vanish"
    /// The kinds that may say how long they go on.
    private static let lasting: [FaultKind] = [
        .freeze, .kill, .crash, .stall, .overload, .partition, .loss, .delay, .congest, .loseResets, .registry,
        .foreground, .drain,
    ]
    private static let simulatedOnly: [FaultKind] = [.crash, .loss, .delay, .congest]

    mutating func length(_ event: Fields) -> Span? {
        reader.value(event["for"], .span(atLeast: .milliseconds(1)))
    }

    private mutating func drop(_ node: PlanNode, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "gateways", "fraction", "count", "by", "side", "return", "group"]
        )
        var drop = PlanDefaults.drop
        drop.manner = reader.choice(fields["by"], or: drop.manner)
        drop.side = reader.choice(fields["side"], or: drop.side)
        drop.comeback = reader.value(fields["return"], comeback, or: drop.comeback)
        if drop.side == .gateway, drop.comeback == .never {
            let found = "`return: never` with `side: gateway`, where the session does not know that it should stay away"
            reader.refuse(at: fields.place(of: "return"), found: found, expected: "policy or a duration")
        }
        return (scope(fields, plan), .drop(drop))
    }

    private mutating func kick(_ node: PlanNode, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "gateways", "fraction", "count", "notice", "group"]
        )
        let notice = reader.value(fields["notice"], .bool(), or: PlanDefaults.notice)
        return (scope(fields, plan), .kick(notice: notice))
    }

    /// A session that gave up is on no gateway, nor is one that waits.
    private mutating func resume(_ node: PlanNode, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["fraction", "count", "group"]
        )
        return (scope(fields, plan), .resume)
    }

    private var comeback: ValueKind<Drop.Return> {
        let span = ValueKind<Span>.span(atLeast: .zero)
        return ValueKind(
            expected: "policy, never or a duration such as 5s",
            parse: { text in
                switch text {
                case "policy": .policy
                case "never": .never
                default: span.parse(text).map(Drop.Return.after)
                }
            },
            alternatives: { text in
                span.alternatives(text) + [nearestName(to: text, among: ["policy", "never"])].compactMap(\.self)
            }
        )
    }

    /// Some sessions: on gateways or anywhere, of a group or of all.
    mutating func scope(_ fields: Fields, _ plan: Plan?) -> Scope {
        Scope(gateways: gateways(fields, plan), share: share(fields, plan), group: group(fields, plan))
    }

    /// How many of the sessions in the scope.
    mutating func share(_ fields: Fields, _ plan: Plan?) -> Share {
        if let count = fields["count"] {
            reader.refuse(["fraction"], in: fields, beside: "`count`", expected: "one of the two")
            let most = UInt64(plan?.sessions ?? 1 << 31)
            return .count(reader.value(count, .whole(1...most, "a number of sessions"), or: 1))
        }
        return .fraction(reader.value(fields["fraction"], .fraction(), or: 1))
    }

    /// The scope of what stops whole gateways.
    mutating func stop(_ node: PlanNode, _ plan: Plan?) -> Scope? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "gateways"]
        )
        guard case .mapping = node.content else { return nil }
        guard fields["gateway"] != nil || fields["gateways"] != nil else {
            reader.refuse(at: fields.place, found: "no gateway to stop", expected: "`gateway` or `gateways`")
            return nil
        }
        return Scope(gateways: gateways(fields, plan))
    }

    private mutating func restart(_ node: PlanNode, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "how", "down"]
        )
        guard case .mapping = node.content else { return nil }
        reader.require("gateway", in: fields, expected: "the gateway that restarts")
        return (Scope(gateways: gateways(fields, plan)), .restart(manner(fields)))
    }

    private mutating func rollingRestart(_ node: PlanNode, _ at: Span, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateways", "how", "down", "every"]
        )
        let restart = manner(fields)
        let every = reader.value(fields["every"], .span(atLeast: .zero), or: PlanDefaults.every)
        let all = plan.map { Array(0..<GatewayID($0.target.gateways)) } ?? []
        let gateways = gateways(fields, plan)?.sorted() ?? all
        if let plan, !reader.hasErrors { refuseHaste(fields, restart, every, at, gateways.count, plan) }
        return (Scope(gateways: gateways), .rollingRestart(restart, every: every))
    }

    private mutating func manner(_ fields: Fields) -> Restart {
        Restart(
            manner: reader.choice(fields["how"], or: PlanDefaults.restartManner),
            down: reader.value(fields["down"], .span(atLeast: .zero), or: PlanDefaults.down)
        )
    }

    /// Sessions must be back before the next gateway stops, and must not wait for the one that is down.
    private mutating func refuseHaste(
        _ fields: Fields,
        _ restart: Restart,
        _ every: Span,
        _ at: Span,
        _ count: Int,
        _ plan: Plan
    ) {
        let backoff = plan.plansOfGroups.map(\.reconnect.longestFirstDelay).max() ?? .zero
        if restart.down <= backoff {
            let first = "a first backoff of up to \(ScalarText.text(backoff))"
            let found = "a `down` of \(ScalarText.text(restart.down)) with \(first)"
            reader.refuse(at: fields.place(of: "down"), found: found, expected: "more than the first backoff")
        }
        let least = restart.down + plan.target.balancer.failTimeout * 2 + .seconds(1)
        if every < least {
            let found = "a restart every \(ScalarText.text(every))"
            let expected = "at least \(ScalarText.text(least)), which is `down` + 2 `failTimeout` + 1s"
            reader.refuse(at: fields.place(of: "every"), found: found, expected: expected)
        }
        let last = at.seconds + every.seconds * Double(count - 1)
        if last >= plan.duration.seconds {
            let found = "a last restart at \(ScalarText.text(last))s in a run of \(ScalarText.text(plan.duration))"
            reader.refuse(at: fields.place, found: found, expected: "restarts before the end")
        }
    }

    mutating func gateways(_ fields: Fields, _ plan: Plan?) -> [GatewayID]? {
        let count = UInt64(plan?.target.gateways ?? 64_000)
        let kind = ValueKind<Int>.whole(0...count - 1, "a gateway")
        if let gateway = fields["gateway"] {
            reader.refuse(["gateways"], in: fields, beside: "`gateway`", expected: "one of the two")
            return [GatewayID(reader.value(gateway, kind, or: 0))]
        }
        guard let node = fields["gateways"] else { return nil }
        switch node.content {
        case .scalar(let scalar) where scalar.text == "all":
            return plan.map { Array(0..<GatewayID($0.target.gateways)) } ?? []
        case .sequence(let items) where !items.isEmpty:
            var ids: [GatewayID] = []
            for item in items {
                let id = GatewayID(reader.value(item, kind, or: 0))
                if ids.contains(id), !reader.hasErrors {
                    reader.refuse(at: item.place, found: "gateway \(id) twice", expected: "each gateway once")
                }
                ids.append(id)
            }
            return ids.sorted()
        default:
            let found = node.found == "a list" ? "an empty list" : node.found
            let suggestion = node.found == "`*`" ? "all" : nil
            reader.refuse(
                at: node.place,
                found: found,
                expected: "all, or a list of gateways such as [0, 1]",
                suggestion: suggestion
            )
            return nil
        }
    }
}
