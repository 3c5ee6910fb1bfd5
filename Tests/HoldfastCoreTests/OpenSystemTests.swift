import Testing

@testable import HoldfastCore

/// Clients that come by a Poisson process, stay for an exponential time and never come back.
@Suite struct OpenSystemTests {
    /// The variance of the gateways' connections around their mean, averaged over instants long after the start.
    static func variance(_ algorithm: BalancingAlgorithm, seed: UInt64) -> Double {
        let gateways = 10
        let meanLoad = 50.0
        // Mean life 1, so the rate of arrivals is the mean number of clients.
        let rate = meanLoad * Double(gateways)
        var balancer = Balancer(
            algorithm: algorithm,
            gateways: gateways,
            healthCheck: .passive,
            failTimeout: .seconds(1),
            failureRule: .repick,
            seed: Seed(seed)
        )
        let stream = Seed(seed).stream(.lifetime, actor: 0)
        var ends = Ends()
        var now = Instant.zero
        var sum = 0.0
        var count = 0.0
        for client in 0..<UInt32(20_000) {
            now = now + exponential(mean: .milliseconds(1_000_000 / Int64(rate)), stream.draw(UInt64(client) * 2))
            for gateway in ends.take(until: now) { balancer.closed(gateway) }
            let life = exponential(mean: .seconds(1000), stream.draw(UInt64(client) * 2 + 1))
            guard let gateway = balancer.pick(session: client, ordinal: 0, now: now) else { continue }
            ends.add(gateway, at: now + life)
            // Ten mean lives after the start, then every tenth of one.
            guard client > 5000, client % 50 == 0 else { continue }
            let loads = balancer.connections.map { Double($0) }
            let mean = loads.reduce(0, +) / Double(gateways)
            sum += loads.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gateways - 1)
            count += 1
        }
        return sum / count / meanLoad
    }

    /// Clients that are there, the first to go first.
    struct Ends {
        private var heap: [(at: Instant, gateway: GatewayID)] = []

        mutating func add(_ gateway: GatewayID, at: Instant) {
            var place = heap.count
            heap.append((at, gateway))
            while place > 0, heap[(place - 1) / 2].at > at {
                heap.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
        }

        mutating func take(until now: Instant) -> [GatewayID] {
            var gone: [GatewayID] = []
            while let first = heap.first, first.at <= now {
                gone.append(first.gateway)
                heap.swapAt(0, heap.count - 1)
                heap.removeLast()
                var hole = 0
                while 2 * hole + 1 < heap.count {
                    var child = 2 * hole + 1
                    if child + 1 < heap.count, heap[child + 1].at < heap[child].at { child += 1 }
                    guard heap[child].at < heap[hole].at else { break }
                    heap.swapAt(hole, child)
                    hole = child
                }
            }
            return gone
        }
    }

    /// Between gateways the variance is mu under random placement, and mu/2 where a cursor deals: round robin removes
    /// what arrivals add. Over eight seeds the mean of some 2,400 correlated samples is within a tenth.
    @Test(arguments: [(BalancingAlgorithm.random, 1.0), (.roundRobin, 0.5)])
    func whatStaysUneven(algorithm: BalancingAlgorithm, expected: Double) {
        let seeds = (1...8).map { Self.variance(algorithm, seed: UInt64($0)) }
        let mean = seeds.reduce(0, +) / Double(seeds.count)
        #expect(abs(mean / expected - 1) < 0.12, "\(mean)")
    }
}
