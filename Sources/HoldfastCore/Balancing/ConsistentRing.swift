/// A hash ring (Karger et al., "Consistent Hashing and Random Trees", STOC 1997): every gateway has many points on a
/// circle, and a session goes to the next point after its own. A gateway that leaves moves nobody but its own sessions,
/// which spread over the others, and its return moves nobody but those.
public struct ConsistentRing: Equatable, Sendable {
    private struct Point: Equatable, Sendable {
        var position: UInt64
        var gateway: UInt32
    }

    /// Points for each unit of weight, as in ketama and nginx: a share has a standard deviation of 1/√160 = 8 %.
    public static let pointsPerWeight: UInt64 = 160
    /// With more than this many points, 16 MiB, gateways have fewer each, but never fewer than their weight.
    private static let usualLimit: UInt64 = 1 << 20

    private let points: [Point]

    /// The ring of gateways with these weights.
    init(_ weights: GatewayWeights) {
        let each = max(1, min(ConsistentRing.pointsPerWeight, ConsistentRing.usualLimit / max(1, weights.total)))
        var points: [Point] = []
        points.reserveCapacity(Int(each * weights.total))
        for (gateway, weight) in weights.values.enumerated() {
            // Sessions hash with 0: from 1 on nobody falls on the point of its own number.
            for number in 1...UInt32(each * weight) {
                points.append(Point(position: pairHash(UInt32(gateway), number), gateway: UInt32(gateway)))
            }
        }
        self.points = points.sorted { ($0.position, $0.gateway) < ($1.position, $1.gateway) }
    }

    /// The gateway of the first point at or after `key`, around, that `isThere` lets pass.
    func pick(_ key: UInt64, isThere: (Int) -> Bool) -> Int? {
        var place = first(from: key)
        for _ in points.indices {
            if place == points.count { place = 0 }
            let gateway = Int(points[place].gateway)
            if isThere(gateway) { return gateway }
            place += 1
        }
        return nil
    }

    private func first(from key: UInt64) -> Int {
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].position < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
