import HoldfastCore
import HoldfastPlan

/// Every disconnect from the moment a session notices it until its cause is decided and its session is back.
///
/// A cause waits for executed times, which arrive with the coordinator's orders; an outage waits for the next
/// admission. What both have been found for is folded into counts and forgotten, so it is bounded by the number of
/// sessions.
public struct DisconnectLog {
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
    public var clock: RunClock? { didSet { attribution.t0 = clock?.t0 } }

    private let plan: Plan
    private let tuple: (SessionID, Ordinal, GatewayID) -> String
    private var outages: [Outage] = []
    private var free: [Int32] = []
    private var undecided: [Undecided] = []

    /// Where the outage of a session is kept that is not back yet. Whoever drives sessions keeps it with each of them,
    /// where it is at hand; `none` while a session is not out, and before its first admission.
    public struct OpenOutage: Equatable, Sendable {
        /// No outage.
        public static let none = OpenOutage(index: -1)

        fileprivate let index: Int32
    }

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

    /// An empty log; `tuple` says, for a row of the sample, from where to where a connection of a session went that
    /// wanted a gateway (`noGateway`: the balancer).
    public init(plan: Plan, tuple: @escaping (SessionID, Ordinal, GatewayID) -> String) {
        self.plan = plan
        self.tuple = tuple
        ledger = Ledger(plan: plan)
        attribution = Attribution(plan: plan)
        tallies = plan.timeline.indices.map(FaultTally.init(fault:))
    }

    /// Disconnects whose cause is not known yet.
    public var undecidedCount: UInt64 { UInt64(undecided.count) }

    /// A session noticed the end of its admitted connection; returns its outage, which `readmitted` or `stopped` ends.
    public mutating func add(_ disconnect: Disconnect, of session: borrowing Session) -> OpenOutage {
        let index = open(Outage(noticedAt: disconnect.at))
        let found = Undecided(
            disconnect: disconnect,
            ordinal: session.ordinal,
            admittedAt: session.admittedAt,
            outage: index
        )
        if clock != nil, attribution.canDecide(disconnect) { decide(found) } else { undecided.append(found) }
        return OpenOutage(index: index)
    }

    /// A session is admitted, which ends its outage if there was one.
    public mutating func readmitted(_ outage: inout OpenOutage, at now: Instant) {
        guard outage != .none else { return }
        outages[Int(outage.index)].back = now
        finish(outage.index)
        outage = .none
    }

    /// A session will not come back: the timeline sent it away, or it gave up.
    public mutating func stopped(_ outage: inout OpenOutage, _ reason: StopReason) {
        guard outage != .none else { return }
        outages[Int(outage.index)].isDeparted = reason == .departed
        finish(outage.index)
        outage = .none
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

    /// The cells of the ledger whose counts are not acknowledged before report `sequence`.
    public mutating func cells(forReport sequence: UInt64) -> [LedgerCell] { ledger.cells(forReport: sequence) }

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
