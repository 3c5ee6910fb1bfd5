/// What a process repeats in every report until the coordinator has acknowledged it: first in, first out.
///
/// A report carries the oldest items up to a weight limit. So whatever was in report `n` is in every later report until
/// it is acknowledged, and an acknowledgement of any report from `n` on covers it.
struct Retained<Item: Sendable>: Sendable {
    private var items: [Item] = []
    private var weights: [Int] = []
    // The report that carried each item first, for as many of the oldest items as were ever sent; ascending.
    private var firstSent: [UInt64] = []
    private let reportWeight: Int

    /// A queue of which one report carries at most `reportWeight`, but at least one item.
    init(reportWeight: Int) { self.reportWeight = reportWeight }

    /// Items not acknowledged yet.
    var count: Int { items.count }

    mutating func append(_ item: Item, weight: Int = 1) {
        items.append(item)
        weights.append(weight)
    }

    /// The items that report `sequence` carries.
    mutating func take(for sequence: UInt64) -> ArraySlice<Item> {
        var carried = 0
        var weight = 0
        while carried < items.count {
            weight += weights[carried]
            if weight > reportWeight, carried > 0 { break }
            carried += 1
        }
        // What was carried before stays carried: weights do not change, and acknowledged items only leave in front.
        while firstSent.count < carried { firstSent.append(sequence) }
        return items[..<carried]
    }

    /// Whether the report taken last carried everything.
    var isFullySent: Bool { firstSent.count == items.count }

    /// Forgets what reports up to `sequence` carried.
    mutating func acknowledge(_ sequence: UInt64) {
        let known = firstSent.prefix { $0 <= sequence }.count
        guard known > 0 else { return }
        items.removeFirst(known)
        weights.removeFirst(known)
        firstSent.removeFirst(known)
    }
}
