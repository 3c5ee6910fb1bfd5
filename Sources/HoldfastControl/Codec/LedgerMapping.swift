import HoldfastCore
import HoldfastResult

extension WireLedgerCell {
    init(_ cell: LedgerCell) throws(ControlCodecError) {
        second = cell.second
        gateway = cell.gateway
        cause = position(cell.cause)
        mechanism = position(cell.mechanism)
        if let fault = cell.fault { self.fault = try narrow(fault, "ledger.fault") }
        count = cell.count
        if let group = cell.group { self.group = try narrow(group, "ledger.group") }
    }

    func value() throws(ControlCodecError) -> LedgerCell {
        LedgerCell(
            second: second,
            gateway: gateway,
            cause: try HoldfastControl.value(cause, "ledger.cause"),
            mechanism: try HoldfastControl.value(mechanism, "ledger.mechanism"),
            fault: hasFault ? try ControlLimits.check(fault, "ledger.fault", ControlLimits.faults) : nil,
            count: count,
            group: hasGroup ? try ControlLimits.check(group, "ledger.group", ControlLimits.groups) : nil
        )
    }
}

extension WireDisconnectRow {
    init(_ row: DisconnectRow) throws(ControlCodecError) {
        session = row.session
        ordinal = row.ordinal
        gateway = row.gateway
        at = row.at.nanoseconds
        admittedAt = row.admittedAt.nanoseconds
        lastProofOfLife = row.lastProofOfLife.nanoseconds
        mechanism = position(row.mechanism)
        if let cause = row.cause { self.cause = position(cause) }
        if let fault = row.fault { self.fault = try narrow(fault, "row.fault") }
        tuple = try ControlLimits.check(row.tuple, "row.tuple", ControlLimits.word)
    }

    func value() throws(ControlCodecError) -> DisconnectRow {
        DisconnectRow(
            session: session,
            ordinal: ordinal,
            gateway: gateway,
            at: Instant(nanoseconds: at),
            admittedAt: Instant(nanoseconds: admittedAt),
            lastProofOfLife: Instant(nanoseconds: lastProofOfLife),
            mechanism: try HoldfastControl.value(mechanism, "row.mechanism"),
            cause: hasCause ? try HoldfastControl.value(cause, "row.cause") : nil,
            fault: hasFault ? Int(fault) : nil,
            tuple: try ControlLimits.check(tuple, "row.tuple", ControlLimits.word)
        )
    }
}

extension WireFaultTally {
    init(_ tally: FaultTally) throws(ControlCodecError) {
        fault = try narrow(tally.fault, "tally.fault")
        victims = tally.victims
        skipped = tally.skipped
        departed = tally.departed
        detection = try WireHistogram(tally.detection)
        outage = try WireHistogram(tally.outage)
    }

    func value() throws(ControlCodecError) -> FaultTally {
        var tally = FaultTally(fault: Int(fault))
        tally.victims = victims
        tally.skipped = skipped
        tally.departed = departed
        tally.detection = try detection.value()
        tally.outage = try outage.value()
        return tally
    }
}

extension WireRankReport {
    init(_ report: RankReport) throws(ControlCodecError) {
        fault = try narrow(report.fault, "ranks.fault")
        deltas = try ControlLimits.check(report.ranks, "ranks", ControlLimits.ranks)
        for position in deltas.indices.dropFirst().reversed() {
            let (previous, rank) = (report.ranks[position - 1], report.ranks[position])
            guard previous < rank else { throw .invalid(field: "ranks", found: "\(rank) after \(previous)") }
            deltas[position] = rank - previous
        }
    }

    func value() throws(ControlCodecError) -> RankReport {
        var ranks = try ControlLimits.check(deltas, "ranks", ControlLimits.ranks)
        for position in ranks.indices.dropFirst() {
            let (rank, overflow) = ranks[position].addingReportingOverflow(ranks[position - 1])
            guard !overflow, ranks[position] > 0 else {
                throw .invalid(field: "ranks", found: "\(ranks[position]) more than \(ranks[position - 1])")
            }
            ranks[position] = rank
        }
        return RankReport(fault: Int(fault), ranks: ranks)
    }
}
