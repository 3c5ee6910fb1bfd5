import HoldfastCore
import Testing

/// The fleet's messages to one session.
@Suite struct MailboxTests {
    private var mailbox = Mailbox()
    private var tally = MessageTally()
    private let seed = Seed(7)

    private static func policy(
        _ queue: PushPolicy.Queue = .none,
        retries: UInt8 = 0,
        receipts: Bool = true
    ) -> PushPolicy {
        PushPolicy(
            interval: .seconds(100),
            arrivals: .regular,
            queue: queue,
            isAcknowledged: receipts,
            retries: retries,
            timeout: .seconds(5),
            until: .seconds(100)
        )
    }

    /// Everything that is sent until `end`, as seconds after the message was due.
    private mutating func sendings(_ policy: PushPolicy, until end: Span) -> [Double] {
        var seconds: [Double] = []
        let first = Instant.zero + policy.gap(before: 0, of: 3, seed: seed)
        while mailbox.deadline <= .zero + end {
            let now = mailbox.deadline
            while mailbox.nextSending(now, session: 3, policy: policy, seed: seed, &tally) != nil {
                seconds.append((now - first).seconds)
            }
        }
        return seconds
    }

    /// A message is sent at its time, and again after each timeout without a receipt, as often as the policy says; each
    /// of those that nobody acknowledges is wasted.
    @Test mutating func whatNobodyAcknowledges() {
        let policy = Self.policy(retries: 3)
        mailbox.start(at: .zero, session: 3, policy: policy, seed: seed)
        mailbox.connect(.zero, policy, &tally)
        #expect(sendings(policy, until: .seconds(200)) == [0, 5, 10, 15])
        #expect(tally.pushed == 1)
        #expect(tally.wasted == 3)
        #expect(mailbox.unacknowledged.isEmpty)
        #expect(mailbox.deadline == .never)
    }

    /// One tick before the timeout nothing is sent again, on it it is; a receipt ends it.
    @Test mutating func theTimeout() {
        let policy = Self.policy(retries: 1)
        let due = Instant.zero + policy.gap(before: 0, of: 3, seed: seed)
        mailbox.start(at: .zero, session: 3, policy: policy, seed: seed)
        mailbox.connect(.zero, policy, &tally)
        let tick = Span(nanoseconds: 1)
        #expect(mailbox.deadline == due)
        #expect(mailbox.nextSending(due - tick, session: 3, policy: policy, seed: seed, &tally) == nil)
        #expect(mailbox.nextSending(due, session: 3, policy: policy, seed: seed, &tally) == 0)
        let again = due + .seconds(5)
        #expect(mailbox.nextSending(again - tick, session: 3, policy: policy, seed: seed, &tally) == nil)
        #expect(mailbox.nextSending(again, session: 3, policy: policy, seed: seed, &tally) == 0)
        mailbox.acknowledge(0)
        #expect(mailbox.nextSending(again + .seconds(5), session: 3, policy: policy, seed: seed, &tally) == nil)
        #expect(tally.wasted == 0)
    }

    /// Without a connection a message is lost, or waits for the next login.
    @Test(arguments: [PushPolicy.Queue.none, .offline])
    mutating func offline(queue: PushPolicy.Queue) {
        let policy = Self.policy(queue)
        mailbox.start(at: .zero, session: 3, policy: policy, seed: seed)
        #expect(sendings(policy, until: .seconds(150)).isEmpty)
        let login = Instant.zero + .seconds(150)
        mailbox.connect(login, policy, &tally)
        let number = mailbox.nextSending(login, session: 3, policy: policy, seed: seed, &tally)
        #expect(number == (queue == .offline ? 0 : nil))
        #expect(mailbox.letter(0)?.hasWaited == (queue == .offline ? true : nil))
        #expect(tally.pushed == 1)
    }

