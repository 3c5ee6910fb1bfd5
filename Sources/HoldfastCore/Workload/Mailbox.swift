/// The fleet's messages to one session: when each is due, where it is sent again, and what waits for the session.
///
/// A pure value with the contract of `Session`: told what happened, polled for what to send until there is nothing,
/// one deadline kept. It knows what the fleet knows: a session whose end nobody noticed is still there.
public struct Mailbox: Sendable {
    /// When it wants to be polled; `never` when nothing is due.
    public private(set) var deadline = Instant.never

    /// A message without a receipt.
    private struct Letter {
        var number: UInt32
        var intended: Instant
        /// When it is sent next, or given up; `never` while it waits for a login.
        var due: Instant
        var sendings: UInt8 = 0
        var hasWaited = false
    }

    private var letters: [Letter] = []
    private var next: UInt32 = 0
    private var nextIntended = Instant.never
    private var last = Instant.never
    private var isOnline = false

    /// Before t0.
    public init() {}

    /// From `t0` on there are messages.
    public mutating func start(at t0: Instant, session: SessionID, policy: PushPolicy, seed: Seed) {
        last = policy.until.map { t0 + $0 } ?? .never
        plan(t0 + policy.gap(before: 0, of: session, seed: seed))
        keepDeadline()
    }

    /// Takes the place of a sender that has come as far as `bookmark`; what is due by now has waited.
    public mutating func resume(
        from bookmark: Bookmark,
        at t0: Instant,
        now: Instant,
        session: SessionID,
        policy: PushPolicy,
        seed: Seed
    ) {
        last = policy.until.map { t0 + $0 } ?? .never
        next = bookmark.number
        plan(bookmark.intended)
        var uncounted = MessageTally()
        write(now, session, policy, seed, &uncounted)
        keepDeadline()
    }

    /// Where another sender would have to go on if this one were gone.
    public func bookmark(_ policy: PushPolicy) -> Bookmark {
        let first = letters.first { policy.isAcknowledged || $0.sendings == 0 }
        guard policy.queue == .offline, let first else { return Bookmark(number: next, intended: nextIntended) }
        return Bookmark(number: first.number, intended: first.intended)
    }

    /// The session logged in: what waited is sent.
    public mutating func connect(_ now: Instant, _ policy: PushPolicy, _ tally: inout MessageTally) {
        if isOnline { disconnect(policy, &tally) }
        isOnline = true
        for index in letters.indices where letters[index].due == .never { letters[index].due = now }
        keepDeadline()
    }

    /// The fleet noticed that the session's connection is over.
    public mutating func disconnect(_ policy: PushPolicy, _ tally: inout MessageTally) {
        isOnline = false
        for index in letters.indices { tally.wasted += letters[index].sendings > 1 ? 1 : 0 }
        if !policy.isAcknowledged { letters.removeAll { $0.sendings > 0 } }
        switch policy.queue {
        case .none: letters.removeAll(keepingCapacity: true)
        case .offline: for index in letters.indices { putOff(index) }
        }
        keepDeadline()
    }

    /// The session has received message `number`.
    public mutating func acknowledge(_ number: UInt32) {
        guard let index = place(of: number) else { return }
        letters.remove(at: index)
        keepDeadline()
    }

    /// The number of the message to send now; nil when there is nothing left to send.
    public mutating func nextSending(
        _ now: Instant,
        session: SessionID,
        policy: PushPolicy,
        seed: Seed,
        _ tally: inout MessageTally
    ) -> UInt32? {
        write(now, session, policy, seed, &tally)
        var index = 0
        while index < letters.count {
            guard letters[index].due <= now else {
                index += 1
                continue
            }
            if letters[index].sendings > 1 { tally.wasted += 1 }
            if letters[index].sendings == 0 || (policy.isAcknowledged && letters[index].sendings <= policy.retries) {
                letters[index].sendings += 1
                letters[index].due = now + policy.timeout
                keepDeadline()
                return letters[index].number
            }
            if policy.isAcknowledged, policy.queue == .offline { putOff(index) } else { letters.remove(at: index) }
        }
        keepDeadline()
        return nil
    }

    /// When message `number` was meant to be sent, and whether it has waited for a login; nil when the sender does not
    /// wait for its receipt any more.
    public func letter(_ number: UInt32) -> (intended: Instant, hasWaited: Bool)? {
        place(of: number).map { (letters[$0].intended, letters[$0].hasWaited) }
    }

    /// The numbers of the messages without a receipt, in their order.
    public var unacknowledged: [UInt32] { letters.map(\.number) }

    /// Takes down the messages whose time has come.
    private mutating func write(
        _ now: Instant,
        _ session: SessionID,
        _ policy: PushPolicy,
        _ seed: Seed,
        _ tally: inout MessageTally
    ) {
        while nextIntended <= now {
            tally.pushed += 1
            if isOnline || policy.queue == .offline {
                let due = isOnline ? now : Instant.never
                letters.append(Letter(number: next, intended: nextIntended, due: due, hasWaited: !isOnline))
            }
            next += 1
            plan(nextIntended + policy.gap(before: next, of: session, seed: seed))
        }
    }

    private mutating func plan(_ intended: Instant) { nextIntended = intended > last ? .never : intended }

    /// A message waits for its session's next login.
    private mutating func putOff(_ index: Int) {
        letters[index].due = .never
        letters[index].sendings = 0
        letters[index].hasWaited = true
    }

    private func place(of number: UInt32) -> Int? { letters.firstIndex { $0.number == number } }

    private mutating func keepDeadline() {
        deadline = letters.reduce(nextIntended) { min($0, $1.due) }
    }
}
