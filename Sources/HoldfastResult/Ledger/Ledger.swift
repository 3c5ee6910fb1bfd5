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
    public private(set) var resolution: Int32 = 1
    /// The sample, and what of it the coordinator has not acknowledged.
    public private(set) var sample = RowSample()

    private let cellLimit: Int
    /// The seconds in which phases begin, ascending.
    private let phaseStarts: [Int32]
    private var counts: [(key: CellKey, count: UInt64)] = []
    /// Where the count of each key is.
    private var places: [CellKey: Int] = [:]
    /// The same for keys that came up lately, in the order of `CellKey.shortHash`: most disconnects are like another.
    private var shortcuts = [Int](repeating: -1, count: 1 << CellKey.shortHashBits)
    /// The second that was made coarse last.
    private var recent: (second: Int32, coarse: Int32, resolution: Int32) = (.min, .min, 0)

    /// An empty ledger for the phases of `plan`, which is in plan time as its seconds are.
    public init(plan: Plan, cellLimit: Int = 4_096) {
        self.cellLimit = cellLimit
        phaseStarts = plan.phases.flatMap { phase in phase.stretches.map(\.start.wholeSeconds) }.sorted()
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
        if second != recent.second || recent.resolution != resolution {
            recent = (second, coarse(second), resolution)
        }
        let key = CellKey(
            second: recent.coarse,
            gateway: gateway,
            cause: ruling.cause,
            mechanism: mechanism,
            fault: ruling.fault,
            group: group
        )
        counts[place(of: key)].count += 1
        while counts.count > cellLimit && resolution < Ledger.coarsest { coarsen() }
    }

    /// Whether the sample has room for a row like this; ask before building one.
    public func wantsRow(cause: Cause, mechanism: Mechanism, fault: Int?) -> Bool {
        sample.hasRoom(cause: cause, mechanism: mechanism, fault: fault)
    }

    /// Adds one whole row to the sample, if there is room.
    public mutating func keep(_ row: DisconnectRow) { sample.keep(row) }

    /// The rows that belong into the report `sequence`: all that the coordinator has not acknowledged.
    public mutating func rows(forReport sequence: UInt64) -> [DisconnectRow] { sample.rows(forReport: sequence) }

    /// Forgets the rows that the coordinator has seen.
    public mutating func acknowledge(through sequence: UInt64) { sample.acknowledge(through: sequence) }

    /// Every cell, cumulative, in no order.
    public var cells: [LedgerCell] {
        counts.map { key, count in
            LedgerCell(
                second: key.second,
                gateway: key.gateway,
                cause: key.cause,
                mechanism: key.mechanism,
                fault: key.fault,
                count: count,
                group: key.group
            )
        }
    }

    /// 36 hours: more than any run that is looked at second by second.
    private static let coarsest: Int32 = 1 << 17

    private mutating func place(of key: CellKey) -> Int {
        let shortcut = shortcuts[key.shortHash]
        if shortcut >= 0, counts[shortcut].key == key { return shortcut }
        let place = places[key] ?? counts.count
        if place == counts.count {
            counts.append((key, 0))
            places[key] = place
        }
        shortcuts[key.shortHash] = place
        return place
    }

    private mutating func coarsen() {
        resolution *= 2
        let finer = counts
        counts = []
        places = [:]
        for index in shortcuts.indices { shortcuts[index] = -1 }
        for (key, count) in finer {
            var moved = key
            moved.second = coarse(key.second)
            counts[place(of: moved)].count += count
        }
    }

    private func coarse(_ second: Int32) -> Int32 {
        guard resolution > 1 else { return second }
        let remainder = second % resolution
        let rounded = second - (remainder < 0 ? remainder + resolution : remainder)
        guard let phaseStart = phaseStarts.last(where: { $0 <= second }) else { return rounded }
        return max(rounded, phaseStart)
    }
}

private struct CellKey: Hashable {
    var second: Int32
    var gateway: GatewayID
    var cause: Cause
    var mechanism: Mechanism
    var fault: Int?
    var group: Int?

    static let shortHashBits = 10

    /// Different for all that is usual in one second of a fleet of a few hundred gateways.
    var shortHash: Int {
        let place =
            Int(gateway) ^ position(mechanism) << 7 ^ position(cause) << 5 ^ (group ?? 0) << 3 ^ (fault ?? 0) << 4
        return place & (1 << CellKey.shortHashBits - 1)
    }

    /// The names of causes and mechanisms would be hashed letter by letter.
    func hash(into hasher: inout Hasher) {
        hasher.combine(UInt64(UInt32(bitPattern: second)) << 32 | UInt64(gateway))
        let place = (group ?? 0) << 40 | position(cause) << 32 | position(mechanism) << 24
        hasher.combine(place | (fault ?? 0xFF_FFFF))
    }
}
