/// What the coordinator knows of one worker's ledger: reports carry only what changed.
struct WorkerLedger {
    private var table = CellTable(capacity: 64)
    private var resolution: LedgerResolution

    /// Nothing, in whole seconds of the plan.
    init(_ resolution: LedgerResolution) { self.resolution = resolution }

    /// Every cell, cumulative, in no order.
    var cells: some Collection<LedgerCell> { table.cells }

    /// Takes the cells of a report that is later than all before.
    mutating func receive(_ report: AgentReport) {
        if report.ledgerResolution != resolution.seconds {
            resolution.seconds = report.ledgerResolution
            table.coarsen(to: resolution)
        }
        for cell in report.ledger { table.set(CellKey(cell), to: cell.count) }
    }
}
