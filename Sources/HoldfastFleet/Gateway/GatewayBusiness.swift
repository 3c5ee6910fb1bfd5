import HoldfastControl
import HoldfastCore

/// What one gateway process pushes, and to whom: a mailbox for each connection on which the fleet believes its session
/// to be, by the connection's slot.
struct GatewayBusiness {
    /// Until the end of the run.
    let policy: PushPolicy
    let seed: Seed
    private let page: MailboxPage
    private var mailboxes: [Mailbox?]
    private var t0: Instant?
    private var isEnded = false
    /// Frames with messages that this process has sent.
    private(set) var sendings: UInt64 = 0

    /// For as many connections as there are slots. Nothing is pushed after `duration`, real time.
    init(_ policy: PushPolicy, seed: Seed, duration: Span, page: MailboxPage, slots: Int) {
        var policy = policy
        policy.until = min(policy.until ?? duration, duration)
        self.policy = policy
        self.seed = seed
        self.page = page
        mailboxes = Array(repeating: nil, count: slots)
    }

    /// t0 is known: from now on there are mailboxes.
    mutating func start(at t0: Instant) { self.t0 = t0 }

    /// The end cut: nothing is sent or counted any more, but receipts are still taken.
    mutating func end() { isEnded = true }

    /// When something of this slot's is due; `never` without a mailbox.
    func deadline(of slot: Int) -> Instant { isEnded ? .never : mailboxes[slot]?.deadline ?? .never }

    /// A session was admitted: its messages come here, if no newer connection has them.
    mutating func admit(_ slot: Int, _ session: SessionID, _ ordinal: Ordinal, _ now: Instant) {
        guard page.claim(session, ordinal) else { return }
        open(slot, session, ordinal, now)
    }

    /// Takes over the messages to a session that was admitted here, unless a newer connection has them.
    mutating func open(_ slot: Int, _ session: SessionID, _ ordinal: Ordinal, _ now: Instant) {
        guard let t0, !isEnded, page.isBelieved(session, ordinal) else { return }
        let bookmark = page.bookmark(of: session, policy, seed: seed, t0: t0)
        var mailbox = Mailbox()
        mailbox.resume(from: bookmark, at: t0, now: now, session: session, policy: policy, seed: seed)
        var tally = MessageTally()
        mailbox.connect(now, policy, &tally)
        mailboxes[slot] = mailbox
        publish(slot, session)
    }

    /// The connection is over: what was not received waits for the next one, or is lost.
    mutating func close(_ slot: Int, _ session: SessionID, _ ordinal: Ordinal) {
        guard mailboxes[slot] != nil else { return }
        defer { mailboxes[slot] = nil }
        guard !isEnded else { return }
        var tally = MessageTally()
        mailboxes[slot]?.disconnect(policy, &tally)
        page.add(tally.wasted, to: .wasted)
        if page.isBelieved(session, ordinal) { publish(slot, session) }
    }

    /// The session has received message `number`.
    mutating func acknowledge(_ number: UInt32, _ slot: Int, _ session: SessionID, _ ordinal: Ordinal) {
        guard mailboxes[slot] != nil, page.isBelieved(session, ordinal) else { return }
        mailboxes[slot]?.acknowledge(number)
        publish(slot, session)
    }

    /// The next message to send on a connection, and when it was to be sent; nil when there is none left.
    mutating func nextSending(
        _ slot: Int,
        _ session: SessionID,
        _ ordinal: Ordinal,
        _ now: Instant
    ) -> (number: UInt32, intended: Instant)? {
        guard !isEnded, let deadline = mailboxes[slot]?.deadline, deadline <= now else { return nil }
        // What the session does elsewhere by now is none of its business.
        guard page.isBelieved(session, ordinal) else {
            close(slot, session, ordinal)
            return nil
        }
        var tally = MessageTally()
        let number = mailboxes[slot]?.nextSending(now, session: session, policy: policy, seed: seed, &tally)
        page.add(tally.wasted, to: .wasted)
        publish(slot, session)
        guard let number, let letter = mailboxes[slot]?.letter(number) else { return nil }
        sendings += 1
        page.add(UInt64(WireFormat.dataBytes + policy.payloadBytes), to: .bytes)
        return (number, letter.intended)
    }

    private func publish(_ slot: Int, _ session: SessionID) {
        guard let mailbox = mailboxes[slot] else { return }
        let outstanding = policy.queue == .none && policy.isAcknowledged ? mailbox.unacknowledged.count : 0
        page.publish(session, mailbox.bookmark(policy), outstanding: outstanding)
    }
}
