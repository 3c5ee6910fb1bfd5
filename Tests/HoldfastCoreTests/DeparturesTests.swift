import HoldfastCore
import Testing

@Suite struct DeparturesTests {
    /// The i-th of five over ten seconds at 2 i; all at once over none; nobody of nobody.
    @Test(arguments: [(5, Span.seconds(10), [0, 2, 4, 6, 8]), (3, .zero, [0, 0, 0]), (0, .seconds(10), [])])
    func areEven(count: Int, over: Span, expected: [Int64]) {
        var departures = Departures(Array(0..<count), from: .zero + .seconds(100), over: over)
        var turns: [Int64] = []
        for second in Int64(0)..<20 {
            while let key = departures.takeDue(.zero + .seconds(100 + second)) {
                #expect(key == turns.count)
                turns.append(second)
            }
        }
        #expect(turns == expected)
        #expect(departures.next == nil)
    }

    @Test func nobodyGoesEarly() {
        var departures = Departures([7, 8], from: .zero + .seconds(1), over: .seconds(1))
        #expect(departures.takeDue(.zero) == nil)
        #expect(departures.takeDue(.zero + .seconds(1)) == 7)
        #expect(departures.next == .zero + .milliseconds(1500))
        #expect(departures.takeDue(.zero + .milliseconds(1499)) == nil)
        #expect(departures.takeDue(.zero + .milliseconds(1500)) == 8)
    }
}
