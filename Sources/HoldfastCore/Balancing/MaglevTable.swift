/// The lookup table of Maglev (Eisenbud et al., NSDI 2016, section 3.4): each gateway has its own order of all entries
/// and they take turns, each taking the first entry of its order that is free.
///
/// So every gateway has its share of the table give or take one entry, and a table without one of them is nearly the
/// same for all others. With weights a gateway of half the largest weight takes every second turn.
public struct MaglevTable: Equatable, Sendable {
    /// Two primes of the paper: the first serves until a gateway has fewer than 100 entries.
    private static let sizes = (small: 65_537, large: 655_373)
    private static let free = UInt32.max

    private(set) var entries: [UInt32]

    /// The table of all gateways.
    init(_ weights: GatewayWeights) {
        let count = weights.values.count
        let size = count * 100 > MaglevTable.sizes.small ? MaglevTable.sizes.large : MaglevTable.sizes.small
        var turns = MaglevTurns(count: count, size: size)
        self.init(weights, &turns)
    }

    /// The table of all gateways, which take `turns`.
    init(_ weights: GatewayWeights, _ turns: inout MaglevTurns) {
        entries = [UInt32](repeating: MaglevTable.free, count: turns.size)
        fill(weights, &turns) { _ in true }
    }

    /// Deals the table anew to those that `isThere` lets pass; they may be nobody.
    mutating func fill(_ weights: GatewayWeights, _ turns: inout MaglevTurns, isThere: (Int) -> Bool) {
        for entry in entries.indices { entries[entry] = MaglevTable.free }
        var largest: UInt64 = 0
        for gateway in weights.values.indices where isThere(gateway) {
            largest = max(largest, weights.values[gateway])
            turns.start(gateway)
        }
        var remaining = largest > 0 ? entries.count : 0
        while remaining > 0 {
            for gateway in weights.values.indices where isThere(gateway) {
                guard turns.hasTurn(gateway, weight: weights.values[gateway], of: largest) else { continue }
                var entry = turns.next(gateway)
                while entries[entry] != MaglevTable.free { entry = turns.next(gateway) }
                entries[entry] = UInt32(gateway)
                remaining -= 1
                if remaining == 0 { break }
            }
        }
    }

    /// The gateway of the first entry at or after that of `key`, around, that `isThere` lets pass.
    func pick(_ key: UInt64, isThere: (Int) -> Bool) -> Int? {
        var entry = Int(key % UInt64(entries.count))
        for _ in entries.indices {
            if entry == entries.count { entry = 0 }
            if entries[entry] != MaglevTable.free, isThere(Int(entries[entry])) { return Int(entries[entry]) }
            entry += 1
        }
        return nil
    }
}

/// How far each gateway has come in its order of the entries, `(offset + j * skip) mod size`.
struct MaglevTurns: Sendable {
    /// Entries of the table, a prime.
    let size: Int

    private let orders: [(offset: Int, skip: Int)]
    private var place: [Int]
    private var credit: [UInt64]

    /// The orders of `count` gateways, from hashes of their ids.
    init(count: Int, size: Int) {
        // Session hashes have 0 in their second place.
        let orders = (0..<UInt32(count)).map { gateway in
            (Int(pairHash(gateway, 1) % UInt64(size)), Int(pairHash(gateway, 2) % UInt64(size - 1)) + 1)
        }
        self.init(orders: orders, size: size)
    }

    /// The orders as they are given.
    init(orders: [(offset: Int, skip: Int)], size: Int) {
        self.size = size
        self.orders = orders
        place = [Int](repeating: 0, count: orders.count)
        credit = [UInt64](repeating: 0, count: orders.count)
    }

    fileprivate mutating func start(_ gateway: Int) {
        place[gateway] = orders[gateway].offset
        credit[gateway] = 0
    }

    fileprivate mutating func hasTurn(_ gateway: Int, weight: UInt64, of largest: UInt64) -> Bool {
        credit[gateway] += weight
        guard credit[gateway] >= largest else { return false }
        credit[gateway] -= largest
        return true
    }

    fileprivate mutating func next(_ gateway: Int) -> Int {
        let entry = place[gateway]
        place[gateway] += orders[gateway].skip
        if place[gateway] >= size { place[gateway] -= size }
        return entry
    }
}
