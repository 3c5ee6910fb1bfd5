/// The next natural end of each of some sessions, soonest first.
public struct LifetimeQueue: Sendable {
    /// One end: whose it is, and when.
    public struct End: Equatable, Sendable {
        /// When it is due.
        public var at: Instant
        /// Whose it is.
        public var session: SessionID
        /// How many ends of the session came before it.
        public var renewal: UInt32
    }

    private let churn: @Sendable (SessionID) -> Churn?
    private let seed: Seed
    /// A binary heap: no end is before that at half its position.
    private var heap: [End] = []

    /// The first ends of `sessions` after `start`, all of which live by `churn`.
    public init(_ churn: Churn, seed: Seed, sessions: Range<SessionID>, start: Instant) {
        self.init(seed: seed, sessions: sessions, start: start) { _ in churn }
    }

    /// The first ends of `sessions` after `start`; `churn` says how each of them lives, nil is for ever.
    public init(
        seed: Seed,
        sessions: Range<SessionID>,
        start: Instant,
        churn: @escaping @Sendable (SessionID) -> Churn?
    ) {
        self.churn = churn
        self.seed = seed
        heap = sessions.compactMap { session in
            churn(session).map { churn in
                End(at: start + churn.lifetime(of: session, renewal: 0, seed: seed), session: session, renewal: 0)
            }
        }
        // Sorted is a heap.
        heap.sort(by: LifetimeQueue.isSooner)
    }

    /// When the next end is due; `never` without sessions.
    public var nextInstant: Instant { heap.first?.at ?? .never }

    /// An end that is due at `now`, if there is one; the session's next end takes its place.
    public mutating func takeDue(at now: Instant) -> End? {
        guard let end = heap.first, end.at <= now, let churn = churn(end.session) else { return nil }
        let renewal = end.renewal &+ 1
        let life = churn.lifetime(of: end.session, renewal: renewal, seed: seed)
        sink(End(at: end.at + life, session: end.session, renewal: renewal))
        return end
    }

    private static func isSooner(_ left: End, _ right: End) -> Bool {
        (left.at, left.session) < (right.at, right.session)
    }

    /// Puts `end` in the place of the first.
    private mutating func sink(_ end: End) {
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, LifetimeQueue.isSooner(heap[child + 1], heap[child]) { child += 1 }
            guard LifetimeQueue.isSooner(heap[child], end) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = end
    }
}
