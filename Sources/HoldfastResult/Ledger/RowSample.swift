import HoldfastCore

/// A bounded sample of whole disconnects: the first few of every kind, and more of the unexplained ones, which are the
/// ones that somebody will want to look at.
public struct RowSample: Sendable {
    /// Rows of one (cause, mechanism, fault).
    public static let rowsPerKind = 32
    /// Explained rows altogether.
    public static let explainedLimit = 512
    /// Unexplained rows, a quota of their own.
    public static let unexplainedLimit = 512

    /// Rows kept so far, acknowledged or not.
    public private(set) var kept = 0
    private var explained = 0
    private var unexplained = 0
    private var keptByKind: [Kind: Int] = [:]
    /// The kind that became full last: most disconnects of a long run are of one kind.
    private var full: Kind?
    private var pending: [Pending] = []

    /// Nothing kept yet.
    public init() {}

    /// Whether a row of this kind would be kept.
    public func hasRoom(cause: Cause, mechanism: Mechanism, fault: Int?) -> Bool {
        if cause == .unexplained { return unexplained < RowSample.unexplainedLimit }
        guard explained < RowSample.explainedLimit else { return false }
        let kind = Kind(cause: cause, mechanism: mechanism, fault: fault)
        return kind != full && keptByKind[kind, default: 0] < RowSample.rowsPerKind
    }

    /// Keeps a row with a cause, if there is room for it.
    public mutating func keep(_ row: DisconnectRow) {
        guard let cause = row.cause, hasRoom(cause: cause, mechanism: row.mechanism, fault: row.fault) else { return }
        kept += 1
        if cause == .unexplained { unexplained += 1 } else { explained += 1 }
        let kind = Kind(cause: cause, mechanism: row.mechanism, fault: row.fault)
        keptByKind[kind, default: 0] += 1
        if keptByKind[kind] == RowSample.rowsPerKind { full = kind }
        pending.append(Pending(row: row, sentIn: nil))
    }

    /// The rows for the report `sequence`: all that are not acknowledged.
    public mutating func rows(forReport sequence: UInt64) -> [DisconnectRow] {
        for index in pending.indices where pending[index].sentIn == nil { pending[index].sentIn = sequence }
        return pending.map(\.row)
    }

    /// Forgets the rows that were in a report up to `sequence`.
    public mutating func acknowledge(through sequence: UInt64) {
        pending.removeAll { row in row.sentIn.map { $0 <= sequence } ?? false }
    }

    private struct Kind: Hashable {
        var cause: Cause
        var mechanism: Mechanism
        var fault: Int?

        /// The names of causes and mechanisms would be hashed letter by letter.
        func hash(into hasher: inout Hasher) {
            hasher.combine(position(cause) << 32 | position(mechanism) << 24 | (fault ?? 0xFF_FFFF))
        }
    }

    private struct Pending {
        var row: DisconnectRow
        /// The first report that carried it.
        var sentIn: UInt64?
    }
}
