import HoldfastCore
import HoldfastPlan

extension RunAnalysis {
    /// One entry for each group of the plan; nil in a plan without groups.
    var groupResults: [GroupResult]? {
        guard !plan.groups.isEmpty else { return nil }
        return plan.groups.indices.map(groupResult)
    }

    private func groupResult(_ index: Int) -> GroupResult {
        let counters = groupCounters(index)
        let reasons = ConnectFailure.allCases.map(\.rawValue)
        let stops = StopReason.allCases.map(\.rawValue)
        return GroupResult(
            id: index,
            name: plan.groups[index].name,
            sessions: plan.sessions(ofGroup: index),
            admittedOnce: counters?.admittedOnce,
            establishedAtEnd: counters?.admitted,
            stopped: .init(byReason: counts(counters?.stopped, named: stops)),
            connects: .init(
                attempted: counters?.connectsAttempted,
                succeeded: counters?.connectsSucceeded,
                failed: .init(byReason: counts(counters?.connectsFailed, named: reasons)),
                handshakeSeconds: latency(counters?.handshake),
                seconds: latency(counters?.connect)
            ),
            disconnects: .init(
                total: counters == nil ? nil : ledger.total { $0.group == index },
                byCause: byCause(isKnown: counters != nil) { $0.group == index }
            )
        )
    }

    /// The figures of samples; nil where there are none.
    func latency(_ histogram: Histogram?) -> LatencySummary? {
        histogram.flatMap { $0.count > 0 ? LatencySummary($0) : nil }
    }

    /// What all workers counted of a group; nil if nobody has.
    func groupCounters(_ index: Int) -> GroupCounters? {
        guard let groups = sessions?.groups, groups.indices.contains(index) else { return nil }
        return groups[index]
    }

    /// Samples of all sessions, or of the groups that restrictions let through.
    func connects(
        _ matches: [Expectation.Match],
        _ all: KeyPath<SessionCounters, Histogram>,
        _ part: KeyPath<GroupCounters, Histogram>
    ) -> Histogram? {
        guard matches.restrict(.group) else { return sessions?[keyPath: all] }
        var total = Histogram()
        for (index, group) in plan.groups.enumerated() where matches.accept(.group, group.name) {
            if let counters = groupCounters(index) { total.merge(counters[keyPath: part]) }
        }
        return total
    }

    /// A figure of the groups that restrictions let through, added up; nil when one of them is not counted.
    func ofGroups(_ matches: [Expectation.Match], _ figure: (GroupCounters) -> UInt64) -> UInt64? {
        var total: UInt64 = 0
        for (index, group) in plan.groups.enumerated() where matches.accept(.group, group.name) {
            guard let counters = groupCounters(index) else { return nil }
            total += figure(counters)
        }
        return total
    }
}
