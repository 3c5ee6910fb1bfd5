import HoldfastResult
import Testing

extension EndToEnd {
    /// What long connections do to an even fleet: the classic figures, live.
    @Suite struct UnevenTests {
        @Test func departuresLeaveFourHundredAndOneHundred() async throws {
            let ended = try await Program.plan("uneven-departures")
            #expect(ended.status == 0, "\(ended.errors)")
            let result = try ended.result()
            #expect(result.gateways.map(\.connectionsAtEnd) == [400, 100])
            let atEnd = result.imbalance.atEnd
            #expect(atEnd.maxOverMean == 1.6)
            #expect(atEnd.cv == 0.6)
            #expect(atEnd.gini.map { abs($0 - 0.3) < 1e-9 } == true)
            #expect(atEnd.hoover.map { abs($0 - 0.3) < 1e-9 } == true)
            #expect(atEnd.jain.map { abs($0 - 25.0 / 34) < 1e-9 } == true)
            #expect(result.disconnects.total == 500)
            #expect(result.disconnects.byCause["injected"] == 500)
            #expect(result.disconnects.unexplained == 0)
            // The gateways' own counts say the same.
            #expect(result.gateways.map(\.ownConnectionsAtEnd) == [400, 100])
            #expect(result.census.reconciled == true)
        }

        @Test func roundRobinNeverMakesUpForIt() async throws {
            let ended = try await Program.plan("uneven-return")
            #expect(ended.status == 0, "\(ended.errors)")
            let counts = try ended.result().gateways.compactMap(\.connectionsAtEnd)
            #expect(counts.reduce(0, +) == 1000)
            #expect(zip(counts, [650, 350]).allSatisfy { abs(Int($0) - $1) <= 1 }, "\(counts)")
        }

        @Test func leastConnectionsDoes() async throws {
            let ended = try await Program.plan("uneven-return", "--set", "target.algorithm=least-connections")
            #expect(ended.status == 0, "\(ended.errors)")
            let counts = try ended.result().gateways.compactMap(\.connectionsAtEnd)
            #expect(counts == [500, 500])
        }
    }
}
