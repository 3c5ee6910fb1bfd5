import HoldfastCore

/// Cells of the ledger, found by what they count.
///
/// All memory for `capacity` cells is taken, and touched, at the start: a ledger that fills up for hours must not look
/// like a leak. Beyond it the table grows.
struct CellTable {
    /// What is counted, in the order in which it came up; parallel to `counts`.
    private(set) var keys: [CellKey]
    /// How many of each.
    private(set) var counts: [UInt64]

    /// For each hash, and those next to it: where the key is in `keys`. A quarter of them is free at least.
    private var places: [Int32]

    private static let free: Int32 = -1

    init(capacity: Int) {
        let nothing = CellKey(second: 0, gateway: 0, cause: .unexplained, mechanism: .fin, fault: nil, group: nil)
        keys = .touched(capacity, filledWith: nothing)
        counts = .touched(capacity, filledWith: 0)
        places = CellTable.freePlaces(for: capacity)
    }

    /// The cells, in no order, each made as it is asked for.
    var cells: some Collection<LedgerCell> { keys.indices.lazy.map(cell(at:)) }

    /// One of them.
    func cell(at index: Int) -> LedgerCell { keys[index].cell(count: counts[index]) }

    /// Counts `count` more of `key`; returns where.
    @discardableResult
    mutating func add(_ count: UInt64, to key: CellKey) -> Int {
        let index = index(of: key)
        counts[index] += count
        return index
    }

    /// Replaces a count.
    mutating func set(_ key: CellKey, to count: UInt64) {
        let index = index(of: key)
        counts[index] = count
    }

    /// Makes seconds coarser; keys that become alike are added up. `moved` is told where each of them went: never
    /// beyond where it was, in ascending order.
    mutating func coarsen(to resolution: LedgerResolution, moved: (_ from: Int, _ to: Int) -> Void = { _, _ in }) {
        let total = keys.count
        for place in places.indices { places[place] = CellTable.free }
        var kept = 0
        for index in 0..<total {
            var key = keys[index]
            key.second = resolution.coarse(key.second)
            let place = place(of: key)
            if places[place] == CellTable.free {
                // Never beyond the one that was just read.
                keys[kept] = key
                counts[kept] = counts[index]
                places[place] = Int32(kept)
                kept += 1
            } else {
                counts[Int(places[place])] += counts[index]
            }
            moved(index, Int(places[place]))
        }
        keys.removeLast(total - kept)
        counts.removeLast(total - kept)
    }

    private mutating func index(of key: CellKey) -> Int {
        let place = place(of: key)
        if places[place] != CellTable.free { return Int(places[place]) }
        places[place] = Int32(keys.count)
        keys.append(key)
        counts.append(0)
        if 4 * keys.count > 3 * places.count { spread() }
        return keys.count - 1
    }

    /// Where `key` is, or belongs.
    private func place(of key: CellKey) -> Int {
        var place = key.hash & (places.count - 1)
        while places[place] != CellTable.free, keys[Int(places[place])] != key {
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    /// More room for hashes.
    private mutating func spread() {
        places = CellTable.freePlaces(for: 2 * keys.count)
        for index in keys.indices { places[place(of: keys[index])] = Int32(index) }
    }

    /// A power of two.
    private static func freePlaces(for count: Int) -> [Int32] {
        var size = 16
        while 3 * size < 4 * count { size *= 2 }
        return Array(repeating: free, count: size)
    }
}

extension Array {
    /// An empty array whose memory for `capacity` elements is the process's own already.
    static func touched(_ capacity: Int, filledWith element: Element) -> [Element] {
        var array = [Element](repeating: element, count: capacity)
        array.removeAll(keepingCapacity: true)
        return array
    }
}
