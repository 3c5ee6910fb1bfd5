/// How far the messages to a session have come: the first that is not done with, and when it is, or was, due. Whoever
/// knows it can go on in place of a sender that is gone.
public struct Bookmark: Equatable, Sendable {
    /// The message.
    public var number: UInt32
    /// When it is due; `never` where there are no more.
    public var intended: Instant

    /// A bookmark from its parts.
    public init(number: UInt32, intended: Instant) {
        self.number = number
        self.intended = intended
    }
}

extension PushPolicy {
    /// Where message `number` of `session` is, counted from `t0`.
    public func bookmark(at number: UInt32, of session: SessionID, seed: Seed, t0: Instant) -> Bookmark {
        var bookmark = Bookmark(number: 0, intended: t0 + gap(before: 0, of: session, seed: seed))
        if arrivals == .regular {
            bookmark = Bookmark(number: number, intended: bookmark.intended + interval * Int64(number))
        }
        while bookmark.number < number { advance(&bookmark, of: session, seed: seed) }
        return bookmark
    }

    /// Messages of `session` from `first` on that are due by `end`, and by `until`.
    public func count(
        of session: SessionID,
        from first: Bookmark,
        through end: Instant,
        seed: Seed,
        t0: Instant
    ) -> UInt64 {
        let last = until.map { min(end, t0 + $0) } ?? end
        guard first.intended <= last else { return 0 }
        if arrivals == .regular {
            return UInt64((last - first.intended).nanoseconds / max(1, interval.nanoseconds)) + 1
        }
        var count: UInt64 = 0
        var next = first
        while next.intended <= last {
            count += 1
            advance(&next, of: session, seed: seed)
        }
        return count
    }

    private func advance(_ bookmark: inout Bookmark, of session: SessionID, seed: Seed) {
        bookmark.number += 1
        bookmark.intended = bookmark.intended + gap(before: bookmark.number, of: session, seed: seed)
    }
}
