import HoldfastCore

/// One deadline for each slot, in a hierarchical wheel: six levels of 64 lists, 1 ms at the lowest.
///
/// Setting, replacing and cancelling touch a few words (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels",
/// 1987; levels by the highest bit that differs, as in tokio's timer). A deadline is rounded up to a whole millisecond,
/// so it is never early; deadlines of the same millisecond come in no particular order of instants. The horizon is
/// 2^36 ms, 2.1 years, from the origin.
public struct TimerWheel: ~Copyable {
    /// Slots 0 ..< capacity.
    public let capacity: Int

    /// The lists are circular, each closed by a node of its own behind the slots: taking one out needs no search.
    struct Link {
        var next: UInt32
        var previous: UInt32
    }

    private static let levels = 6
    private static let listsPerLevel = 64
    private static let unlinked = UInt32.max
    private static let nanosecondsPerTick: Int64 = 1_000_000
    private static let lastTick: UInt64 = 1 << 36 - 1

    private let origin: Int64
    private var elapsed: UInt64 = 0
    private let links: UnsafeMutablePointer<Link>
    private let deadlines: UnsafeMutablePointer<Int64>
    /// One bit for each list of a level: set when it may hold something.
    private var occupied: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

    /// A wheel without deadlines; `origin` is now.
    public init(capacity: Int, origin: Instant) {
        let lists = TimerWheel.levels * TimerWheel.listsPerLevel + 2
        precondition(capacity >= 0 && capacity + lists < Int(UInt32.max), "A wheel has at most 2^32 slots.")
        self.capacity = capacity
        self.origin = origin.nanoseconds
        links = .allocate(capacity: capacity + lists)
        deadlines = .allocate(capacity: capacity)
        links.initialize(
            repeating: Link(next: TimerWheel.unlinked, previous: TimerWheel.unlinked),
            count: capacity + lists
        )
        deadlines.initialize(repeating: .max, count: capacity)
        for list in capacity..<capacity + lists {
            links[list] = Link(next: UInt32(list), previous: UInt32(list))
        }
    }

    deinit {
        links.deallocate()
        deadlines.deallocate()
    }

    /// Gives `slot` this deadline instead of any that it has; `Instant.never` takes it away.
    public mutating func set(_ slot: Int, _ deadline: Instant) {
        precondition(slot >= 0 && slot < capacity, "The wheel has no slot \(slot).")
        if links[slot].next != TimerWheel.unlinked { unlink(slot) }
        deadlines[slot] = deadline.nanoseconds
        guard deadline != .never else { return }
        insert(slot)
    }

    /// Takes the deadline of `slot` away, if it has one.
    public mutating func cancel(_ slot: Int) { set(slot, .never) }

    /// The deadline of `slot`; `Instant.never` when it has none.
    public func deadline(of slot: Int) -> Instant {
        precondition(slot >= 0 && slot < capacity, "The wheel has no slot \(slot).")
        return Instant(nanoseconds: deadlines[slot])
    }

    /// The next slot whose deadline is reached at `now`, with its deadline, which it no longer has; nil when none is.
    public mutating func next(_ now: Instant) -> (slot: Int, deadline: Instant)? {
        let due = dueList
        if links[due].next == UInt32(due) {
            advance(to: now)
            if links[due].next == UInt32(due) { return nil }
        }
        return takeFirst(of: due)
    }

    /// Lets the deadline of `slot`, which is reached, wait behind those that were put aside before.
    public mutating func putAside(_ slot: Int, _ deadline: Instant) {
        precondition(slot >= 0 && slot < capacity, "The wheel has no slot \(slot).")
        if links[slot].next != TimerWheel.unlinked { unlink(slot) }
        deadlines[slot] = deadline.nanoseconds
        append(slot, to: asideList)
    }

    /// The slot that was put aside first, with its deadline, which it no longer has; nil when none is.
    public mutating func nextAside() -> (slot: Int, deadline: Instant)? {
        hasAside ? takeFirst(of: asideList) : nil
    }

    /// Whether a slot is put aside.
    public var hasAside: Bool { links[asideList].next != UInt32(asideList) }

    /// How many slots are put aside; counted one by one.
    public var asideCount: Int {
        var count = 0
        var link = links[asideList].next
        while link != UInt32(asideList) {
            count += 1
            link = links[Int(link)].next
        }
        return count
    }

