import HoldfastCore
import Testing

/// A sender that goes on where another one stopped.
@Suite struct BookmarkTests {
    private let seed = Seed(42)
    private let t0 = Instant.zero + .seconds(100)

    private func policy(
        _ arrivals: PushPolicy.Arrivals,
        _ queue: PushPolicy.Queue,
        receipts: Bool = true
    ) -> PushPolicy {
        var policy = PushPolicy(interval: .seconds(2), arrivals: arrivals, queue: queue, until: .seconds(60))
        policy.isAcknowledged = receipts
        return policy
    }

    private func mailbox(_ policy: PushPolicy) -> Mailbox {
        var mailbox = Mailbox()
        mailbox.start(at: t0, session: 7, policy: policy, seed: seed)
        return mailbox
    }

    /// Everything that is due until `now`.
    private func send(_ mailbox: inout Mailbox, _ now: Instant, _ policy: PushPolicy) -> [UInt32] {
        var tally = MessageTally()
        var numbers: [UInt32] = []
        while let number = mailbox.nextSending(now, session: 7, policy: policy, seed: seed, &tally) {
            numbers.append(number)
        }
        return numbers
    }

    private func heir(of bookmark: Bookmark, _ now: Instant, _ policy: PushPolicy) -> Mailbox {
        var mailbox = Mailbox()
        mailbox.resume(from: bookmark, at: t0, now: now, session: 7, policy: policy, seed: seed)
        var tally = MessageTally()
        mailbox.connect(now, policy, &tally)
        return mailbox
    }

    /// Message n is due when a mailbox sends it, and as many are counted until then, no more the moment before.
    @Test(arguments: PushPolicy.Arrivals.allCases)
    func arrivals(arrivals: PushPolicy.Arrivals) {
        let policy = policy(arrivals, .none)
        var mailbox = mailbox(policy)
        var tally = MessageTally()
        mailbox.connect(t0, policy, &tally)
        let first = policy.bookmark(at: 0, of: 7, seed: seed, t0: t0)
        var number: UInt32 = 0
        while mailbox.deadline != .never {
            let due = mailbox.deadline
            for sent in send(&mailbox, due, policy) {
                #expect(sent == number)
                let expected = Bookmark(number: number, intended: due)
                #expect(policy.bookmark(at: number, of: 7, seed: seed, t0: t0) == expected)
                number += 1
                #expect(policy.count(of: 7, from: first, through: due, seed: seed, t0: t0) == UInt64(number))
                let before = Instant(nanoseconds: due.nanoseconds - 1)
                #expect(policy.count(of: 7, from: first, through: before, seed: seed, t0: t0) == UInt64(number) - 1)
                mailbox.acknowledge(sent)
            }
        }
        #expect(number > 15)
        #expect(policy.count(of: 7, from: first, through: .never, seed: seed, t0: t0) == UInt64(number))
        #expect(mailbox.bookmark(policy).number == number)
    }

    /// What was not acknowledged is sent by the next, with all that came meanwhile; without a queue none of it is.
    @Test(arguments: [(PushPolicy.Queue.offline, true), (.offline, false), (.none, true)])
    func theNextGoesOn(queue: PushPolicy.Queue, receipts: Bool) throws {
        let policy = policy(.regular, queue, receipts: receipts)
        var first = mailbox(policy)
        var tally = MessageTally()
        first.connect(t0, policy, &tally)
        // Message n is due between 2n and 2n + 2 s: five are sent, three of them received.
        #expect(send(&first, t0 + .seconds(10), policy) == [0, 1, 2, 3, 4])
        for number: UInt32 in 0..<3 where receipts { first.acknowledge(number) }
        let bookmark = first.bookmark(policy)
        let isResent = queue == .offline && receipts
        #expect(bookmark.number == (isResent ? 3 : 5))
        // The first is gone; the session logs in elsewhere after ten messages were due.
        let now = t0 + .seconds(20)
        var second = heir(of: bookmark, now, policy)
        let waiting: [UInt32] = queue == .none ? [] : Array((isResent ? 3 : 5)..<10)
        #expect(send(&second, now, policy) == waiting)
        #expect(waiting.allSatisfy { second.letter($0)?.hasWaited == true })
        #expect(send(&second, now + .seconds(2), policy) == [10])
        #expect(second.letter(10)?.hasWaited == false)
    }
}
