import Foundation
import Glibc
import HoldfastReactor
import Testing

@testable import HoldfastFleet

/// What a balancer keeps of its passages.
@Suite struct PassageLinksTests {
    private let path = NSTemporaryDirectory() + "hf-" + UUID().uuidString.prefix(8)

    /// Messages without connections: how many are on their way does not depend on what they carry.
    @Test func whoeverIsBusyGetsEverythingLater() throws {
        let listener = try Passage.listen(at: path)
        defer {
            Socket.close(listener)
            unlink(path)
        }
        var reactor = try Reactor(capacity: 1)
        var links = PassageLinks(paths: [path], gateways: 1, firstSlot: 0)
        var passed = 0
        var failure: Int32 = 0
        while failure == 0, passed < 100_000 {
            failure = links.pass(Passage.Message(gateway: 0, count: UInt32(passed)), to: 0..<1, &reactor)
            if failure == 0 { passed += 1 }
        }
        // As much as the kernel takes, and as many again as wait at a listener.
        #expect(failure == EAGAIN)
        #expect(passed > 4_096 + 500)
        let taker = try #require(Passage.accept(listener))
        defer { Socket.close(taker) }
        var taken = 0
        while case .message(let message) = Passage.receive(from: taker) {
            #expect(message.count == UInt32(taken))
            taken += 1
            links.resume(0, &reactor)
        }
        #expect(taken == passed)
    }

    @Test func whoeverIsGoneHadEverythingThatWasPassed() throws {
        let listener = try Passage.listen(at: path)
        var reactor = try Reactor(capacity: 1)
        var links = PassageLinks(paths: [path], gateways: 3, firstSlot: 0)
        for gateway in [UInt32(2), 0, 2] {
            #expect(links.pass(Passage.Message(gateway: gateway), to: 0..<1, &reactor) == 0)
        }
        Socket.close(listener)
        unlink(path)
        guard case .lost(let lost) = links.next(0, &reactor) else {
            Issue.record("The end of the passage was not noticed.")
            return
        }
        #expect(lost.map(\.gateway) == [0, 2])
        #expect(lost.map(\.count) == [1, 2])
        #expect(links.next(0, &reactor) == nil)
        #expect(links.pass(Passage.Message(gateway: 0), to: 0..<1, &reactor) == ECONNREFUSED)
    }
}
