import HoldfastCore
import HoldfastPlan

/// Every disconnect from the moment a session notices it until its cause is decided and its session is back.
///
/// A cause waits for executed times, which arrive with the coordinator's orders; an outage waits for the next
/// admission. What both have been found for is folded into counts and forgotten, so it is bounded by the number of
/// sessions.
public struct DisconnectLog: Sendable {
    /// Cells and sample.
    public private(set) var ledger: Ledger
    /// By fault index.
    public private(set) var tallies: [FaultTally]
    /// By mechanism, plan seconds.
    public private(set) var detection = [Histogram](repeating: Histogram(), count: Mechanism.allCases.count)
    /// From onset to the next admission, plan seconds.
    public private(set) var outage = Histogram()
    /// Silence of the connections that somebody else finished, and no fault of the timeline; since t0.
    public private(set) var silenceBeforeFin = SilenceTally()
    /// Silence of those that were reset.
    public private(set) var silenceBeforeReset = SilenceTally()
    /// The rules, with what is known of executed times.
    public private(set) var attribution: Attribution
    /// Set once t0 is known; nothing is decided before.
    public var clock: RunClock?

    private let plan: Plan
    private let sessions: Range<SessionID>
    private let tuple: @Sendable (SessionID, Ordinal, GatewayID) -> String
    private var records: [Record] = []
    private var free: [Int32] = []
    private var undecided: [Int32] = []
    /// By local session: its open record, or -1.
    private var openRecord: [Int32]

    private struct Record {
        var disconnect: Disconnect
        var ordinal: Ordinal
        var target: GatewayID
        var admittedAt: Instant
        var back = Instant.never
        var onset: Instant?
        var fault: Int?
        var isDecided = false
        var isOver = false
        var isDeparted = false
    }

    /// The log of the sessions in `sessions`; `tuple` says, for a row of the sample, from where to where a connection
    /// of a session went that wanted a gateway (`noGateway`: the balancer).
    public init(
        plan: Plan,
        sessions: Range<SessionID>,
        tuple: @escaping @Sendable (SessionID, Ordinal, GatewayID) -> String
    ) {
        self.plan = plan
        self.sessions = sessions
        self.tuple = tuple
        ledger = Ledger(plan: plan)
        attribution = Attribution(plan: plan)
        tallies = plan.timeline.indices.map(FaultTally.init(fault:))
        openRecord = [Int32](repeating: -1, count: sessions.count)
    }

    /// Disconnects whose cause is not known yet.
    public var undecidedCount: UInt64 { UInt64(undecided.count) }

    /// A session noticed the end of its admitted connection.
    public mutating func add(_ disconnect: Disconnect, of session: borrowing Session) {
        let record = Record(
            disconnect: disconnect,
            ordinal: session.ordinal,
            target: plan.target.via == .client ? disconnect.gateway : noGateway,
            admittedAt: session.admittedAt
        )
        let index: Int32
        if let reused = free.popLast() {
            index = reused
            records[Int(index)] = record
        } else {
            index = Int32(records.count)
            records.append(record)
        }
        openRecord[local(session.id)] = index
        if clock != nil, attribution.canDecide(disconnect) { decide(index) } else { undecided.append(index) }
    }

    /// The session is admitted again.
    public mutating func readmitted(_ session: SessionID, at now: Instant) {
        let index = openRecord[local(session)]
        guard index >= 0 else { return }
        openRecord[local(session)] = -1
        records[Int(index)].back = now
        finish(index)
    }

    /// The session will not come back: the timeline sent it away, or it gave up.
    public mutating func stopped(_ session: SessionID, _ reason: StopReason) {
        let index = openRecord[local(session)]
        guard index >= 0 else { return }
        openRecord[local(session)] = -1
        records[Int(index)].isDeparted = reason == .departed
        finish(index)
    }

    /// Planned victims that could not be ended.
    public mutating func skipped(_ count: UInt64, fault: Int) { tallies[fault].skipped += count }

    /// Executed times or thresholds arrived: decides whatever can be decided now.
    public mutating func update(with orders: Orders) {
        attribution.update(with: orders)
        ledger.acknowledge(through: orders.acknowledged)
        guard clock != nil else { return }
        var waiting: [Int32] = []
        for index in undecided {
            if attribution.canDecide(records[Int(index)].disconnect) { decide(index) } else { waiting.append(index) }
        }
        undecided = waiting
    }

    /// The rows of the sample that are not acknowledged before report `sequence`.
    public mutating func rows(forReport sequence: UInt64) -> [DisconnectRow] { ledger.rows(forReport: sequence) }

    private func local(_ session: SessionID) -> Int { Int(session - sessions.lowerBound) }

    private mutating func decide(_ index: Int32) {
        guard let clock else { return }
        let disconnect = records[Int(index)].disconnect
        let ruling = attribution.ruling(on: disconnect)
        records[Int(index)].isDecided = true
        records[Int(index)].onset = ruling.onset
        records[Int(index)].fault = ruling.fault
        let second = clock.planSecond(of: disconnect.at)
        ledger.record(
            second: second,
            gateway: disconnect.gateway,
            mechanism: disconnect.mechanism,
            ruling: ruling,
            group: plan.groups.isEmpty ? nil : plan.group(of: disconnect.session)
        )
        if ruling.fault == nil, second >= 0 {
            switch disconnect.mechanism {
            case .fin: silenceBeforeFin.record(disconnect.silence.scaled(by: clock.timeScale))
            case .reset: silenceBeforeReset.record(disconnect.silence.scaled(by: clock.timeScale))
            default: break
            }
        }
        if let fault = ruling.fault { tallies[fault].victims += 1 }
        if ruling.cause == .consequence, let onset = ruling.onset, let fault = ruling.fault {
            let latency = (disconnect.at - onset).seconds * clock.timeScale
            tallies[fault].detection.record(latency)
            detection[position(disconnect.mechanism)].record(latency)
        }
        if ledger.wantsRow(cause: ruling.cause, mechanism: disconnect.mechanism, fault: ruling.fault) {
            ledger.keep(row(records[Int(index)], ruling, clock))
        }
        if records[Int(index)].isOver { fold(index) }
    }

    private mutating func finish(_ index: Int32) {
        records[Int(index)].isOver = true
        if records[Int(index)].isDecided { fold(index) }
    }

    private mutating func fold(_ index: Int32) {
        free.append(index)
        let (noticedAt, back) = (records[Int(index)].disconnect.at, records[Int(index)].back)
        let fault = records[Int(index)].fault
        guard let clock, clock.t0 <= noticedAt else { return }
        guard back != .never else {
            if records[Int(index)].isDeparted, let fault { tallies[fault].departed += 1 }
            return
        }
        let length = (back - (records[Int(index)].onset ?? noticedAt)).seconds * clock.timeScale
        outage.record(length)
        if let fault { tallies[fault].outage.record(length) }
    }

    private func row(_ record: Record, _ ruling: Ruling, _ clock: RunClock) -> DisconnectRow {
        let disconnect = record.disconnect
        return DisconnectRow(
            session: disconnect.session,
            ordinal: record.ordinal,
            gateway: disconnect.gateway,
            at: since(clock.t0, disconnect.at),
            admittedAt: since(clock.t0, record.admittedAt),
            lastProofOfLife: since(clock.t0, disconnect.lastProofOfLife),
            mechanism: disconnect.mechanism,
            cause: ruling.cause,
            fault: ruling.fault,
            tuple: tuple(disconnect.session, record.ordinal, record.target)
        )
    }

    private func since(_ t0: Instant, _ instant: Instant) -> Instant { Instant.zero + (instant - t0) }
}
