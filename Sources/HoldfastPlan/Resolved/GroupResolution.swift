import HoldfastCore

extension SessionGroup {
    var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [("name", .text(name)), ("share", .number(share))]
        if let heartbeat { entries.append(("heartbeat", heartbeat.resolved)) }
        if let reconnect { entries.append(("reconnect", reconnect.policy.resolved(reconnect.onFailure))) }
        if let churn { entries.append(("churn", churn.resolved)) }
        switch network {
        case .asPlanned: break
        case .open: entries.append(("network", .text(SessionGroup.openNetwork)))
        case .behind(let box): entries.append(("network", box.resolved))
        }
        if let region { entries.append(("region", .text(region))) }
        return .mapping(entries)
    }
}
