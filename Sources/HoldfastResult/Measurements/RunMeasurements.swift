import HoldfastCore
import HoldfastPlan

/// What the coordinator knows of a run: the reports of all its agents, merged.
///
/// A report that arrives twice, or after a later one of the same incarnation, changes nothing. Cumulative values of
/// several incarnations of one agent add up. What an agent has not said is missing, never 0.
public struct RunMeasurements: Sendable {
    /// The plan that is run.
    public let plan: Plan
    /// Number of worker processes.
    public let workers: Int
    /// When the run started, on the machine's clock; nil until it is announced.
    public var t0: Instant?
    /// The longest interval that adaptive heartbeats found to be safe, real time, where one place knows all of them;
    /// nil where none did, or where their workers know.
    public var longestSafeInterval: Span?
    /// What became of pushed messages, where one place counts all of it; nil where fleet and workers do.
    public var countedMessages: MessageTally?
    /// What the fleet counted of pushed messages, but for what only their receivers know; nil where nobody has asked.
    public var fleetMessages: MessageTally?
    /// What became of requests, where one place counts those of all sessions; nil where their workers do.
    public var countedRequests: RequestTally?
    /// A bounded sample of whole disconnects, of all workers.
    public private(set) var rows: [DisconnectRow] = []
    /// Whether one clock has counted the attempts of all sessions, so that their busiest second is known.
    public var countsAttemptsTogether = false

    /// The newest report of every incarnation, in their order, without what it repeats.
    private var newest: [AgentID: [AgentReport]] = [:]
    /// What each worker's ledger holds, cell by cell.
    private var ledgers: [Int: WorkerLedger] = [:]
    private let wholeSeconds: LedgerResolution
    private var ranks: [Int: [Int: [UInt32]]] = [:]
    private var ownExecuted: [ExecutedInterval] = []
    private var knownRows: Set<Connection> = []
    private(set) var clientCuts: CutTable
    private(set) var gatewayCuts: CutTable
    private(set) var balancerCuts: CutTable

    /// Rows kept of all workers together.
    public static let rowLimit = 8_192

    /// Nothing reported yet.
    public init(plan: Plan, workers: Int) {
        self.plan = plan
        self.workers = workers
        wholeSeconds = LedgerResolution(plan: plan)
        clientCuts = CutTable(gateways: plan.mostGateways)
        gatewayCuts = CutTable(gateways: plan.mostGateways, processesPerGateway: plan.gatewayProcesses)
        balancerCuts = CutTable(gateways: plan.mostGateways)
    }

    /// Merges one report. False if it was known already and changed nothing.
    @discardableResult
    public mutating func receive(_ report: AgentReport) -> Bool {
        let known = newest[report.agent]?.first { $0.incarnation == report.incarnation }
        if let known, known.sequence >= report.sequence { return false }
        for cut in report.cuts {
            switch report.agent.role {
            case .worker: clientCuts.add(cut, from: report.agent.index)
            case .gateway:
                gatewayCuts.add(cut, from: report.agent.index * plan.gatewayProcesses + report.agent.shard)
            // Carriers know no populations.
            case .balancer: if report.agent.shard == 0 { balancerCuts.add(cut, from: report.agent.index) }
            case .coordinator, .middlebox, .registry: break
            }
        }
        for row in report.rows where rows.count < RunMeasurements.rowLimit {
            let connection = Connection(session: row.session, ordinal: row.ordinal)
            if knownRows.insert(connection).inserted { rows.append(row) }
        }
        for rank in report.ranks { ranks[rank.fault, default: [:]][report.agent.index] = rank.ranks }
        if report.agent.role == .worker {
            ledgers[report.agent.index, default: WorkerLedger(wholeSeconds)].receive(report)
        }
        var kept = report
        kept.cuts = []
        kept.rows = []
        kept.ranks = []
        kept.ledger = []
        let later = newest[report.agent]?.firstIndex { $0.incarnation >= report.incarnation }
        if let later, known != nil {
            newest[report.agent]?[later] = kept
        } else {
            newest[report.agent, default: []].insert(kept, at: later ?? newest[report.agent]?.count ?? 0)
        }
        return true
    }

    /// Notes what the coordinator itself carried out; the same fault on the same gateway again replaces the interval.
    public mutating func recordExecuted(_ interval: ExecutedInterval) {
        ownExecuted.removeAll { $0.fault == interval.fault && $0.gateway == interval.gateway }
        ownExecuted.append(interval)
    }

    /// Plan time and real time; nil until t0 is known.
    public var clock: RunClock? { t0.map { RunClock(t0: $0, timeScale: plan.timeScale) } }

    /// The threshold of a fault on a share of its gateways' sessions; nil until every worker has reported its ranks.
    public func threshold(ofFault fault: Int) -> RankThreshold? {
        guard plan.timeline.indices.contains(fault), let reported = ranks[fault], reported.count >= workers else {
            return nil
        }
        let all = reported.values.flatMap { $0 }.sorted()
        let victims = plan.timeline[fault].scope.share.victims(of: all.count)
        return RankThreshold(fault: fault, rank: victims > 0 ? all[victims - 1] : nil)
    }
}

// MARK: - What the reports say together

extension RunMeasurements {
    /// Agents that have reported.
    public var agents: [AgentID] { newest.keys.sorted() }

    /// How far the newest incarnation of an agent has come; nil if it never reported.
    public func stage(of agent: AgentID) -> AgentReport.Stage? { reports(of: agent).last?.stage }

    /// What the agents could not do.
    public var failures: [(agent: AgentID, text: String)] {
        agents.flatMap { agent in reports(of: agent).compactMap { report in report.failure.map { (agent, $0) } } }
    }

