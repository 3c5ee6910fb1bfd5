import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// Values in which no property has its default, each number another one: what a mapping forgets or mixes up shows.
struct FullValues {
    private var last: UInt64 = 1000

    mutating func number() -> UInt64 {
        last += 1
        return last
    }

    mutating func small() -> UInt32 { UInt32(number()) }

    mutating func instant() -> Instant { Instant(nanoseconds: -Int64(number()) * 1_000_003) }

    mutating func histogram() -> Histogram {
        var histogram = Histogram()
        for _ in 0..<5 { histogram.record(Double(number()) / 777) }
        histogram.record(-Double(number()))
        return histogram
    }

    mutating func numbers(_ count: Int) -> [UInt64] { (0..<count).map { _ in number() } }

    mutating func agent() -> AgentID { AgentID(role: .worker, index: Int(small()), shard: Int(small())) }

    mutating func cut() -> Cut {
        var cut = Cut(second: -Int32(small()))
        for _ in 0..<2 {
            let digest = Digest(count: number(), sum: .max - number())
            cut.populations.append(
                GatewayPopulation(gateway: small(), opened: number(), closed: number(), digest: digest)
            )
        }
        cut.waiting = number()
        cut.stopped = number()
        cut.attempts = number()
        cut.attemptsDue = number()
        return cut
    }

    mutating func sessions() -> SessionCounters {
        var counters = SessionCounters()
        counters.sessions = number()
        counters.admittedOnce = number()
        counters.admitted = number()
        counters.stopped = numbers(StopReason.allCases.count)
        counters.connectsAttempted = number()
        counters.connectsSucceeded = number()
        counters.connectsFailed = numbers(ConnectFailure.allCases.count)
        counters.connectsPeakPerSecond = number()
        counters.establishFailed = numbers(ConnectFailure.allCases.count)
        counters.heartbeatsSent = number()
        counters.heartbeatsAnswered = number()
        counters.heartbeatsMissed = number()
        counters.heartbeatBytes = number()
        counters.heartbeatRTT = histogram()
        counters.detectionByMechanism = Mechanism.allCases.map { _ in histogram() }
        counters.outage = histogram()
        counters.lifetimesSkipped = number()
        counters.handshake = histogram()
        counters.connect = histogram()
        counters.groups = [group(), group()]
        counters.silenceBeforeFin = SilenceTally(counts: numbers(3))
        counters.silenceBeforeReset = SilenceTally(counts: numbers(2))
        counters.bytesPerSession = Double(number()) / 3
        counters.longestSafeInterval = .milliseconds(Int64(number()))
        counters.bytesPerSessionAtEnd = Double(number()) / 3
        counters.messages = messages()
        counters.requests = requests()
        return counters
    }

    mutating func messages() -> MessageTally {
        var tally = MessageTally()
        tally.pushed = number()
        tally.delivered = number()
        tally.delayed = number()
        tally.duplicated = number()
        tally.wasted = number()
        tally.pending = number()
        tally.bytes = number()
        tally.latency = histogram()
        return tally
    }

    mutating func requests() -> RequestTally {
        var tally = RequestTally()
        tally.sent = number()
        tally.reused = number()
        tally.onStaleConnection = number()
        tally.answered = number()
        tally.timedOut = number()
        tally.timedOutReused = number()
        tally.failed = number()
        tally.unsent = number()
        tally.latency = histogram()
        return tally
    }

    mutating func group() -> GroupCounters {
        var counters = GroupCounters()
        counters.sessions = number()
        counters.admittedOnce = number()
        counters.admitted = number()
        counters.stopped = numbers(StopReason.allCases.count)
        counters.connectsAttempted = number()
        counters.connectsSucceeded = number()
        counters.connectsFailed = numbers(ConnectFailure.allCases.count)
        counters.handshake = histogram()
        counters.connect = histogram()
        return counters
    }

    mutating func gateway() -> GatewayCounters {
        var counters = GatewayCounters()
        counters.accepted = number()
        counters.admitted = number()
        counters.open = number()
        counters.openPeak = number()
        counters.acceptsPeakPerSecond = number()
        counters.protocolViolations = number()
        counters.pingsSent = number()
        counters.pingsAnswered = number()
        counters.pingsMissed = number()
        return counters
    }

    mutating func middlebox() -> MiddleboxCounters {
        var counters = MiddleboxCounters()
        counters.accepted = number()
        counters.refused = number()
        counters.upstreamFailures = number()
        counters.bytes = number()
        counters.expired = counters.expired.map { _ in number() }
        counters.resetsLost = number()
        return counters
    }