    /// What was under way when the connection ended is sent again after the next login, if anything is kept at all.
    @Test(arguments: [
        (PushPolicy.Queue.none, true, false), (.offline, true, true), (.offline, false, false),
    ])
    mutating func anEndWithoutAReceipt(queue: PushPolicy.Queue, receipts: Bool, isSentAgain: Bool) {
        let policy = Self.policy(queue, receipts: receipts)
        let due = Instant.zero + policy.gap(before: 0, of: 3, seed: seed)
        mailbox.start(at: .zero, session: 3, policy: policy, seed: seed)
        mailbox.connect(.zero, policy, &tally)
        #expect(mailbox.nextSending(due, session: 3, policy: policy, seed: seed, &tally) == 0)
        mailbox.disconnect(policy, &tally)
        mailbox.connect(due + .seconds(1), policy, &tally)
        let again = mailbox.nextSending(due + .seconds(1), session: 3, policy: policy, seed: seed, &tally)
        #expect(again == (isSentAgain ? 0 : nil))
    }

    /// Messages without memory: the mean gap is the interval, and its deviation as large.
    @Test func randomArrivals() {
        let policy = PushPolicy(interval: .seconds(60))
        let gaps = (0..<20_000).map { policy.gap(before: UInt32($0), of: 1, seed: seed).seconds }
        let mean = gaps.reduce(0, +) / 20_000
        let deviation = (gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000).squareRoot()
        // Four standard errors of 60 / sqrt(20,000), and of the deviation.
        #expect(abs(mean - 60) < 1.7)
        #expect(abs(deviation - 60) < 2.5)
    }
}

/// What a session received.
@Suite struct ReceiptTests {
    /// Each number counts once, in whatever order it comes.
    @Test func eachOnce() {
        var receipts = Receipts()
        let isNew = [0, 2, 1, 2, 0, 5, 3, 4, 3].map { receipts.receive($0) }
        #expect(isNew == [true, true, true, false, false, true, true, true, false])
        #expect(receipts.contains(4))
        #expect(!receipts.contains(6))
    }

    /// What is far behind counts as received: 256 numbers back it is still remembered, 257 it is not.
    @Test func theMemoryEnds() {
        var receipts = Receipts()
        let isNew = [1_000, 1_000 - 256, 1_000 - 257].map { receipts.receive($0) }
        #expect(isNew == [true, true, false])
    }
}

/// A session's requests.
@Suite struct RequesterTests {
    private var requester = Requester()
    private var tally = RequestTally()
    private let tick = Span(nanoseconds: 1)

    private mutating func start(_ policy: RequestPolicy) -> Instant {
        requester.start(at: .zero, session: 5, policy: policy, seed: Seed(7))
        return .zero + policy.first(of: 5, seed: Seed(7))
    }

