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
    private var outages: [Outage] = []
    private var free: [Int32] = []
    private var undecided: [Undecided] = []
    /// By local session: its open outage, or -1.
    private var openOutage: [Int32]

    /// From a disconnect until its cause is decided and its session is back.
    private struct Outage {
        var noticedAt: Instant
        var back = Instant.never
        /// Not before its cause is decided, and then only where the cause has one.
        var onset: Instant?
        var fault: Int?
        var isDecided = false
        var isOver = false
        var isDeparted = false
    }

    /// A disconnect whose cause waits for executed times.
    private struct Undecided {
        var disconnect: Disconnect
        var ordinal: Ordinal
        var admittedAt: Instant
        /// Where its outage is kept.
        var outage: Int32
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
        openOutage = [Int32](repeating: -1, count: sessions.count)
    }

    /// Disconnects whose cause is not known yet.
    public var undecidedCount: UInt64 { UInt64(undecided.count) }

    /// A session noticed the end of its admitted connection.
    public mutating func add(_ disconnect: Disconnect, of session: borrowing Session) {
        let index = open(Outage(noticedAt: disconnect.at))
        openOutage[local(session.id)] = index
        let found = Undecided(
            disconnect: disconnect,
            ordinal: session.ordinal,
            admittedAt: session.admittedAt,
            outage: index
        )
        if clock != nil, attribution.canDecide(disconnect) { decide(found) } else { undecided.append(found) }
    }

    /// The session is admitted again.
    public mutating func readmitted(_ session: SessionID, at now: Instant) {
        let index = openOutage[local(session)]
        guard index >= 0 else { return }
        openOutage[local(session)] = -1
        outages[Int(index)].back = now
        finish(index)
    }

    /// The session will not come back: the timeline sent it away, or it gave up.
    public mutating func stopped(_ session: SessionID, _ reason: StopReason) {
        let index = openOutage[local(session)]
        guard index >= 0 else { return }
        openOutage[local(session)] = -1
        outages[Int(index)].isDeparted = reason == .departed
        finish(index)
    }

    /// Planned victims that could not be ended.
    public mutating func skipped(_ count: UInt64, fault: Int) { tallies[fault].skipped += count }

    /// Executed times or thresholds arrived: decides whatever can be decided now.
    public mutating func update(with orders: Orders) {
        attribution.update(with: orders)
        ledger.acknowledge(through: orders.acknowledged)
        guard clock != nil else { return }
        var waiting: [Undecided] = []
        for found in undecided {
            if attribution.canDecide(found.disconnect) { decide(found) } else { waiting.append(found) }
        }
        undecided = waiting
    }

    /// The rows of the sample that are not acknowledged before report `sequence`.
    public mutating func rows(forReport sequence: UInt64) -> [DisconnectRow] { ledger.rows(forReport: sequence) }

    private func local(_ session: SessionID) -> Int { Int(session - sessions.lowerBound) }

    private mutating func open(_ outage: Outage) -> Int32 {
        guard let reused = free.popLast() else {
            outages.append(outage)
            return Int32(outages.count - 1)
        }
        outages[Int(reused)] = outage
        return reused
    }

    private mutating func decide(_ found: Undecided) {
        guard let clock else { return }
        let disconnect = found.disconnect
        let ruling = attribution.ruling(on: disconnect)
        let index = Int(found.outage)
        outages[index].isDecided = true
        outages[index].onset = ruling.onset
        outages[index].fault = ruling.fault
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
            ledger.keep(row(found, ruling, clock))
        }
        if outages[index].isOver { fold(found.outage) }
    }

    private mutating func finish(_ index: Int32) {
        outages[Int(index)].isOver = true
        if outages[Int(index)].isDecided { fold(index) }
    }

    private mutating func fold(_ index: Int32) {
        free.append(index)
        let over = outages[Int(index)]
        guard let clock, clock.t0 <= over.noticedAt else { return }
        guard over.back != .never else {
            if over.isDeparted, let fault = over.fault { tallies[fault].departed += 1 }
            return
        }
        let length = (over.back - (over.onset ?? over.noticedAt)).seconds * clock.timeScale
        outage.record(length)
        if let fault = over.fault { tallies[fault].outage.record(length) }
    }

    private func row(_ found: Undecided, _ ruling: Ruling, _ clock: RunClock) -> DisconnectRow {
        let disconnect = found.disconnect
        return DisconnectRow(
            session: disconnect.session,
            ordinal: found.ordinal,
            gateway: disconnect.gateway,
            at: since(clock.t0, disconnect.at),
            admittedAt: since(clock.t0, found.admittedAt),
            lastProofOfLife: since(clock.t0, disconnect.lastProofOfLife),
            mechanism: disconnect.mechanism,
            cause: ruling.cause,
            fault: ruling.fault,
            tuple: tuple(disconnect.session, found.ordinal, plan.target.via == .client ? disconnect.gateway : noGateway)
        )
    }

    private func since(_ t0: Instant, _ instant: Instant) -> Instant { Instant.zero + (instant - t0) }
}
