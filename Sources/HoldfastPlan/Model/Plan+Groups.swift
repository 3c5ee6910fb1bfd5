import HoldfastCore

extension Plan {
    /// The plan as it is for the sessions of one group.
    public func plan(ofGroup index: Int) -> Plan {
        var plan = self
        let group = groups[index]
        plan.groups = [SessionGroup(name: group.name, share: 1, region: group.region)]
        if let heartbeat = group.heartbeat { plan.heartbeat = heartbeat }
        if let reconnect = group.reconnect {
            plan.reconnect = reconnect.policy
            plan.onFailure = reconnect.onFailure
        }
        if let churn = group.churn { plan.churn = churn }
        switch group.network {
        case .asPlanned: break
        case .open: plan.target.middlebox = nil
        case .behind(let box): plan.target.middlebox = box
        }
        return plan
    }

    /// The plan as it is for each group in turn; the plan itself without groups.
    public var plansOfGroups: [Plan] { groups.isEmpty ? [self] : groups.indices.map(plan(ofGroup:)) }

    /// The group of a session, 0-based; 0 without groups.
    ///
    /// By the session's place in a permutation of all, against cumulative shares: so groups have their exact sizes, and
    /// are alike in every process.
    public func group(of session: SessionID) -> Int {
        guard groups.count > 1 else { return 0 }
        let place = Int(place(of: session))
        var share = 0.0
        for index in groups.indices.dropLast() {
            share += groups[index].share
            if place < sessions(upTo: share) { return index }
        }
        return groups.count - 1
    }

    /// How many sessions a group has.
    public func sessions(ofGroup index: Int) -> Int { end(ofGroup: index) - start(ofGroup: index) }

    /// The position of a group with this name, or else with this number.
    public func group(named name: String) -> Int? {
        if let index = groups.firstIndex(where: { $0.name == name }) { return index }
        return Int(name).flatMap { groups.indices.contains($0) ? $0 : nil }
    }

    /// A session's place among those of one group, 0-based; nil for one of another group.
    func place(of session: SessionID, inGroup index: Int) -> UInt32? {
        let place = Int(place(of: session))
        let start = start(ofGroup: index)
        guard place >= start, place < end(ofGroup: index) else { return nil }
        return UInt32(place - start)
    }

    private func place(of session: SessionID) -> UInt32 {
        Seed(seed).permute(.group, salt: 0, count: UInt32(sessions), session)
    }

    private func start(ofGroup index: Int) -> Int {
        sessions(upTo: groups[..<index].reduce(0) { $0 + $1.share })
    }

    private func end(ofGroup index: Int) -> Int {
        index == groups.count - 1 ? sessions : sessions(upTo: groups[...index].reduce(0) { $0 + $1.share })
    }

    private func sessions(upTo share: Double) -> Int {
        min(sessions, Int((share * Double(sessions) + 0.5).rounded(.down)))
    }
}
