import HoldfastCore

/// What happens to a fleet and its balancer on purpose, and how the balancer looks after it.
extension SectionReader {
    mutating func scaling(_ action: PlanNode.Entry, _ plan: Plan?) -> (Scope, FaultAction)? {
        let node = action.value
        let fields = reader.fields(node, parent: node.place, known: ["to"])
        guard case .mapping = node.content else { return nil }
        reader.require("to", in: fields, expected: "the number of gateways")
        let count = reader.value(fields["to"], .whole(1...64_000), or: 1)
        if let plan, !plan.target.gateway.weights.isEmpty {
            let found = "`scale` beside a list of weights"
            reader.refuse(at: node.place, found: found, expected: "gateways that are all alike")
        }
        if let plan, Set(plan.target.gateway.regions).count > 1 {
            let found = "`scale` beside gateways in several regions"
            reader.refuse(at: node.place, found: found, expected: "gateways that are all alike")
        }
        if let plan, plan.target.via == .client, plan.target.registry == nil {
            let found = "`scale` with `via: client`, where sessions have a list of their own"
            reader.refuse(at: node.place, found: found, expected: "a balancer or `target.registry`")
        }
        return (Scope(gateways: nil), .scale(to: count))
    }

    mutating func reload(_ action: PlanNode.Entry, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(action.value, parent: action.place, known: ["keepCounts"])
        let keeps = reader.value(fields["keepCounts"], .bool(), or: false)
        if let plan, plan.target.via == .client, plan.target.registry?.fallback != .slb {
            let found = "`reloadBalancer` with `via: client`"
            reader.refuse(at: action.place, found: found, expected: "a balancer")
        }
        if let via = plan?.target.via, via.isForeign, keeps {
            let found = "`keepCounts` with `via: \(via.rawValue)`, which begins anew with none"
            reader.refuse(at: fields.place(of: "keepCounts"), found: found, expected: "`keepCounts: false`")
        }
        if let plan, !plan.canReload(keepsCounts: keeps) { reader.onlySimulated(action.key, at: action.place) }
        return (Scope(gateways: nil), .reloadBalancer(keepCounts: keeps))
    }

    /// Each `scale` changes something, and nothing else stops a gateway that one of them removes.
    mutating func refuseScaling(_ drafts: [Draft], _ plan: Plan?) {
        guard var plan else { return }
        plan.timeline = drafts.map(\.event)
        let scalings = plan.scalings
        for scaling in scalings where scaling.before == scaling.after {
            let found = "`scale` to the \(scaling.after) gateways that there are"
            reader.refuse(at: drafts[scaling.fault].place, found: found, expected: "more, or fewer")
        }
        let drain = plan.target.gateway.drain
        for (earlier, later) in zip(scalings, scalings.dropFirst())
        where !earlier.removed.isEmpty && !later.added.isEmpty && later.at < earlier.at + drain {
            let condition = " within the `drain` of \(ScalarText.text(drain)) of those that it brings back"
            reader.onlySimulated("scale", at: drafts[later.fault].place, when: condition)
        }
        let fewest = scalings.map(\.after).reduce(plan.target.gateways, min)
        for draft in drafts {
            guard let removed = draft.event.outages.first(where: { Int($0.gateway) >= fewest }) else { continue }
            let kind = draft.event.action.kind.rawValue
            let found = "`\(kind)` of gateway \(removed.gateway), which a `scale` removes"
            reader.refuse(at: draft.place, found: found, expected: "a gateway that stays")
        }
    }

    mutating func check(_ healthCheck: HealthCheck, _ fields: Fields) -> CheckSettings {
        var check = CheckSettings()
        guard healthCheck.isActive else {
            let beside = "`healthCheck: \(healthCheck.rawValue)`"
            reader.refuse(["interval", "fall", "rise"], in: fields, beside: beside, expected: "tcp or application")
            return check
        }
        check.interval = reader.value(fields["interval"], .span(atLeast: .milliseconds(1)), or: check.interval)
        check.fall = UInt32(reader.value(fields["fall"], .whole(1...100), or: Int(check.fall)))
        check.rise = UInt32(reader.value(fields["rise"], .whole(1...100), or: Int(check.rise)))
        return check
    }
}
