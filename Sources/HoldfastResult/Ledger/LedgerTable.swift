import HoldfastCore

/// The ledger of a whole run: the cells of every worker, added up.
public struct LedgerTable: Sendable {
    /// One line of the ledger as people read it: what one fault, or nothing, did.
    public struct Line: Equatable, Sendable {
        /// Who is held responsible.
        public var cause: Cause
        /// How the sessions came to know.
        public var mechanism: Mechanism
        /// The fault's index in the timeline.
        public var fault: Int?
        /// Disconnects.
        public var count: UInt64
    }

    private var table = CellTable(capacity: 0)

    /// Cells of all workers, in no order; what several workers counted alike is one cell.
    public var cells: some Collection<LedgerCell> { table.cells }

    /// No disconnect at all.
    public init() {}

    /// Adds the cells of one worker.
    public mutating func add(_ cells: some Collection<LedgerCell>) {
        for cell in cells { table.add(cell.count, to: CellKey(cell)) }
    }

    /// Disconnects since t0 that satisfy `condition`.
    public func total(where condition: (LedgerCell) -> Bool = { _ in true }) -> UInt64 {
        cells.total(where: condition)
    }

    /// Disconnects before t0.
    public var whileEstablishing: UInt64 {
        cells.reduce(0) { $1.second < 0 ? $0 + $1.count : $0 }
    }

    /// Disconnects since t0 by fault, cause and mechanism: faults in timeline order, then what has no fault.
    public var lines: [Line] {
        var totals: [Kind: UInt64] = [:]
        for cell in cells where cell.second >= 0 {
            totals[Kind(fault: cell.fault, cause: cell.cause, mechanism: cell.mechanism), default: 0] += cell.count
        }
        return totals.map { kind, count in
            Line(cause: kind.cause, mechanism: kind.mechanism, fault: kind.fault, count: count)
        }
        .sorted { $0.order < $1.order }
    }

    private struct Kind: Hashable {
        var fault: Int?
        var cause: Cause
        var mechanism: Mechanism
    }
}

extension Collection<LedgerCell> {
    /// Disconnects since t0 that satisfy `condition`.
    func total(where condition: (LedgerCell) -> Bool) -> UInt64 {
        reduce(0) { $1.second >= 0 && condition($1) ? $0 + $1.count : $0 }
    }
}

extension LedgerTable.Line {
    fileprivate var order: (Int, Int, Int) {
        (
            fault ?? .max,
            Cause.allCases.firstIndex(of: cause) ?? 0,
            Mechanism.allCases.firstIndex(of: mechanism) ?? 0
        )
    }
}
