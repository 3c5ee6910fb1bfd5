import Glibc
import HoldfastCore
import HoldfastReactor
import Testing

@testable import HoldfastFleet

/// What becomes of connections through a proxy that nobody uses.
@Suite struct IdleFlowTests {
    private func bench(host: UInt32, _ expiry: MiddleboxPolicy.Expiry) throws -> ProxyServerTests.Bench {
        try ProxyServerTests.Bench(host: host, table: MiddleboxPolicy(aging: .milliseconds(200), expiry: expiry))
    }

    /// Both ends hear of it at once, and of nothing else.
    @Test(arguments: [MiddleboxPolicy.Expiry.fin, .reset])
    func bothEndsAreTold(expiry: MiddleboxPolicy.Expiry) throws {
        let bench = try bench(host: expiry == .fin ? 40 : 41, expiry)
        let (client, gateway) = try bench.pair()
        #expect(client.write([1]) == 1)
        #expect(bench.node.settle { client.outcome != nil && gateway.outcome != nil })
        #expect(gateway.received == [1])
        let end: ReadOutcome = expiry == .fin ? .finished : .failed(ECONNRESET)
        #expect(client.end == end)
        #expect(gateway.end == end)
        #expect(bench.closed == [1])
        #expect(bench.believed == [0])
        #expect(bench.count == 0)
    }

    /// The balancer forgets the connection, and neither end knows until it writes, or never.
    @Test(arguments: [MiddleboxPolicy.Expiry.drop, .answer])
    func nobodyIsTold(expiry: MiddleboxPolicy.Expiry) throws {
        let bench = try bench(host: expiry == .drop ? 42 : 43, expiry)
        let (client, gateway) = try bench.pair()
        #expect(client.write([1]) == 1)
        #expect(bench.node.settle { bench.closed == [1] })
        #expect(bench.believed == [0])
        #expect(bench.count == 1)
        #expect(gateway.write([2]) == 1)
        #expect(client.write([3]) == 1)
        if expiry == .answer {
            #expect(bench.node.settle { client.outcome != nil })
            #expect(client.end == .failed(ECONNRESET))
        } else {
            for _ in 0..<50 { bench.node.turn() }
            #expect(client.outcome == nil)
            client.close()
        }
        for _ in 0..<50 { bench.node.turn() }
        #expect(client.received.isEmpty)
        #expect(gateway.outcome == nil)
        #expect(gateway.received == [1])
        gateway.close()
        #expect(bench.node.settle { bench.count == 0 })
        #expect(bench.closed == [1])
        #expect(bench.believed == [0])
    }

    /// Bytes of either end put the end off.
    @Test func bytesOfTheGatewayKeepTheEntry() throws {
        let bench = try bench(host: 44, .reset)
        let (client, gateway) = try bench.pair()
        let start = bench.node.reactor.now
        var written = 0
        #expect(
            bench.node.settle {
                let due = start + .milliseconds(50) * Int64(written + 1)
                if bench.node.reactor.now >= due, gateway.write([7]) == 1 { written += 1 }
                return written == 12
            }
        )
        // 600 ms, three times what it may be idle; unless the machine held the test up between two bytes.
        #expect(bench.closed == [0])
        #expect(client.outcome == nil)
        #expect(bench.node.settle { client.outcome != nil })
        #expect(client.received.count == written)
        #expect(bench.closed == [1])
    }
}
