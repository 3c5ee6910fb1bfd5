/// What the coordinator knows of one worker's ledger: reports carry only what changed.
struct WorkerLedger {
    private var table = CellTable(capacity: 64)
    private var resolution: Int32 = 1

    /// Every cell, cumulative, in no order.
    var cells: [LedgerCell] { table.cells }

    /// Takes the cells of a report that is later than all before.
    mutating func receive(_ report: AgentReport) {
        if report.ledgerResolution != resolution {
            resolution = report.ledgerResolution
            table = CellTable(capacity: report.ledger.count)
        }
        for cell in report.ledger { table.set(CellKey(cell), to: cell.count) }
    }
}
