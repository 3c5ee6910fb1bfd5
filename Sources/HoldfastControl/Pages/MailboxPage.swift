import HoldfastCore

/// What all gateways of a run, and its coordinator, know together of the messages to its sessions: of each session, on
/// which connection the fleet believes it to be and how far its messages have come; and what was counted.
///
/// The messages themselves are not here: they are a function of seed, session and number. Nobody ever waits for
/// another, so a process that is frozen or killed in the middle holds nobody up, and what it has counted stays.
public final class MailboxPage: Sendable {
    /// What is counted there.
    public enum Counter: Int, CaseIterable, Sendable {
        /// Messages sent again without a receipt in time.
        case wasted
        /// Bytes of the frames that carried messages.
        case bytes
    }

    /// Words of one session, in the order in which they lie there; what follows the counters is one after the other.
    private enum Place: Int, CaseIterable {
        /// One more than the ordinal of the newest connection on which it was admitted; 0 before.
        case believed
        /// The first message that is not done with; only ever raised.
        case number
        /// When that message is due, and whether the two belong together.
        case intended
        case check
        /// Messages that were sent and may still be acknowledged, where none waits for a login.
        case outstanding
    }

    private let words: SharedWords
    private let sessions: Int

    /// Where the page of the run is whose coordinator listens on the Unix socket `controlSocket`.
    public static func path(controlSocket: String) -> String { "\(controlSocket).mailboxes" }

    /// The page for `sessions` sessions at `path`, which whoever comes first makes: all zero.
    public init(path: String, sessions: Int) throws(SharedPageFailure) {
        self.sessions = sessions
        words = try SharedWords(path: path, count: Counter.allCases.count + sessions * Place.allCases.count)
    }

    /// A gateway admitted `session` on connection `ordinal`: from now on its messages go there. False when a newer
    /// connection of it was admitted already.
    public func claim(_ session: SessionID, _ ordinal: Ordinal) -> Bool {
        let wanted = UInt64(ordinal) + 1
        return words.raise(place(session, .believed), to: wanted) == wanted
    }

    /// Whether the fleet's messages to `session` go to its connection `ordinal`.
    public func isBelieved(_ session: SessionID, _ ordinal: Ordinal) -> Bool {
        word(session, .believed).pointee.load(ordering: .acquiring) == UInt64(ordinal) + 1
    }

    /// Notes how far the messages of `session` have come, and how many `outstanding` ones may still be acknowledged.
    public func publish(_ session: SessionID, _ bookmark: Bookmark, outstanding: Int) {
        let number = UInt64(bookmark.number)
        word(session, .outstanding).pointee.store(UInt64(outstanding), ordering: .relaxed)
        guard words.raise(place(session, .number), to: number) == number else { return }
        let intended = UInt64(bitPattern: bookmark.intended.nanoseconds)
        word(session, .intended).pointee.store(intended, ordering: .relaxed)
        word(session, .check).pointee.store(MailboxPage.check(number, intended), ordering: .releasing)
    }

    /// How far the messages of `session` have come. Where whoever wrote it was interrupted, the time is counted anew
    /// from `t0`.
    public func bookmark(of session: SessionID, _ policy: PushPolicy, seed: Seed, t0: Instant) -> Bookmark {
        let check = word(session, .check).pointee.load(ordering: .acquiring)
        let number = word(session, .number).pointee.load(ordering: .relaxed)
        let intended = word(session, .intended).pointee.load(ordering: .relaxed)
        let known = UInt32(truncatingIfNeeded: number)
        guard check != 0, MailboxPage.check(number, intended) == check else {
            return policy.bookmark(at: known, of: session, seed: seed, t0: t0)
        }
        return Bookmark(number: known, intended: Instant(nanoseconds: Int64(bitPattern: intended)))
    }

    /// Messages of `session` that were sent and may still be acknowledged.
    public func outstanding(of session: SessionID) -> UInt64 {
        word(session, .outstanding).pointee.load(ordering: .relaxed)
    }

    /// Adds to a counter.
    public func add(_ count: UInt64, to counter: Counter) {
        guard count > 0 else { return }
        words[counter.rawValue].pointee.wrappingAdd(count, ordering: .relaxed)
    }

    /// A counter.
    public func count(_ counter: Counter) -> UInt64 {
        words[counter.rawValue].pointee.load(ordering: .relaxed)
    }

    /// What the fleet has to say of the messages until `end`, of which the sessions have received `delivered`.
    public func tally(
        _ policy: PushPolicy,
        seed: Seed,
        t0: Instant,
        end: Instant,
        delivered: UInt64
    ) -> MessageTally {
        var tally = MessageTally()
        tally.wasted = count(.wasted)
        tally.bytes = count(.bytes)
        for session in 0..<SessionID(sessions) {
            let first = policy.bookmark(at: 0, of: session, seed: seed, t0: t0)
            tally.pushed += policy.count(of: session, from: first, through: end, seed: seed, t0: t0)
            switch policy.queue {
            case .none: tally.pending += outstanding(of: session)
            case .offline:
                let left = bookmark(of: session, policy, seed: seed, t0: t0)
                tally.pending += policy.count(of: session, from: left, through: end, seed: seed, t0: t0)
            }
        }
        // A run that was ended early ends a little later for some than for others.
        tally.pushed = max(tally.pushed, delivered)
        // The receipt of some may not have been read any more.
        tally.pending = min(tally.pending, tally.pushed - delivered)
        return tally
    }

    private func place(_ session: SessionID, _ place: Place) -> Int {
        precondition(Int(session) < sessions, "The page has no such session.")
        return Counter.allCases.count + Int(session) * Place.allCases.count + place.rawValue
    }

    private func word(_ session: SessionID, _ place: Place) -> UnsafeMutablePointer<SharedWords.Word> {
        words[self.place(session, place)]
    }

    /// Never 0, which is what an empty page has.
    private static func check(_ number: UInt64, _ intended: UInt64) -> UInt64 { mix64(number ^ mix64(intended)) | 1 }
}