    /// Every executed interval, one for each fault and gateway: from the first effect that anybody saw to the last.
    public var executed: [ExecutedInterval] {
        var merged: [Place: ExecutedInterval] = [:]
        for interval in newest.values.joined().flatMap(\.executed) {
            let place = Place(fault: interval.fault, gateway: interval.gateway)
            guard var known = merged[place] else {
                merged[place] = interval
                continue
            }
            known.start = min(known.start, interval.start)
            if let end = known.end, let other = interval.end { known.end = max(end, other) } else { known.end = nil }
            merged[place] = known
        }
        // A gateway knows when its own stop began, only the coordinator when the next one listens.
        for interval in ownExecuted {
            let place = Place(fault: interval.fault, gateway: interval.gateway)
            merged[place, default: interval].start = min(merged[place]?.start ?? interval.start, interval.start)
            merged[place]?.end = interval.end
        }
        return merged.values.sorted { left, right in
            (left.start, left.fault, left.gateway ?? noGateway) < (right.start, right.fault, right.gateway ?? noGateway)
        }
    }

    /// What all workers counted; nil if none has reported.
    public var sessions: SessionCounters? {
        var total: SessionCounters?
        for report in workerReports {
            guard let counters = report.sessions else { continue }
            if total == nil { total = SessionCounters() }
            total?.add(counters)
        }
        return total
    }

    /// What became of pushed messages; nil where there are none, or nobody counts them.
    public var messages: MessageTally? {
        if let countedMessages { return countedMessages }
        guard let fleetMessages, let received = sessions?.messages else { return nil }
        return fleetMessages.adding(received)
    }

    /// What became of requests; nil where there are none, or nobody counts them.
    public var requests: RequestTally? { countedRequests ?? sessions?.requests }

    /// What the registry's answers rested on; nil if none has reported.
    public var routing: RoutingTally? {
        let tallies = newest.values.joined().compactMap(\.routing)
        return tallies.dropFirst().reduce(into: tallies.first) { $0?.add($1) }
    }

    /// What one gateway counted, over all its processes and their incarnations; nil if none ever reported.
    public func gateway(_ id: GatewayID) -> GatewayCounters? {
        let shards = processes(ofGateway: id).compactMap { shard in
            let counters = reports(of: shard).compactMap(\.gateway)
            return counters.dropFirst().reduce(into: counters.first) { $0?.add(laterIncarnation: $1) }
        }
        return shards.dropFirst().reduce(into: shards.first) { $0?.add(shard: $1) }
    }

    /// What the gateways that are in service at `now` hold together, by the newest word of each; one of which
    /// `isHeard` says no is left out.
    public func fleetLoad(at now: Instant, where isHeard: (AgentID) -> Bool) -> FleetLoad {
        let inService = ServiceTable(plan: plan, executed: executed, clock: clock).inService(at: now)
        var load = FleetLoad(connections: 0, gateways: 0)
        for gateway in inService.indices where inService[gateway] {
            let agents = plan.processes(ofGateway: GatewayID(gateway))
            let counts = agents.filter(isHeard).compactMap { reports(of: $0).last?.gateway?.open }
            guard counts.count == agents.count else { continue }
            load.connections += counts.reduce(0, +)
            load.gateways += 1
        }
        return load
    }

    /// The processes of one gateway that reported.
    public func processes(ofGateway id: GatewayID) -> [AgentID] {
        plan.processes(ofGateway: id).filter { newest[$0] != nil }
    }

    /// How late one process was, and what it used, over all its incarnations; nil if it never reported.
    ///
    /// Reports in the name of a process that cannot speak for itself have no process id, and nothing was measured.
    public func harness(of agent: AgentID) -> HarnessReport? {
        let all = reports(of: agent).map(\.harness).filter { $0.pid != 0 }
        guard var total = all.first else { return nil }
        for other in all.dropFirst() { total.add(laterIncarnation: other) }
        return total
    }

    /// The ledgers of all workers.
    public var ledger: LedgerTable {
        var table = LedgerTable()
        for (_, ledger) in ledgers.sorted(by: { $0.key < $1.key }) { table.add(ledger.cells) }
        return table
    }

    /// Disconnects of all workers since t0 that satisfy `condition`, without a table of them all.
    func disconnects(where condition: (LedgerCell) -> Bool = { _ in true }) -> UInt64 {
        ledgers.values.reduce(0) { $0 + $1.cells.total(where: condition) }
    }

    /// What one fault did to the sessions of all workers; nil if no worker has spoken of it.
    public func tally(ofFault fault: Int) -> FaultTally? {
        var total: FaultTally?
        for report in workerReports {
            for tally in report.faults where tally.fault == fault {
                if total == nil { total = FaultTally(fault: fault) }
                total?.add(tally)
            }
        }
        return total
    }

    /// Disconnects whose cause still waits for executed times.
    public var undecidedDisconnects: UInt64 { newest.values.joined().reduce(0) { $0 + $1.undecidedDisconnects } }

    /// Workers that have not handed in their last report.
    public var unfinishedWorkers: [Int] {
        (0..<workers).filter { stage(of: AgentID(role: .worker, index: $0)) != .ended }
    }

    /// In the order of the workers, so that sums of fractions come out the same every time.
    private var workerReports: [AgentReport] {
        newest.filter { $0.key.role == .worker }.sorted { $0.key.index < $1.key.index }.flatMap(\.value)
    }

    private func reports(of agent: AgentID) -> [AgentReport] { newest[agent] ?? [] }
}

private struct Connection: Hashable {
    var session: SessionID
    var ordinal: Ordinal
}

private struct Place: Hashable {
    var fault: Int
    var gateway: GatewayID?
}
