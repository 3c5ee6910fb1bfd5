import HoldfastCore
import Testing

@testable import HoldfastResult

@Suite struct CellTableTests {
    @Test("A key holds what it was made of")
    func keys() {
        for cause in Cause.allCases {
            for mechanism in Mechanism.allCases {
                for fault in [nil, 0, 65_535] {
                    for group in [nil, 0, 65_534] {
                        let cell = LedgerCell(
                            second: .min,
                            gateway: .max,
                            cause: cause,
                            mechanism: mechanism,
                            fault: fault,
                            count: 3,
                            group: group
                        )
                        #expect(CellKey(cell).cell(count: 3) == cell)
                    }
                }
            }
        }
        var key = key(7, 4)
        key.second = -9
        #expect(key == self.key(-9, 4))
    }

    @Test("Counts are found again among many, beyond the capacity as well")
    func counts() {
        var table = CellTable(capacity: 10)
        for round in 1...3 as ClosedRange<UInt64> {
            for second in -200..<200 as Range<Int32> {
                for gateway in 0..<10 as Range<GatewayID> { table.add(round, to: key(second, gateway)) }
            }
        }
        #expect(table.keys.count == 4_000)
        #expect(Set(table.keys.map(\.second)).count == 400)
        #expect(table.counts.allSatisfy { $0 == 6 })
        table.set(key(-200, 9), to: 1)
        #expect(table.cells.first { $0.second == -200 && $0.gateway == 9 }?.count == 1)
        #expect(table.keys.count == 4_000)
    }

    @Test("Keys that become alike are added up, in place")
    func rekeying() {
        var table = CellTable(capacity: 100)
        for second in 0..<32 as Range<Int32> { table.add(UInt64(second), to: key(second, 0)) }
        var resolution = LedgerResolution(plan: makePlan())
        resolution.seconds = 8
        var places: [Int] = []
        table.coarsen(to: resolution) { from, to in
            #expect(from == places.count)
            places.append(to)
        }
        #expect(places == (0..<32).map { $0 / 8 })
        #expect(table.keys.map(\.second) == [0, 8, 16, 24])
        let sums: [UInt64] = [28, 92, 156, 220]
        #expect(table.counts == sums)
        table.add(1, to: key(24, 0))
        table.add(1, to: key(32, 0))
        #expect(table.counts.suffix(2) == [221, 1])
    }

    /// However it came about.
    @Test("Coarser seconds do not depend on the way to them")
    func steps() {
        let phases = [3, 100, 101, 117].map { event(drop(), at: $0, phase: "phase \($0)") }
        let whole = LedgerResolution(plan: makePlan(duration: .seconds(300), timeline: phases))
        for seconds in [2, 4, 8, 16, 32, 64] as [Int32] {
            var (fine, coarse) = (whole, whole)
            fine.seconds = seconds / 2
            coarse.seconds = seconds
            for second in -70..<300 as Range<Int32> {
                #expect(coarse.coarse(fine.coarse(second)) == coarse.coarse(second))
            }
        }
    }

    private func key(_ second: Int32, _ gateway: GatewayID) -> CellKey {
        CellKey(second: second, gateway: gateway, cause: .injected, mechanism: .local, fault: 2, group: nil)
    }
}
