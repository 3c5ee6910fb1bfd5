import Testing

@testable import HoldfastCore

@Suite struct LeastTreeTests {
    /// The scan the tree stands in for: the fewest, ties to the first at or after the start.
    private func scan(_ counts: [UInt64], from start: Int) -> Int {
        var best = start
        for step in counts.indices {
            let index = (start + step) % counts.count
            if counts[index] < counts[best] { best = index }
        }
        return best
    }

    @Test(arguments: [1, 2, 3, 5, 8, 64, 100]) func findsWhatAScanFinds(count: Int) {
        var tree = LeastTree(count: count)
        var counts = [UInt64](repeating: 0, count: count)
        for step in UInt64(0)..<2_000 {
            let index = Int(below(UInt64(count), mix64(step)))
            counts[index] = below(4, mix64(step + 1_000_000))
            tree.set(index, to: counts[index])
            let start = Int(below(UInt64(count), mix64(step + 2_000_000)))
            #expect(tree.first(from: start) == scan(counts, from: start))
        }
    }

    @Test func aBalancerPicksTheFewestAndGoesRoundAmongEquals() {
        let count = 7
        var balancer = Balancer(algorithm: .leastConnections, gateways: count, seed: Seed(1))
        var counts = [UInt64](repeating: 0, count: count)
        var cursor = 0
        let now = Instant(nanoseconds: 0)
        for step in UInt64(0)..<3_000 {
            let gateway = Int(below(UInt64(count), mix64(step)))
            if step % 3 == 2, counts[gateway] > 0 {
                balancer.closed(GatewayID(gateway))
                counts[gateway] -= 1
                continue
            }
            let expected = scan(counts, from: cursor)
            #expect(balancer.pick(session: 0, ordinal: 0, now: now) == GatewayID(expected))
            counts[expected] += 1
            cursor = (expected + 1) % count
        }
        #expect(balancer.connections == counts)
    }
}
