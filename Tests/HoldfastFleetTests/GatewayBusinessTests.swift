import Foundation
import HoldfastControl
import HoldfastCore
import Testing

@testable import HoldfastFleet

/// What gateways know together of messages, in memory that they share.
@Suite struct GatewayBusinessTests {
    private let seed = Seed(42)
    private let t0 = Instant.zero + .seconds(100)
    private let path = NSTemporaryDirectory() + "holdfast-mailboxes-\(UUID().uuidString)"

    private func push(_ queue: PushPolicy.Queue, retries: UInt8 = 0) -> PushPolicy {
        PushPolicy(interval: .seconds(1), arrivals: .regular, queue: queue, retries: retries, timeout: .seconds(2))
    }

    /// A gateway process that maps the page by itself, of a run of 10 s.
    private func gateway(_ policy: PushPolicy) throws -> GatewayBusiness {
        let page = try MailboxPage(path: path, sessions: 3)
        var business = GatewayBusiness(policy, seed: seed, duration: .seconds(10), page: page, slots: 4)
        business.start(at: t0)
        return business
    }

    private func sent(_ gateway: inout GatewayBusiness, _ slot: Int, _ ordinal: Ordinal, _ now: Instant) -> [UInt32] {
        var numbers: [UInt32] = []
        while let next = gateway.nextSending(slot, 1, ordinal, now) { numbers.append(next.number) }
        return numbers
    }

    /// Session 1 is admitted by one gateway, which is killed; another one goes on where it was, and no message is
    /// counted twice or lost.
    @Test func whatAKilledGatewayHasNotSentTheNextOneDoes() throws {
        defer { unlink(path) }
        let policy = push(.offline)
        var first = try gateway(policy)
        first.admit(2, 1, 0, t0)
        #expect(sent(&first, 2, 0, t0 + .seconds(3)) == [0, 1, 2])
        first.acknowledge(0, 2, 1, 0)
        first.acknowledge(1, 2, 1, 0)
        // Nothing more is heard of it.
        var second = try gateway(policy)
        second.admit(0, 1, 5, t0 + .seconds(6))
        #expect(sent(&second, 0, 5, t0 + .seconds(6)) == [2, 3, 4, 5])
        for number: UInt32 in 2...5 { second.acknowledge(number, 0, 1, 5) }
        // It was frozen only: what it believed is over.
        first.acknowledge(2, 2, 1, 0)
        #expect(sent(&first, 2, 0, t0 + .seconds(7)) == [])
        #expect(sent(&second, 0, 5, t0 + .seconds(8)) == [6, 7])
        let page = try MailboxPage(path: path, sessions: 3)
        let tally = page.tally(policy, seed: seed, t0: t0, end: t0 + .seconds(10), delivered: 6)
        #expect(tally.pushed == 30)
        // Two on their way, two that were due after that, and all of those that never came.
        #expect(tally.pending == 4 + 20)
        #expect(tally.bytes == 9 * UInt64(WireFormat.dataBytes + policy.payloadBytes))
        var sum = MessageTally()
        sum.delivered = 6
        #expect(tally.adding(sum).lost == 0)
    }

    /// An older connection cannot take the messages from a newer one, whoever has it.
    @Test func theNewestConnectionHasThem() throws {
        defer { unlink(path) }
        let page = try MailboxPage(path: path, sessions: 2)
        #expect(!page.isBelieved(1, 0))
        #expect(page.claim(1, 3))
        #expect(page.isBelieved(1, 3))
        #expect(try !MailboxPage(path: path, sessions: 2).claim(1, 2))
        #expect(page.isBelieved(1, 3))
        #expect(!page.isBelieved(0, 3))
    }

    /// A process that is killed between two words leaves a number without its time, which is a function of the number.
    @Test func aTornRecordIsCountedAnew() throws {
        defer { unlink(path) }
        let policy = PushPolicy(interval: .seconds(1))
        let page = try MailboxPage(path: path, sessions: 2)
        let truth = policy.bookmark(at: 9, of: 1, seed: seed, t0: t0)
        page.publish(1, truth, outstanding: 0)
        #expect(page.bookmark(of: 1, policy, seed: seed, t0: t0) == truth)
        // Words in the order believed, number, intended, check, outstanding, behind the counters.
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(8 * (MailboxPage.Counter.allCases.count + 5 + 2)))
        try file.write(contentsOf: Data(repeating: 1, count: 8))
        #expect(page.bookmark(of: 1, policy, seed: seed, t0: t0) == truth)
        // A session of which nothing was written begins with its first message.
        #expect(page.bookmark(of: 0, policy, seed: seed, t0: t0) == policy.bookmark(at: 0, of: 0, seed: seed, t0: t0))
    }

    /// A ghost is sent its message and three more times; nobody waits for a receipt after the end.
    @Test func retriesToGhostsAreWasted() throws {
        defer { unlink(path) }
        let policy = push(.none, retries: 3)
        var gateway = try gateway(policy)
        gateway.admit(0, 1, 0, t0)
        // Half-way through the first message's second.
        let due = gateway.deadline(of: 0)
        #expect(sent(&gateway, 0, 0, due) == [0])
        let page = try MailboxPage(path: path, sessions: 3)
        #expect(page.outstanding(of: 1) == 1)
        for attempt in 1...3 {
            #expect(sent(&gateway, 0, 0, due + .seconds(2) * Int64(attempt)).contains(0))
        }
        #expect(page.count(.wasted) >= 2)
        _ = sent(&gateway, 0, 0, due + .seconds(8))
        let wasted = page.count(.wasted)
        #expect(wasted >= 3)
        gateway.end()
        #expect(sent(&gateway, 0, 0, due + .seconds(30)) == [])
        gateway.close(0, 1, 0)
        #expect(page.count(.wasted) == wasted)
    }
}
