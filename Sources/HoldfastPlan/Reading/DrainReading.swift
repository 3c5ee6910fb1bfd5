import HoldfastCore

/// Gateways that let their sessions go.
extension SectionReader {
    mutating func drain(_ node: PlanNode, _ event: Fields, _ plan: Plan?) -> (Scope, FaultAction)? {
        let fields = reader.fields(
            node,
            parent: node.place,
            known: ["gateway", "gateways", "over", "to"]
        )
        guard case .mapping = node.content else { return nil }
        guard fields["gateway"] != nil || fields["gateways"] != nil else {
            reader.refuse(at: fields.place, found: "no gateway to drain", expected: "`gateway` or `gateways`")
            return nil
        }
        var drain = Drain(over: reader.value(fields["over"], .span(atLeast: .zero), or: PlanDefaults.drainOver))
        let length = length(event)
        if let length, length < drain.over {
            let found = "a drain over \(ScalarText.text(drain.over)) for \(ScalarText.text(length))"
            reader.refuse(at: event.place(of: "for"), found: found, expected: "at least as long as `over`")
        }
        let scope = Scope(gateways: gateways(fields, plan))
        drain.target = redirection(fields, scope, plan)
        return (scope, .drain(drain, length: length))
    }

    /// The gateway that everybody is sent to: one that sessions can reach by themselves, and that is not drained too.
    private mutating func redirection(_ fields: Fields, _ scope: Scope, _ plan: Plan?) -> GatewayID? {
        guard let node = fields["to"] else { return nil }
        let most = UInt64(plan?.target.gateways ?? 64_000)
        guard let target = reader.value(node, .whole(0...most - 1, "a gateway")).map({ GatewayID($0) }) else {
            return nil
        }
        if let via = plan?.target.via, via != .client {
            let found = "`to` with `via: \(via.rawValue)`, where no session can go to a gateway of its own choice"
            reader.refuse(at: fields.place(of: "to"), found: found, expected: "`via: client`")
        }
        if scope.gateways?.contains(target) == true {
            let found = "a drain of gateway \(target) to itself"
            reader.refuse(at: node.place, found: found, expected: "a gateway that is not drained")
        }
        return target
    }
}
