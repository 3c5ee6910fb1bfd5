/// The smallest of many counts, found in O(log n): a tree of minima over an array.
struct LeastTree: Sendable {
    private let leaves: Int
    /// Node `k` holds the smaller of nodes `2k` and `2k + 1`; the counts start at `leaves`.
    private var nodes: [UInt64]

    /// `count` zeros; leaves beyond them are never the smallest unless there are none.
    init(count: Int) {
        var leaves = 1
        while leaves < count { leaves *= 2 }
        self.leaves = leaves
        nodes = [UInt64](repeating: .max, count: 2 * leaves)
        for index in 0..<count { nodes[leaves + index] = 0 }
        for node in stride(from: leaves - 1, to: 0, by: -1) { nodes[node] = min(nodes[2 * node], nodes[2 * node + 1]) }
    }

    /// Makes the count at `index` be `value`.
    mutating func set(_ index: Int, to value: UInt64) {
        var node = leaves + index
        nodes[node] = value
        while node > 1 {
            let least = min(nodes[node], nodes[node ^ 1])
            node /= 2
            if nodes[node] == least { return }
            nodes[node] = least
        }
    }

    /// Where the smallest count is: its first place at or after `start`, else its first place.
    func first(from start: Int) -> Int {
        var node = leaves + start
        if nodes[node] == nodes[1] { return start }
        while node > 1 {
            if node & 1 == 0, nodes[node + 1] == nodes[1] { return leftmost(under: node + 1) }
            node /= 2
        }
        return leftmost(under: 1)
    }

    private func leftmost(under top: Int) -> Int {
        var node = top
        while node < leaves { node = nodes[2 * node] == nodes[1] ? 2 * node : 2 * node + 1 }
        return node - leaves
    }
}