    /// In time one tick before the timeout, too late on it.
    @Test(arguments: [(Int64(-1), UInt64(1), UInt64(0)), (0, 0, 1)])
    mutating func theTimeout(ticks: Int64, answered: UInt64, timedOut: UInt64) {
        let policy = RequestPolicy(every: .seconds(60), timeout: .seconds(3))
        let first = start(policy)
        requester.admit(.zero, policy)
        #expect(requester.deadline == first)
        #expect(requester.nextAction(first - tick, policy, &tally) == nil)
        #expect(requester.nextAction(first, policy, &tally) == .send(0))
        #expect(requester.nextAction(first, policy, &tally) == nil)
        let answer = first + .seconds(3) + Span(nanoseconds: ticks)
        // The driver reaches the deadline before what arrives with it.
        if requester.deadline <= answer { #expect(requester.nextAction(answer, policy, &tally) == nil) }
        requester.answer(0, answer, policy, &tally)
        #expect(tally.answered == answered)
        #expect(tally.timedOut == timedOut)
    }

    /// A request without a connection waits for one as long as it may be answered.
    @Test(arguments: [(Int64(-1), true), (0, false)])
    mutating func aLateConnection(ticks: Int64, isSent: Bool) {
        let policy = RequestPolicy(every: .seconds(60), timeout: .seconds(3))
        let first = start(policy)
        #expect(requester.nextAction(first, policy, &tally) == nil)
        let login = first + .seconds(3) + Span(nanoseconds: ticks)
        requester.admit(login, policy)
        #expect(requester.nextAction(login, policy, &tally) == (isSent ? .send(0) : nil))
        #expect(tally.unsent == (isSent ? 0 : 1))
    }

    /// A pool keeps a connection one tick before its limit and closes it on it, until the next request.
    @Test mutating func thePool() {
        let policy = RequestPolicy(every: .seconds(120), timeout: .seconds(3), maxIdle: .seconds(60))
        let first = start(policy)
        requester.admit(first - .seconds(1), policy)
        #expect(requester.nextAction(first, policy, &tally) == .send(0))
        let answer = first + .milliseconds(30)
        requester.answer(0, answer, policy, &tally)
        let limit = answer + .seconds(60)
        #expect(requester.deadline == limit)
        #expect(requester.nextAction(limit - tick, policy, &tally) == nil)
        #expect(requester.nextAction(limit, policy, &tally) == .rest(until: first + .seconds(120)))
        #expect(requester.nextAction(limit, policy, &tally) == nil)
        requester.disconnect(policy, &tally)
        #expect(requester.deadline == first + .seconds(120))
        #expect(tally.failed == 0)
    }

    /// A connection for one request is not closed before its login is answered, and at once after the request is.
    @Test mutating func oneRequestAConnection() {
        let policy = RequestPolicy(every: .seconds(10), timeout: .seconds(3), maxIdle: .zero)
        let first = start(policy)
        requester.connect(first, policy)
        #expect(requester.nextAction(first, policy, &tally) == .send(0))
        requester.admit(first + .milliseconds(30), policy)
        #expect(requester.nextAction(first + .milliseconds(30), policy, &tally) == nil)
        requester.answer(0, first + .milliseconds(30), policy, &tally)
        #expect(requester.nextAction(first + .milliseconds(30), policy, &tally) == .rest(until: first + .seconds(10)))
    }

    /// What was asked over a connection that ended has failed; what comes after the last instant is not asked.
    @Test mutating func theConnectionEnds() {
        let policy = RequestPolicy(every: .seconds(10), timeout: .seconds(3), until: .seconds(10))
        let first = start(policy)
        requester.admit(.zero, policy)
        #expect(requester.nextAction(first, policy, &tally) == .send(0))
        requester.disconnect(policy, &tally)
        #expect(tally.failed == 1)
        #expect(requester.deadline == .never)
    }

    /// A request is stale when nothing was heard since it was sent, whether it times out or its connection ends; and
    /// where nobody knows what was heard, it is not said.
    @Test(arguments: [(Int64?.some(-1), UInt64?.some(1)), (0, nil), (nil, nil)], [true, false])
    mutating func staleConnections(heard: (ticks: Int64?, stale: UInt64?), isOver: Bool) {
        let policy = RequestPolicy(every: .seconds(60), timeout: .seconds(3))
        let first = start(policy)
        requester.admit(.zero, policy)
        let lastHeard = heard.ticks.map { first + Span(nanoseconds: $0) }
        #expect(requester.nextAction(first, policy, &tally, lastHeard: lastHeard) == .send(0))
        #expect(tally.onStaleConnection == nil)
        if isOver {
            requester.disconnect(policy, &tally, lastHeard: lastHeard)
        } else {
            #expect(requester.nextAction(first + .seconds(3), policy, &tally, lastHeard: lastHeard) == nil)
        }
        #expect(tally.failed + tally.timedOut == 1)
        #expect(tally.onStaleConnection == heard.stale)
    }

    /// The second request on a connection reuses it, the first on the next does not.
    @Test mutating func reuse() {
        let policy = RequestPolicy(every: .seconds(10), timeout: .seconds(3))
        let first = start(policy)
        requester.admit(.zero, policy)
        for index in 0..<2 { _ = requester.nextAction(first + .seconds(10) * Int64(index), policy, &tally) }
        requester.disconnect(policy, &tally)
        requester.admit(first + .seconds(19), policy)
        _ = requester.nextAction(first + .seconds(20), policy, &tally)
        #expect(tally.sent == 3)
        #expect(tally.reused == 1)
        // The first of the three had no answer in time; the second failed with its connection.
        #expect((tally.timedOut, tally.failed) == (1, 1))
    }
}
