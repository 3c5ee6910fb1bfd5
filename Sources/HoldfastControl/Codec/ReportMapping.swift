import HoldfastCore
import HoldfastResult

extension WireReport {
    init(_ report: AgentReport) throws(ControlCodecError) {
        agent = try WireAgent(report.agent)
        incarnation = report.incarnation
        sequence = report.sequence
        stage = position(report.stage)
        if let failure = report.failure {
            self.failure = try ControlLimits.check(failure, "report.failure", ControlLimits.line)
        }
        cuts = try ControlLimits.check(report.cuts, "report.cuts", ControlLimits.cuts).converted(WireCut.init)
        if let counters = report.sessions { sessions = try WireSessionCounters(counters) }
        if let counters = report.gateway { gateway = WireGatewayCounters(counters) }
        if let counters = report.balancer { balancer = WireBalancerCounters(counters) }
        if let counters = report.middlebox { middlebox = WireMiddleboxCounters(counters) }
        if let tally = report.routing { routing = WireRoutingTally(tally) }
        ledger = try ControlLimits.check(report.ledger, "report.ledger", ControlLimits.ledger)
            .converted(WireLedgerCell.init)
        ledgerResolution = report.ledgerResolution
        rows = try ControlLimits.check(report.rows, "report.rows", ControlLimits.rows)
            .converted(WireDisconnectRow.init)
        undecidedDisconnects = report.undecidedDisconnects
        faults = try ControlLimits.check(report.faults, "report.faults", ControlLimits.faults)
            .converted(WireFaultTally.init)
        executed = try ControlLimits.check(report.executed, "report.executed", ControlLimits.executed)
            .converted(WireExecutedInterval.init)
        ranks = try ControlLimits.check(report.ranks, "report.ranks", ControlLimits.faults)
            .converted(WireRankReport.init)
        harness = try WireHarnessReport(report.harness)
    }

    func value() throws(ControlCodecError) -> AgentReport {
        var report = AgentReport(
            agent: try agent.value(),
            incarnation: incarnation,
            sequence: sequence,
            stage: try HoldfastControl.value(stage, "report.stage"),
            harness: try harness.value()
        )
        report.failure = hasFailure ? try ControlLimits.check(failure, "report.failure", ControlLimits.line) : nil
        report.cuts = try ControlLimits.check(cuts, "report.cuts", ControlLimits.cuts)
            .converted { cut throws(ControlCodecError) in try cut.value() }
        report.sessions = hasSessions ? try sessions.value() : nil
        report.gateway = hasGateway ? gateway.value() : nil
        report.balancer = hasBalancer ? balancer.value() : nil
        report.middlebox = hasMiddlebox ? try middlebox.value() : nil
        report.routing = hasRouting ? routing.value() : nil
        report.ledger = try ControlLimits.check(ledger, "report.ledger", ControlLimits.ledger)
            .converted { cell throws(ControlCodecError) in try cell.value() }
        report.ledgerResolution = ledgerResolution
        report.rows = try ControlLimits.check(rows, "report.rows", ControlLimits.rows)
            .converted { row throws(ControlCodecError) in try row.value() }
        report.undecidedDisconnects = undecidedDisconnects
        report.faults = try ControlLimits.check(faults, "report.faults", ControlLimits.faults)
            .converted { tally throws(ControlCodecError) in try tally.value() }
        report.executed = try ControlLimits.check(executed, "report.executed", ControlLimits.executed)
            .map { $0.value() }
        report.ranks = try ControlLimits.check(ranks, "report.ranks", ControlLimits.faults)
            .converted { ranks throws(ControlCodecError) in try ranks.value() }
        return report
    }
}

extension WireRoutingTally {
    init(_ tally: RoutingTally) {
        answers = tally.answers
        fromOldList = tally.fromOldList
        unanswered = tally.unanswered
        unreached = tally.unreached
        oldestReport = tally.oldestReport.nanoseconds
    }

    func value() -> RoutingTally {
        var tally = RoutingTally()
        tally.answers = answers
        tally.fromOldList = fromOldList
        tally.unanswered = unanswered
        tally.unreached = unreached
        tally.oldestReport = Span(nanoseconds: oldestReport)
        return tally
    }
}

extension WireCut {
    init(_ cut: Cut) throws(ControlCodecError) {
        second = cut.second
        populations = try ControlLimits.check(cut.populations, "cut.populations", ControlLimits.populations)
            .map(WireGatewayPopulation.init)
        waiting = cut.waiting
        stopped = cut.stopped
        attempts = cut.attempts
        attemptsDue = cut.attemptsDue
    }

    func value() throws(ControlCodecError) -> Cut {
        var cut = Cut(second: second)
        cut.populations = try ControlLimits.check(populations, "cut.populations", ControlLimits.populations)
            .map { $0.value() }
        cut.waiting = waiting
        cut.stopped = stopped
        cut.attempts = attempts
        cut.attemptsDue = attemptsDue
        return cut
    }
}

extension WireGatewayPopulation {
    init(_ population: GatewayPopulation) {
        gateway = population.gateway
        opened = population.opened
        closed = population.closed
        digestCount = population.digest.count
        digestSum = population.digest.sum
    }

    func value() -> GatewayPopulation {
        GatewayPopulation(
            gateway: gateway,
            opened: opened,
            closed: closed,
            digest: Digest(count: digestCount, sum: digestSum)
        )
    }
}
