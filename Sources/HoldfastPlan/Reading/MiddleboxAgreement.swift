import HoldfastCore

/// What a live middlebox, which is a program, cannot be for everything else that a plan says.
extension SectionReader {
    mutating func agreeOnMiddlebox(_ plan: Plan, _ root: PlanNode) {
        guard plan.namesMiddlebox else { return }
        let isOfGroups = plan.target.middlebox == nil
        let place = isOfGroups ? root.place(of: "groups") : root.place(of: "target", "middlebox")
        let name = isOfGroups ? "network" : "middlebox"
        if plan.target.via == .external {
            let condition = " with `via: external`, whose endpoints it does not stand before,"
            reader.onlySimulated(name, at: place, when: condition)
        }
        let forgetting = plan.plansOfGroups.filter { $0.target.middlebox?.aging != nil }
        if forgetting.contains(where: { $0.heartbeat.strategy == .tcpKeepalive }) {
            let condition = " with `tcp-keepalive`, whose probes no program between the ends gets to see,"
            reader.onlySimulated(name, at: place, when: condition)
        }
        if forgetting.contains(where: { $0.heartbeat.userTimeout != nil }) {
            let condition = " with `userTimeout`, which never runs out while its kernel acknowledges,"
            reader.onlySimulated(name, at: place, when: condition)
        }
    }
}
