import HoldfastCore

/// `target.gateway.shed`: gateways that hold more than their share.
extension SectionReader {
    mutating func shed(_ node: PlanNode?) -> ShedPolicy? {
        guard let node else { return nil }
        let fields = reader.fields(node, parent: node.place, known: ["above", "rate", "interval"])
        guard case .mapping = node.content else { return nil }
        let usual = PlanDefaults.shed
        return ShedPolicy(
            above: reader.value(fields["above"], .number(1...100), or: usual.above),
            ratePerSecond: reader.value(fields["rate"], .rate(), or: usual.ratePerSecond),
            interval: reader.value(fields["interval"], .span(atLeast: .milliseconds(1)), or: usual.interval)
        )
    }

    /// A mean is what all should hold, and live it is as old as an exchange, of which there is one a second.
    mutating func agreeOnShedding(_ plan: Plan, _ root: PlanNode) {
        guard let shed = plan.target.gateway.shed else { return }
        let place = root.place(of: "target", "gateway", "shed")
        if !plan.target.gateway.weights.isEmpty {
            let found = "`shed` to the mean beside a list of weights"
            reader.refuse(at: place, found: found, expected: "gateways that are all alike")
        }
        if shed.interval.scaled(by: 1 / plan.timeScale) < .seconds(1) {
            reader.onlySimulated("shed", at: place, when: " with an `interval` below 1s of real time")
        }
    }
}
