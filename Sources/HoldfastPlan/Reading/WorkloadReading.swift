import HoldfastCore

/// Reads what goes over the connections beside heartbeats.
extension SectionReader {
    mutating func workload(_ node: PlanNode?, parent: Place) -> WorkloadPolicy {
        guard let node else { return WorkloadPolicy() }
        let fields = reader.fields(node, parent: parent, known: ["push", "request"])
        guard case .mapping = node.content else { return WorkloadPolicy() }
        if fields["push"] == nil, fields["request"] == nil {
            reader.refuse(at: fields.place, found: "a workload without work", expected: "`push` or `request`")
        }
        return WorkloadPolicy(push: push(fields["push"]), request: request(fields["request"]))
    }

    private mutating func push(_ node: PlanNode?) -> PushPolicy? {
        guard let node else { return nil }
        let known = ["rate", "every", "arrivals", "queue", "receipts", "retries", "timeout", "size", "until"]
        let fields = reader.fields(node, parent: node.place, known: known)
        let rate: Double? = reader.value(fields["rate"], .rate())
        let every: Span? = reader.value(fields["every"], .span(atLeast: .milliseconds(1)))
        if fields["rate"] != nil {
            reader.refuse(["every"], in: fields, beside: "`rate`", expected: "one of the two")
        } else {
            reader.require("every", in: fields, expected: "`rate` or `every`: how often each session gets a message")
        }
        let interval = every ?? rate.map { Span.seconds(1).scaled(by: 1 / $0) } ?? .seconds(60)
        if let entry = fields.entries["rate"], interval < .milliseconds(1) {
            reader.refuse(at: entry.value.place, found: entry.value.found, expected: "at most 1000/s for each session")
        }
        let isAcknowledged = reader.value(fields["receipts"], .bool(), or: true)
        if !isAcknowledged {
            let choice = "`receipts: false`"
            let expected = "receipts, without which nothing is sent again"
            reader.refuse(["retries"], in: fields, beside: choice, expected: expected)
        }
        return PushPolicy(
            interval: interval,
            arrivals: reader.choice(fields["arrivals"], or: .random),
            queue: reader.choice(fields["queue"], or: .none),
            isAcknowledged: isAcknowledged,
            retries: UInt8(reader.value(fields["retries"], .whole(0...100), or: 0)),
            timeout: reader.value(fields["timeout"], .span(atLeast: .milliseconds(1)), or: PlanDefaults.receiptTimeout),
            payloadBytes: Int(
                reader.value(fields["size"], .size(upTo: UInt64(WireFormat.dataPayloadLimit)))
                    ?? UInt64(PlanDefaults.messageBytes)
            ),
            until: reader.value(fields["until"], .span(atLeast: .zero))
        )
    }

    private mutating func request(_ node: PlanNode?) -> RequestPolicy? {
        guard let node else { return nil }
        let fields = reader.fields(node, parent: node.place, known: ["every", "timeout", "maxIdle", "until"])
        reader.require("every", in: fields, expected: "how often each session asks")
        return RequestPolicy(
            every: reader.value(fields["every"], .span(atLeast: .milliseconds(1)), or: .seconds(60)),
            timeout: reader.value(fields["timeout"], .span(atLeast: .milliseconds(1)), or: PlanDefaults.requestTimeout),
            maxIdle: reader.value(fields["maxIdle"], .span(atLeast: .zero)),
            until: reader.value(fields["until"], .span(atLeast: .zero))
        )
    }

    /// What a workload must agree on with the rest of the plan.
    mutating func agreeOnWorkload(_ plan: Plan, _ root: PlanNode) {
        if plan.target.gateway.goawayChance > 0, plan.workload.request == nil {
            let place = root.place(of: "target", "gateway", "goawayChance")
            let found = "`goawayChance` without requests, after which a session could be asked to go"
            reader.refuse(at: place, found: found, expected: "`workload.request`")
        }
        guard let request = plan.workload.request else { return }
        let shortest = min(request.every, request.timeout).scaled(by: 1 / plan.timeScale)
        if shortest < .milliseconds(1) {
            let found = "a request every \(ScalarText.text(request.every)) with this time scale"
            reader.refuse(at: root.place(of: "timeScale"), found: found, expected: "at least 1ms between requests")
        }
    }
}