    mutating func balancer() -> BalancerCounters {
        var counters = BalancerCounters()
        counters.accepted = number()
        counters.upstreamFailures = number()
        counters.rejected = number()
        counters.bytes = number()
        return counters
    }

    mutating func tally() -> FaultTally {
        var tally = FaultTally(fault: Int(small()))
        tally.victims = number()
        tally.skipped = number()
        tally.departed = number()
        tally.detection = histogram()
        tally.outage = histogram()
        return tally
    }

    mutating func cell() -> LedgerCell {
        LedgerCell(
            second: -Int32(small()),
            gateway: small(),
            cause: .collateral,
            mechanism: .retransmission,
            fault: Int(small()),
            count: number(),
            group: Int(small())
        )
    }

    mutating func row() -> DisconnectRow {
        DisconnectRow(
            session: small(),
            ordinal: small(),
            gateway: small(),
            at: instant(),
            admittedAt: instant(),
            lastProofOfLife: instant(),
            mechanism: .protocolViolation,
            cause: .unexplained,
            fault: Int(small()),
            tuple: "127.64.0.1:1024>127.2.0.1:40001"
        )
    }

    mutating func interval() -> ExecutedInterval {
        ExecutedInterval(fault: Int(small()), gateway: small(), start: instant(), end: instant())
    }

    mutating func harness() -> HarnessReport {
        var harness = HarnessReport()
        harness.lateness.heartbeat = histogram()
        harness.lateness.timeout = histogram()
        harness.lateness.attempt = histogram()
        harness.lateness.schedule = histogram()
        harness.loopStall = histogram()
        harness.cpuSeconds = Double(number()) / 7
        harness.rssPeakBytes = number()
        harness.growth = UsageGrowth(
            early: UsageGrowth.Usage(anonymousBytes: number(), descriptors: number()),
            late: UsageGrowth.Usage(anonymousBytes: number(), descriptors: number())
        )
        harness.fdsPeak = number()
        harness.pid = Int32(small())
        harness.batchesLost = number()
        harness.cpuWait = histogram()
        harness.cpuSaturatedSeconds = Double(number())
        return harness
    }

    mutating func routing() -> RoutingTally {
        var tally = RoutingTally()
        tally.answers = number()
        tally.fromOldList = number()
        tally.unanswered = number()
        tally.unreached = number()
        tally.oldestReport = Span(nanoseconds: Int64(small()))
        return tally
    }

    mutating func report() -> AgentReport {
        var report = AgentReport(
            agent: agent(),
            incarnation: small(),
            sequence: number(),
            stage: .ended,
            harness: harness()
        )
        report.failure = "gateway 3: address in use"
        report.cuts = [cut(), cut()]
        report.sessions = sessions()
        report.gateway = gateway()
        report.balancer = balancer()
        report.middlebox = middlebox()
        report.routing = routing()
        report.ledger = [cell(), cell()]
        report.ledgerResolution = Int32(small())
        report.rows = [row(), row()]
        report.undecidedDisconnects = number()
        report.faults = [tally(), tally()]
        report.executed = [interval(), interval()]
        report.ranks = [
            RankReport(fault: Int(small()), ranks: [0, 1, 7, .max]), RankReport(fault: Int(small()), ranks: [5]),
        ]
        return report
    }

    mutating func orders() -> Orders {
        var orders = Orders()
        orders.acknowledged = number()
        orders.establishAt = instant()
        orders.t0 = instant()
        orders.endNow = true
        orders.finish = true
        orders.executed = [interval(), interval()]
        orders.executedThrough = instant()
        orders.thresholds = [RankThreshold(fault: Int(small()), rank: small())]
        orders.fleet = FleetLoad(connections: number(), gateways: small())
        return orders
    }

    mutating func join() -> Join {
        Join(agent: agent(), incarnation: small(), build: "0.1.0-99", pid: Int32(small()))
    }

    mutating func assignment() -> Assignment {
        Assignment(
            planText: "name: departures\n",
            planHash: "e220a8397b1dcdaf",
            run: .max - number(),
            workers: Int(small()),
            gatewayPort: 40_001,
            balancerPort: 40_002,
            registryPort: 40_003,
            etcdPort: 40_004,
            middleboxPorts: [40_005, 40_006],
            pushURL: "http://127.0.0.1:4318/v1/metrics"
        )
    }
}
