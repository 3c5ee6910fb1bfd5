import HoldfastCore

extension WorkloadPolicy {
    var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = []
        if let push { entries.append(("push", push.resolved)) }
        if let request { entries.append(("request", request.resolved)) }
        return .mapping(entries)
    }
}

extension PushPolicy {
    fileprivate var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("every", interval.resolved), ("arrivals", .text(arrivals.rawValue)), ("queue", .text(queue.rawValue)),
            ("receipts", .text(String(isAcknowledged))),
        ]
        if isAcknowledged { entries.append(("retries", .integer(UInt64(retries)))) }
        entries += [("timeout", timeout.resolved), ("size", .text("\(payloadBytes)B"))]
        if let until { entries.append(("until", until.resolved)) }
        return .mapping(entries)
    }
}

extension RequestPolicy {
    fileprivate var resolved: ResolvedValue {
        var entries: [(key: String, value: ResolvedValue)] = [
            ("every", every.resolved), ("timeout", timeout.resolved),
        ]
        if let maxIdle { entries.append(("maxIdle", maxIdle.resolved)) }
        if let until { entries.append(("until", until.resolved)) }
        return .mapping(entries)
    }
}
