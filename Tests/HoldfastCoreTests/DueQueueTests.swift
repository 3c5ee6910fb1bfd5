import HoldfastCore
import Testing

@Suite struct DueQueueTests {
    /// Whatever was added in whatever order comes out by instant, then by number, and nothing before its time.
    @Test(arguments: [1, 2, 7, 500])
    func comesInOrder(count: Int) {
        var queue = DueQueue()
        var added: [(at: Instant, number: Int)] = []
        for number in 0..<count {
            let at = Instant(nanoseconds: Int64(Seed(42).draw(.swarm, actor: 0, UInt64(number)) % 50))
            added.append((at, number))
            queue.add(number, at: at)
        }
        added.sort { ($0.at, $0.number) < ($1.at, $1.number) }
        #expect(queue.count == count)
        for entry in added {
            #expect(queue.nextInstant == entry.at)
            #expect(queue.takeDue(at: Instant(nanoseconds: entry.at.nanoseconds - 1)) == nil)
            let taken = queue.takeDue(at: entry.at)
            #expect(taken?.number == entry.number && taken?.at == entry.at)
        }
        #expect(queue.nextInstant == .never)
        #expect(queue.takeDue(at: .never) == nil)
    }
}
