import HoldfastCore

extension TimelineEvent {
    var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [("at", at.resolved)]
        if let length = action.length { entries.append(("for", length.resolved)) }
        if let phase { entries.append(("phase", .text(phase))) }
        entries.append((action.kind.rawValue, .mapping(resolvedScope + action.resolvedParts)))
        return .mapping(entries)
    }

    private var resolvedScope: [(key: String, value: ResolvedValue)] {
        var entries: [(key: String, value: ResolvedValue)] = []
        let ids = scope.gateways ?? []
        if case .restart = action {
            if let id = ids.first { entries.append(("gateway", .integer(UInt64(id)))) }
        } else if scope.gateways != nil {
            entries.append(("gateways", .list(ids.map { .integer(UInt64($0)) })))
        }
        guard !action.kind.isOnGateways, ![.registry, .reloadBalancer].contains(action.kind) else { return entries }
        if let group = scope.group { entries.append(("group", .integer(UInt64(group)))) }
        switch action {
        case .disturb, .reroute: if scope.gateways != nil { return entries }
        default: break
        }
        switch scope.share {
        case .fraction(let fraction): entries.append(("fraction", .number(fraction)))
        case .count(let count): entries.append(("count", .integer(UInt64(count))))
        }
        return entries
    }
}

extension FaultAction {
    fileprivate var resolvedParts: [(key: String, value: ResolvedValue)] {
        switch self {
        case .drop(let drop):
            [
                ("by", .text(drop.manner.rawValue)), ("side", .text(drop.side.rawValue)),
                ("return", drop.comeback.resolved),
            ]
        case .freeze, .kill, .resume, .crash, .stall, .foreground: []
        case .drain(let drain, _):
            [("over", drain.over.resolved)] + (drain.target.map { [("to", .integer(UInt64($0)))] } ?? [])
        case .scale(let count): [("to", .integer(UInt64(count)))]
        case .reloadBalancer(let keeps): [("keepCounts", .text(keeps ? "true" : "false"))]
        case .registry(.kill, _): [("kill", .text("true"))]
        case .registry(.pause, _): [("pause", .text("true"))]
        case .registry(.shrink(let share), _): [("shrinkTo", .number(share))]
        case .overload(let delay, _): [("delay", delay.resolved)]
        case .disturb(let disturbance): disturbance.resolvedParts
        case .reroute(let rerouting):
            rerouting.kind == .switchNetwork
                ? [("known", .text(rerouting.isKnown ? "true" : "false"))] + rerouting.resolvedNetwork : []
        case .kick(let notice): [("notice", .text(notice ? "true" : "false"))]
        case .restart(let restart): restart.resolvedParts
        case .rollingRestart(let restart, let every): restart.resolvedParts + [("every", every.resolved)]
        }
    }
}

extension Rerouting {
    fileprivate var resolvedNetwork: [(key: String, value: ResolvedValue)] {
        network.map { [("network", .text($0))] } ?? []
    }
}

extension Disturbance {
    fileprivate var resolvedParts: [(key: String, value: ResolvedValue)] {
        switch kind {
        case .partition: [("direction", .text(direction.rawValue))]
        case .loss: [("direction", .text(direction.rawValue)), ("rate", .number(loss))]
        case .delay:
            [("direction", .text(direction.rawValue)), ("add", added.resolved), ("jitter", jitter.resolved)]
        case .congest:
            [("rate", .text(ScalarText.text(ratePerSecond) + "/s")), ("queue", .integer(UInt64(queue)))]
        case .loseResets: []
        }
    }
}

extension Drop.Return {
    fileprivate var resolved: ResolvedValue {
        switch self {
        case .policy: .text("policy")
        case .never: .text("never")
        case .after(let span): span.resolved
        }
    }
}

extension Restart {
    fileprivate var resolvedParts: [(key: String, value: ResolvedValue)] {
        [("how", .text(manner.rawValue)), ("down", down.resolved)]
    }
}
