import HoldfastCore

/// What a slow gateway has to say and has not sent yet, in the order in which it goes out.
struct LateAnswers {
    /// What waits for one connection.
    struct Answer {
        /// What it is.
        enum Content {
            case bytes([UInt8])
            case end(CloseManner)
        }

        var due: Instant
        var slot: Int
        /// Of the connection: its slot may be another one's by then.
        var number: UInt64
        var content: Content
    }

    /// How late everything goes out; zero when the gateway is not slow.
    var delay = Span.zero
    /// Whether nothing goes out at all, due or not.
    var isSilent = false
    private var answers: [Answer] = []
    private var first = 0

    /// Whether anything waits, or will.
    var isActive: Bool { isSilent || delay > .zero || first < answers.count }

    /// When to look again; nil: never, or once it may speak. What is added before that is due later still.
    func next(_ now: Instant) -> Instant? {
        guard !isSilent else { return nil }
        guard first < answers.count else { return delay > .zero ? now + delay : nil }
        return answers[first].due
    }

    /// Adds an answer behind all that go out no later.
    mutating func add(_ answer: Answer) {
        var place = answers.count
        while place > first, answers[place - 1].due > answer.due { place -= 1 }
        answers.insert(answer, at: place)
    }

    /// An answer that is due at `now`, if there is one.
    mutating func takeDue(_ now: Instant) -> Answer? {
        guard !isSilent, first < answers.count, answers[first].due <= now else { return nil }
        let answer = answers[first]
        first += 1
        if first == answers.count {
            answers.removeAll(keepingCapacity: true)
            first = 0
        } else if first > 4096, first > answers.count / 2 {
            answers.removeFirst(first)
            first = 0
        }
        return answer
    }
}
