import HoldfastCore

/// Sessions whose attempts are due and wait for their turn, because only so many a second may begin; first come, first
/// served.
struct AttemptQueue {
    /// When the next one may begin.
    private(set) var limit: RateLimit
    /// Whether an event for the first one's turn is in the queue of events.
    var isTurnAhead = false
    private var waiting: [UInt32] = []
    private var head = 0
    private var members: SessionSet

    /// At most `ratePerSecond` of `sessions` sessions; nil is as many as there are.
    init(ratePerSecond: Double?, sessions: Int) {
        limit = RateLimit(ratePerSecond: ratePerSecond)
        members = SessionSet(count: ratePerSecond == nil ? 0 : sessions)
    }

    var isEmpty: Bool { head == waiting.count }

    /// One begins at `now`.
    mutating func note(_ now: Instant) { limit.note(now) }

    /// False when the session waits already.
    mutating func append(_ id: Int) -> Bool {
        guard !members.contains(id) else { return false }
        members.insert(id)
        waiting.append(UInt32(id))
        return true
    }

    mutating func popFirst() -> Int? {
        guard !isEmpty else { return nil }
        let id = Int(waiting[head])
        head += 1
        members.remove(id)
        // What is done with is forgotten when it is half of all.
        if head * 2 > waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        return id
    }
}

extension World {
    /// Whether a session whose deadline is reached wants to attempt a connect and may not yet: then it waits, and is
    /// told when its turn comes. Who may goes at once.
    mutating func mustWait(_ id: Int) -> Bool {
        guard attemptQueue.limit.isLimited, wantsAttempt(id) else { return false }
        guard !attemptQueue.isEmpty || attemptQueue.limit.next > now else {
            attemptQueue.note(now)
            return false
        }
        guard attemptQueue.append(id) else { return true }
        segments[Int(seats[id].segment)].attemptsDue += 1
        awaitTurn()
        return true
    }

    mutating func beginAttempts() {
        attemptQueue.isTurnAhead = false
        while attemptQueue.limit.next <= now, let id = attemptQueue.popFirst() {
            segments[Int(seats[id].segment)].attemptsDue -= 1
            // Meanwhile it may have been told to wait longer, or to stop.
            guard wantsAttempt(id) else { continue }
            attemptQueue.note(now)
            drive(id, seats[id].session.phase == .idle ? .started : .deadlineReached)
        }
        if !attemptQueue.isEmpty { awaitTurn() }
    }

    private mutating func awaitTurn() {
        guard !attemptQueue.isTurnAhead else { return }
        attemptQueue.isTurnAhead = true
        queue.push(SimulatedEvent(at: max(now, attemptQueue.limit.next), kind: .attempt))
    }

    private func wantsAttempt(_ id: Int) -> Bool {
        switch seats[id].session.phase {
        case .idle: true
        case .waiting: seats[id].session.deadline <= now
        case .connecting, .loggingIn, .admitted, .stopped: false
        }
    }
}
