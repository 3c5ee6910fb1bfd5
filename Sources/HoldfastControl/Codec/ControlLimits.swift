/// How long the parts of a control message may be; lists in entries, texts in UTF-8 bytes.
public enum ControlLimits {
    /// A whole message; bytes.
    public static let message = 64 << 20
    /// Cuts in one report.
    public static let cuts = 65_536
    /// Gateways in one cut.
    public static let populations = 65_536
    /// Cells of the ledger.
    public static let ledger = 1 << 20
    /// Whole ledger rows in one report.
    public static let rows = 65_536
    /// Timeline events that anything is said about.
    public static let faults = 65_536
    /// Groups of sessions that anything is said about.
    public static let groups = 65_535
    /// Executed intervals of one agent, or of all.
    public static let executed = 1 << 20
    /// Ranks for one fault: every session of one worker.
    public static let ranks = 1 << 24
    /// Buckets of a histogram: 32 for each exponent of a double, subnormal ones included.
    public static let buckets = 32 * 2099
    /// Build ids, hashes, tuples.
    public static let word = 256
    /// Failures, URLs.
    public static let line = 4096
    /// A resolved plan.
    public static let planText = 8 << 20

    /// `list` as it is, if it keeps to `limit`.
    static func check<Element>(
        _ list: [Element],
        _ field: String,
        _ limit: Int
    ) throws(ControlCodecError) -> [Element] {
        guard list.count <= limit else { throw .tooLong(field: field, count: list.count, limit: limit) }
        return list
    }

    /// `number` as it is, if it is one of `limit` things.
    static func check(_ number: UInt32, _ field: String, _ limit: Int) throws(ControlCodecError) -> Int {
        guard number < limit else { throw .invalid(field: field, found: "\(number) of at most \(limit)") }
        return Int(number)
    }

    /// `text` as it is, if it keeps to `limit`.
    static func check(_ text: String, _ field: String, _ limit: Int) throws(ControlCodecError) -> String {
        guard text.utf8.count <= limit else { throw .tooLong(field: field, count: text.utf8.count, limit: limit) }
        return text
    }
}

extension Array {
    /// `map` that throws what this room throws.
    func converted<Result>(
        _ transform: (Element) throws(ControlCodecError) -> Result
    ) throws(ControlCodecError) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(count)
        for element in self { results.append(try transform(element)) }
        return results
    }
}

/// An enum value as its position in `allCases`.
func position<Value: CaseIterable & Equatable>(_ value: Value) -> UInt32 {
    var position: UInt32 = 0
    for other in Value.allCases {
        if other == value { break }
        position += 1
    }
    return position
}

/// The enum value at `position` of `allCases`.
func value<Value: CaseIterable>(_ position: UInt32, _ field: String) throws(ControlCodecError) -> Value {
    guard let value = Value.allCases.dropFirst(Int(position)).first else {
        throw .invalid(field: field, found: "\(position)")
    }
    return value
}

/// A number from the wire in the narrower type that we keep it in.
func narrow<Narrow: FixedWidthInteger>(
    _ number: some FixedWidthInteger,
    _ field: String
) throws(ControlCodecError) -> Narrow {
    guard let narrow = Narrow(exactly: number) else { throw .invalid(field: field, found: "\(number)") }
    return narrow
}
