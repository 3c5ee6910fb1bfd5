import HoldfastResult

/// What an agent owes the coordinator: cuts, rows and ranks that were not acknowledged, and thresholds it waits for.
struct Outbox: Sendable {
    /// Rows kept at most; the sample is full beyond.
    static let rowLimit = 4096

    private var cuts = Retained<Cut>(reportWeight: 65_536)
    private var rows = Retained<DisconnectRow>(reportWeight: 1024)
    private var ranks = Retained<RankReport>(reportWeight: 1 << 20)
    private var awaitedThresholds: Set<Int> = []

    /// Whether the coordinator owes a threshold.
    var awaitsThresholds: Bool { !awaitedThresholds.isEmpty }

    /// Whether the report filled last carried everything.
    var isFullySent: Bool { cuts.isFullySent && rows.isFullySent && ranks.isFullySent }

    mutating func add(_ cut: Cut) { cuts.append(cut, weight: 1 + cut.populations.count) }

    mutating func add(_ row: DisconnectRow) -> Bool {
        guard rows.count < Outbox.rowLimit else { return false }
        rows.append(row)
        return true
    }

    mutating func add(_ report: RankReport) {
        ranks.append(report, weight: 1 + report.ranks.count)
        awaitedThresholds.insert(report.fault)
    }

    mutating func acknowledge(_ orders: Orders) {
        cuts.acknowledge(orders.acknowledged)
        rows.acknowledge(orders.acknowledged)
        ranks.acknowledge(orders.acknowledged)
        for threshold in orders.thresholds { awaitedThresholds.remove(threshold.fault) }
    }

    mutating func fill(_ report: inout AgentReport) {
        report.cuts = Array(cuts.take(for: report.sequence))
        report.rows = Array(rows.take(for: report.sequence))
        report.ranks = Array(ranks.take(for: report.sequence))
    }
}
