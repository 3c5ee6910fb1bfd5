/// One session's requests: when each is due, when it is given up, and when a connection is kept no longer.
///
/// A pure value with the contract of `Session`: told what happened, polled for actions until there are none, one
/// deadline kept.
public struct Requester: Sendable {
    /// What to do.
    public enum Action: Equatable, Sendable {
        /// Write request `number`.
        case send(UInt32)
        /// Close the connection, which has been idle for long enough, and come back at this instant.
        case rest(until: Instant)
    }

    /// When it wants to be polled; `never` when nothing is due.
    public private(set) var deadline = Instant.never

    /// A request without an answer.
    private struct Question {
        var number: UInt32
        var intended: Instant
        /// When it was written; `never` before.
        var sentAt = Instant.never
        var isReuse = false

        var isSent: Bool { sentAt != .never }
    }

    private var questions: [Question] = []
    private var next: UInt32 = 0
    private var nextIntended = Instant.never
    private var last = Instant.never
    private var isConnected = false
    private var isAdmitted = false
    private var lastUse = Instant.zero
    /// Requests on this connection so far.
    private var uses: UInt32 = 0
    private var isResting = false

    /// Before t0.
    public init() {}

    /// From `t0` on there are requests.
    public mutating func start(at t0: Instant, session: SessionID, policy: RequestPolicy, seed: Seed) {
        nextIntended = t0 + policy.first(of: session, seed: seed)
        last = policy.until.map { t0 + $0 } ?? .never
        lastUse = t0
        if nextIntended > last { nextIntended = .never }
        keepDeadline(policy)
    }

    /// There is a connection that carries requests, admitted or about to be.
    public mutating func connect(_ now: Instant, _ policy: RequestPolicy) {
        isConnected = true
        isResting = false
        uses = 0
        lastUse = max(lastUse, now)
        keepDeadline(policy)
    }

    /// The connection is admitted: it may be closed from now on.
    public mutating func admit(_ now: Instant, _ policy: RequestPolicy) {
        if !isConnected { connect(now, policy) }
        isAdmitted = true
        keepDeadline(policy)
    }

    /// The connection is over, and with it what was asked over it.
    ///
    /// `lastHeard`, where it is known, is when anything was last received: what was asked after that, and had no
    /// answer, was asked on a stale connection.
    public mutating func disconnect(
        _ policy: RequestPolicy,
        _ tally: inout RequestTally,
        lastHeard: Instant? = nil
    ) {
        isConnected = false
        isAdmitted = false
        for question in questions { noteIfStale(question, lastHeard, &tally) }
        let before = questions.count
        questions.removeAll { $0.isSent }
        tally.failed += UInt64(before - questions.count)
        keepDeadline(policy)
    }

    /// The answer to request `number` arrived.
    public mutating func answer(_ number: UInt32, _ now: Instant, _ policy: RequestPolicy, _ tally: inout RequestTally)
    {
        lastUse = now
        defer { keepDeadline(policy) }
        guard let index = questions.firstIndex(where: { $0.number == number }) else { return }
        tally.answered += 1
        tally.latency.record(now - questions[index].intended)
        questions.remove(at: index)
    }

    /// What to do now; nil when there is nothing left to do. `lastHeard` as in `disconnect`.
    public mutating func nextAction(
        _ now: Instant,
        _ policy: RequestPolicy,
        _ tally: inout RequestTally,
        lastHeard: Instant? = nil
    ) -> Action? {
        defer { keepDeadline(policy) }
        while nextIntended <= now {
            questions.append(Question(number: next, intended: nextIntended))
            next += 1
            nextIntended = nextIntended + policy.every
            if nextIntended > last { nextIntended = .never }
        }
        expire(now, policy, &tally, lastHeard)
        guard isConnected else { return nil }
        if let index = questions.firstIndex(where: { !$0.isSent }) {
            questions[index].sentAt = now
            tally.sent += 1
            questions[index].isReuse = uses > 0
            if uses > 0 { tally.reused += 1 }
            uses += 1
            lastUse = now
            return .send(questions[index].number)
        }
        guard now >= restAt(policy) else { return nil }
        isResting = true
        return .rest(until: nextIntended)
    }

    /// Requests that were sent and still wait for their answer.
    public var outstanding: Int { questions.reduce(0) { $0 + ($1.isSent ? 1 : 0) } }

    private mutating func expire(
        _ now: Instant,
        _ policy: RequestPolicy,
        _ tally: inout RequestTally,
        _ lastHeard: Instant?
    ) {
        while let first = questions.first, now >= first.intended + policy.timeout {
            noteIfStale(first, lastHeard, &tally)
            if first.isSent { tally.timedOut += 1 } else { tally.unsent += 1 }
            if first.isReuse { tally.timedOutReused += 1 }
            questions.removeFirst()
        }
    }

    private func noteIfStale(_ question: Question, _ lastHeard: Instant?, _ tally: inout RequestTally) {
        guard let lastHeard, question.isSent, lastHeard < question.sentAt else { return }
        tally.onStaleConnection = (tally.onStaleConnection ?? 0) + 1
    }

    /// When the connection has been idle for long enough; `never` while it is kept or waits for an answer.
    private func restAt(_ policy: RequestPolicy) -> Instant {
        guard let maxIdle = policy.maxIdle, isAdmitted, !isResting, questions.isEmpty, nextIntended != .never else {
            return .never
        }
        return lastUse + maxIdle
    }

    private mutating func keepDeadline(_ policy: RequestPolicy) {
        deadline = min(nextIntended, restAt(policy))
        if let first = questions.first { deadline = min(deadline, first.intended + policy.timeout) }
        // What waits for a connection is sent as soon as there is one.
        if isConnected, let first = questions.first(where: { !$0.isSent }) { deadline = min(deadline, first.intended) }
    }
}
