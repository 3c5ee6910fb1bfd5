import HoldfastCore

/// Timeline events that happen to the network, and to hosts at its end.
extension SectionReader {
    mutating func overload(_ node: PlanNode, _ length: Span?, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(node, parent: node.place, known: ["gateway", "gateways", "delay"])
        reader.require("delay", in: fields, expected: "how late it answers")
        let delay = reader.value(fields["delay"], .span(atLeast: .milliseconds(1)), or: .seconds(1))
        guard fields["gateway"] != nil || fields["gateways"] != nil else {
            reader.refuse(at: fields.place, found: "no gateway to slow down", expected: "`gateway` or `gateways`")
            return nil
        }
        return (Scope(gateways: gateways(fields, plan)), .overload(delay: delay, length: length))
    }

    mutating func disturbance(_ action: PlanNode.Entry, _ length: Span?, _ plan: Plan?) -> (Scope, FaultAction)? {
        guard let kind = Disturbance.Kind(rawValue: action.key) else { return nil }
        var disturbance = Disturbance(kind: kind, length: length)
        let parts: [String] =
            switch kind {
            case .partition: ["direction"]
            case .loss: ["direction", "rate"]
            case .delay: ["direction", "add", "jitter"]
            case .congest: ["rate", "queue"]
            case .loseResets: []
            }
        let fields = network(action.value, parts)
        switch kind {
        case .partition, .loseResets: break
        case .loss:
            reader.require("rate", in: fields, expected: "the share that is lost")
            disturbance.loss = reader.value(fields["rate"], .fraction(), or: 1)
        case .delay:
            reader.require("add", in: fields, expected: "how much longer it takes")
            disturbance.added = reader.value(fields["add"], .span(atLeast: .zero), or: .zero)
            disturbance.jitter = reader.value(fields["jitter"], .span(atLeast: .zero), or: .zero)
        case .congest:
            reader.require("rate", in: fields, expected: "messages a second that get through")
            disturbance.ratePerSecond = reader.value(fields["rate"], .rate(), or: 1)
            disturbance.queue = reader.value(fields["queue"], .whole(1...1_000_000), or: PlanDefaults.congestQueue)
        }
        disturbance.direction = reader.choice(fields["direction"], or: PathDirection.both)
        let scope = networkScope(fields, plan)
        agreeOnWay(action, scope, .disturb(disturbance), plan)
        return (scope, .disturb(disturbance))
    }

    mutating func rerouting(_ action: PlanNode.Entry, _ plan: Plan?) -> (Scope, FaultAction)? {
        guard let kind = Rerouting.Kind(rawValue: action.key) else { return nil }
        let fields = network(action.value, kind == .switchNetwork ? ["known", "network"] : [])
        let isKnown = reader.value(fields["known"], .bool(), or: kind == .switchNetwork)
        let rerouting = Rerouting(kind: kind, isKnown: isKnown, network: carrier(fields["network"]))
        if let node = fields["network"], let plan, !plan.namesMiddlebox {
            reader.onlySimulated("network", at: node.place, when: " without a `middlebox`, which stands for it,")
        }
        let scope = networkScope(fields, plan)
        agreeOnWay(action, scope, .reroute(rerouting), plan)
        return (scope, .reroute(rerouting))
    }

    /// What a middlebox, which is a program, has to stand before and to be seen by.
    private mutating func agreeOnWay(_ action: PlanNode.Entry, _ scope: Scope, _ fault: FaultAction, _ plan: Plan?) {
        let position = Position(line: 0, column: 0)
        let event = TimelineEvent(at: .zero, phase: nil, scope: scope, action: fault, position: position)
        guard let plan, event.isOfMiddlebox else { return }
        if plan.target.via == .external {
            let condition = " with `via: external`, whose endpoints no middlebox stands before,"
            return reader.onlySimulated(action.key, at: action.place, when: condition)
        }
        if scope.gateways != nil, plan.target.via != .client {
            return reader.onlySimulated(action.key, at: action.place, when: " of a gateway behind a balancer")
        }
        let isKernels = plan.plansOfGroups.contains {
            $0.heartbeat.strategy == .tcpKeepalive || $0.heartbeat.userTimeout != nil
        }
        if isKernels, case .reroute = fault {
            let condition = " with `tcp-keepalive` or `userTimeout`, whose packets a program's kernel answers,"
            reader.onlySimulated(action.key, at: action.place, when: condition)
        }
    }

    /// The name of a network that clients can move to.
    private mutating func carrier(_ node: PlanNode?) -> String? {
        guard let node else { return nil }
        let networks = Dictionary(uniqueKeysWithValues: Rerouting.networks.map { ($0, $0) })
        return reader.preset(node, networks, [], "network")
    }

    mutating func vanish(_ node: PlanNode, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "gateways", "fraction", "count", "group"]
        )
        let drop = Drop(manner: .vanish, side: .client, comeback: .never)
        return (scope(fields, plan), .drop(drop))
    }

    private mutating func network(_ node: PlanNode, _ parts: [String]) -> Fields {
        reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "gateways", "fraction", "count", "group"] + parts
        )
    }

    /// Whole gateways, or sessions wherever they are: who is on a gateway changes while the network is disturbed.
    private mutating func networkScope(_ fields: Fields, _ plan: Plan?) -> Scope {
        let chosen = gateways(fields, plan)
        if chosen != nil {
            reader.refuse(["fraction", "count"], in: fields, beside: "a gateway", expected: "one of the two")
        }
        return Scope(gateways: chosen, share: share(fields, plan), group: group(fields, plan))
    }
}
