import HoldfastCore
import HoldfastPlan

/// Every disconnect of one worker: cumulative counts by (second, gateway, cause, mechanism, fault), and a bounded
/// sample of whole rows.
///
/// Bounded for runs of any length: beyond `cellLimit` cells the seconds become coarser, twice as coarse each time, but
/// never across the start of a phase.
public struct Ledger: Sendable {
    /// Disconnects recorded.
    public private(set) var total: UInt64 = 0
    /// Plan seconds that one cell covers.
    public var resolutionSeconds: Int32 { resolution.seconds }
    /// The sample, and what of it the coordinator has not acknowledged.
    public private(set) var sample = RowSample()

    private let cellLimit: Int
    private var resolution: LedgerResolution
    private var table: CellTable
    /// The first report that carried each cell's count; `unsent` before that, `known` once it is acknowledged.
    private var sentIn: [UInt64]
    /// The cells that the coordinator does not know as they are now.
    private var changed: [Int32]
    /// The second that was made coarse last.
    private var recent: (second: Int32, coarse: Int32, resolution: Int32) = (.min, .min, 0)

    private static let known: UInt64 = 0
    private static let unsent = UInt64.max

    /// An empty ledger for the phases of `plan`, which is in plan time as its seconds are.
    public init(plan: Plan, cellLimit: Int = 4_096) {
        self.cellLimit = cellLimit
        table = CellTable(capacity: cellLimit + 1)
        sentIn = .touched(cellLimit + 1, filledWith: Ledger.known)
        changed = .touched(cellLimit + 1, filledWith: 0)
        resolution = LedgerResolution(plan: plan)
    }

    /// Counts one disconnect that the session noticed in plan second `second`.
    public mutating func record(
        second: Int32,
        gateway: GatewayID,
        mechanism: Mechanism,
        ruling: Ruling,
        group: Int? = nil
    ) {
        total += 1
        // Disconnects come in bursts: one second is made coarse once.
        if second != recent.second || recent.resolution != resolution.seconds {
            recent = (second, resolution.coarse(second), resolution.seconds)
        }
        let key = CellKey(
            second: recent.coarse,
            gateway: gateway,
            cause: ruling.cause,
            mechanism: mechanism,
            fault: ruling.fault,
            group: group
        )
        noteChange(of: table.add(1, to: key))
        while table.keys.count > cellLimit && !resolution.isCoarsest { coarsen() }
    }

    /// Whether the sample has room for a row like this; ask before building one.
    public func wantsRow(cause: Cause, mechanism: Mechanism, fault: Int?) -> Bool {
        sample.hasRoom(cause: cause, mechanism: mechanism, fault: fault)
    }

    /// Adds one whole row to the sample, if there is room.
    public mutating func keep(_ row: DisconnectRow) { sample.keep(row) }

    /// The rows that belong into the report `sequence`: all that the coordinator has not acknowledged.
    public mutating func rows(forReport sequence: UInt64) -> [DisconnectRow] { sample.rows(forReport: sequence) }

    /// The cells that belong into the report `sequence`: all whose counts the coordinator has not acknowledged.
    public mutating func cells(forReport sequence: UInt64) -> [LedgerCell] {
        changed.map { index in
            if sentIn[Int(index)] == Ledger.unsent { sentIn[Int(index)] = sequence }
            return table.cell(at: Int(index))
        }
    }

    /// Forgets what the coordinator has seen.
    public mutating func acknowledge(through sequence: UInt64) {
        sample.acknowledge(through: sequence)
        changed.removeAll { index in
            let isKnown = sentIn[Int(index)] <= sequence
            if isKnown { sentIn[Int(index)] = Ledger.known }
            return isKnown
        }
    }

    /// Every cell, cumulative, in no order, made as it is asked for: an array of them all is the largest thing in a
    /// worker.
    public var cells: some Collection<LedgerCell> { table.cells }

    private mutating func noteChange(of index: Int) {
        if index == sentIn.count { sentIn.append(Ledger.known) }
        if sentIn[index] == Ledger.known { changed.append(Int32(index)) }
        sentIn[index] = Ledger.unsent
    }

    /// The coordinator does the same as soon as it hears of it: what it knows need not be said again.
    private mutating func coarsen() {
        resolution.seconds *= 2
        var moved = sentIn
        sentIn.removeAll()
        var kept = 0
        table.coarsen(to: resolution) { from, to in
            if to == kept {
                moved[to] = moved[from]
                kept += 1
            } else if moved[from] != Ledger.known {
                moved[to] = Ledger.unsent
            }
        }
        moved.removeLast(moved.count - kept)
        sentIn = moved
        changed.removeAll(keepingCapacity: true)
        for index in sentIn.indices where sentIn[index] != Ledger.known {
            sentIn[index] = Ledger.unsent
            changed.append(Int32(index))
        }
    }
}
