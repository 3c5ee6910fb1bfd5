import HoldfastCore

/// What several sections of a plan must agree on.
extension SectionReader {
    mutating func agree(_ plan: Plan, _ root: PlanNode) {
        agreeOnAlgorithm(plan, root)
        agreeOnPace(plan, root)
        agreeOnAddresses(plan, root)
        agreeOnRegistry(plan, root)
        agreeOnWorkload(plan, root)
        agreeOnShedding(plan, root)
        agreeOnRegions(plan, root)
        agreeOnMiddlebox(plan, root)
        if let workers = plan.workers, workers > plan.sessions {
            let found = "\(workers) workers for \(plan.sessions) sessions"
            reader.refuse(at: root.place(of: "workers"), found: found, expected: "at most one worker a session")
        }
        let noted = reader.diagnostics.count
        // What is wrong with the plan itself is so with many groups.
        for group in plan.plansOfGroups where reader.diagnostics.count == noted { agreeOnSessions(group, root) }
    }

    /// What holds for the sessions of every group.
    private mutating func agreeOnSessions(_ plan: Plan, _ root: PlanNode) {
        if plan.reconnect.quarantine != nil, plan.target.via != .client {
            reader.refuse(
                at: root.place(of: "reconnect", "quarantine"),
                found: "`quarantine` with `via: \(plan.target.via.rawValue)`, where no session picks its gateway",
                expected: "`via: client`"
            )
        }
        let beat = plan.heartbeat.interval.scaled(by: 1 / plan.timeScale)
        if plan.heartbeat.interval > .zero, beat < .milliseconds(1) {
            let found = "a heartbeat every \(ScalarText.text(plan.heartbeat.interval)) with this time scale"
            reader.refuse(at: root.place(of: "timeScale"), found: found, expected: "at least 1ms between heartbeats")
        }
    }

    /// The last first attempt must go out before t0 is announced without it.
    private mutating func agreeOnPace(_ plan: Plan, _ root: PlanNode) {
        let ratePerSecond = min(plan.establish.ratePerSecond, plan.connect.ratePerSecond ?? .infinity)
        let needed = Double(plan.sessions) / ratePerSecond
        guard needed > plan.establish.timeout.seconds else { return }
        let rate = ScalarText.text(ratePerSecond)
        let timeout = ScalarText.text(plan.establish.timeout)
        reader.refuse(
            at: root.place(of: "establish"),
            found: "\(plan.sessions) sessions at \(rate)/s, which takes \(ScalarText.text(needed))s",
            expected: "`establish` to finish within its timeout of \(timeout)"
        )
    }

    /// Session i has the address 127.64.0.0 + 1 + i/crowd, and 127.128.0.0 begins what a proxy connects from.
    private mutating func agreeOnAddresses(_ plan: Plan, _ root: PlanNode) {
        let addresses = (1 << 22) - 2
        guard (plan.sessions - 1) / plan.target.crowd >= addresses else { return }
        reader.refuse(
            at: root.place(of: "sessions"),
            found: "\(plan.sessions) sessions with \(plan.target.crowd) to an address",
            expected: "at most \(addresses) source addresses, or a larger `target.crowd`"
        )
    }
}