    /// An instant at which `next` should be asked again, at or before the next deadline's millisecond; `Instant.never`
    /// when there are no deadlines but those that were put aside.
    public var wakeUp: Instant {
        if links[dueList].next != UInt32(dueList) { return .zero }
        guard let next = nextExpiry() else { return .never }
        return Instant(nanoseconds: origin + Int64(next.tick) * TimerWheel.nanosecondsPerTick)
    }

    private var dueList: Int { capacity + TimerWheel.levels * TimerWheel.listsPerLevel }

    private var asideList: Int { dueList + 1 }

    private func list(_ level: Int, _ position: Int) -> Int { capacity + level * TimerWheel.listsPerLevel + position }

    private func tick(_ deadline: Int64) -> UInt64 {
        let (ahead, overflow) = deadline.subtractingReportingOverflow(origin)
        guard !overflow, ahead > 0 else { return 0 }
        let tick = UInt64(ahead - 1) / UInt64(TimerWheel.nanosecondsPerTick) + 1
        return min(tick, TimerWheel.lastTick)
    }

    private mutating func insert(_ slot: Int) {
        let tick = tick(deadlines[slot])
        guard tick > elapsed else { return append(slot, to: dueList) }
        let level = (63 - ((elapsed ^ tick) | 63).leadingZeroBitCount) / 6
        let position = Int(tick >> (UInt64(level) * 6) & 63)
        append(slot, to: list(level, position))
        withUnsafeMutableBytes(of: &occupied) { bytes in
            bytes.assumingMemoryBound(to: UInt64.self)[level] |= 1 << UInt64(position)
        }
    }

    /// The first of a list that is not empty, with its deadline, which it no longer has.
    private mutating func takeFirst(of list: Int) -> (slot: Int, deadline: Instant) {
        let slot = Int(links[list].next)
        unlink(slot)
        let deadline = Instant(nanoseconds: deadlines[slot])
        deadlines[slot] = .max
        return (slot, deadline)
    }

    private func append(_ slot: Int, to list: Int) {
        let last = links[list].previous
        links[slot] = Link(next: UInt32(list), previous: last)
        links[Int(last)].next = UInt32(slot)
        links[list].previous = UInt32(slot)
    }

    /// A list that becomes empty keeps its bit: its expiry then finds nothing, which costs one turn and no branch here.
    private func unlink(_ slot: Int) {
        let link = links[slot]
        links[Int(link.previous)].next = link.next
        links[Int(link.next)].previous = link.previous
        links[slot].next = TimerWheel.unlinked
    }

    private mutating func advance(to now: Instant) {
        let target = UInt64(max(0, now.nanoseconds - origin) / TimerWheel.nanosecondsPerTick)
        while let expiry = nextExpiry(), expiry.tick <= target {
            expire(expiry)
        }
        elapsed = max(elapsed, target)
    }

    /// Moves a list's slots to the lists that they belong to by now, the due list included.
    private mutating func expire(_ expiry: Expiry) {
        withUnsafeMutableBytes(of: &occupied) { bytes in
            bytes.assumingMemoryBound(to: UInt64.self)[expiry.level] &= ~(1 << UInt64(expiry.position))
        }
        elapsed = expiry.tick
        let list = list(expiry.level, expiry.position)
        while links[list].next != UInt32(list) {
            let slot = Int(links[list].next)
            unlink(slot)
            insert(slot)
        }
    }

    private struct Expiry {
        var level: Int
        var position: Int
        var tick: UInt64
    }

    /// The list that comes next: the lowest occupied level has it, since a level holds only what the one below cannot.
    private func nextExpiry() -> Expiry? {
        let levels = occupied
        return withUnsafeBytes(of: levels) { bytes in
            let bits = bytes.assumingMemoryBound(to: UInt64.self)
            for level in 0..<TimerWheel.levels where bits[level] != 0 {
                let shift = UInt64(level) * 6
                let current = elapsed >> shift & 63
                let ahead = bits[level] & (UInt64.max << current)
                guard ahead != 0 else { continue }
                let position = UInt64(ahead.trailingZeroBitCount)
                let start = (elapsed >> (shift + 6)) << (shift + 6)
                return Expiry(level: level, position: Int(position), tick: start + position << shift)
            }
            return nil
        }
    }
}
