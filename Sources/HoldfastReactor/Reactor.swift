import CHoldfastLinux
import Glibc
import HoldfastCore

/// One thread, one epoll, one timer wheel: descriptors and deadlines by slot.
///
/// A slot is a number that the driver chooses, such as a session's place in its worker; it has at most one descriptor
/// and one deadline, which are independent of each other. All calls are on the thread that runs the reactor. Nothing is
/// allocated after `init`, and the driver's methods are called directly, never through a table.
public struct Reactor: ~Copyable {
    /// The clock, read just before the call of the driver that is under way.
    public internal(set) var now: Instant
    /// Handled minus intended time of deadlines and schedule; real seconds.
    public internal(set) var lateness = TimerLateness()
    /// From readiness to handling, an upper bound for each event; real seconds.
    public internal(set) var loopStall = Histogram()
    /// Events that were dropped because their descriptor was closed before their turn came.
    public internal(set) var staleEvents: UInt64 = 0
    /// How many attempts may begin a second.
    public var attemptLimit = RateLimit(ratePerSecond: nil)
    /// Descriptors that slots have now.
    public internal(set) var attached = 0
    /// The most descriptors that slots had at once.
    public internal(set) var attachedPeak = 0
    /// Whether `stop` was called.
    public internal(set) var isStopped = false
    /// Slots 0 ..< capacity.
    public let capacity: Int
    /// Where `read` puts what it reads; the next `read` overwrites it.
    public let buffer: UnsafeMutableRawBufferPointer
    /// Wakes this reactor up from other threads.
    public let waker: Waker

    @usableFromInline
    struct Attachment {
        @usableFromInline var descriptor: Int32
        @usableFromInline var generation: UInt32
    }

    /// Bytes of `buffer`.
    public static let bufferSize = 65_536
    @usableFromInline
    static let batchSize: Int32 = 128
    /// A connect takes the kernel tens of microseconds: so many hold nothing else up for long.
    @usableFromInline
    static let attemptsPerTurn = 16
    /// A wait shorter than this was no wait: what it found may have been ready since the wait before.
    private static let shortestWait = Span(nanoseconds: 20_000)

    let epoll: Int32
    @usableFromInline
    let events: UnsafeMutablePointer<epoll_event>
    @usableFromInline
    let attachments: UnsafeMutablePointer<Attachment>
    @usableFromInline
    var wheel: TimerWheel
    @usableFromInline
    var schedule = Instant.never
    @usableFromInline
    var readySince: Instant
    private var lastReturn: Instant
    /// Everything that had arrived by then has been handled: later deadlines are not judged yet.
    private var heard: Instant
    /// When batches began to be full, and how many events of that moment may still be waiting.
    private var passStart: Instant
    private var passLeft = 0

    /// A reactor with slots 0 ..< `capacity`, nothing watched and no deadlines. Whoever must know its waker before the
    /// capacity is known brings one.
    public init(capacity: Int, waker given: Waker? = nil) throws(SystemError) {
        let waker: Waker
        if let given { waker = given } else { waker = try Waker() }
        epoll = try Reactor.openEpoll(waking: waker)
        self.waker = waker
        self.capacity = capacity
        now = Clock.now
        readySince = now
        lastReturn = now
        heard = now
        passStart = now
        wheel = TimerWheel(capacity: capacity, origin: now)
        buffer = .allocate(byteCount: Reactor.bufferSize, alignment: 64)
        events = .allocate(capacity: Int(Reactor.batchSize))
        attachments = .allocate(capacity: capacity)
        attachments.initialize(repeating: Attachment(descriptor: -1, generation: 0), count: capacity)
    }

    /// Closes every descriptor that a slot still has.
    deinit {
        for slot in 0..<capacity where attachments[slot].descriptor >= 0 { Socket.close(attachments[slot].descriptor) }
        Glibc.close(epoll)
        buffer.deallocate()
        events.deallocate()
        attachments.deallocate()
    }

    /// Calls `driver` until `stop`.
    @inlinable
    public mutating func run<Driver: ReactorDriver & ~Copyable>(_ driver: inout Driver) {
        while !isStopped { turn(&driver) }
    }

    /// Waits for something to do, at most until `limit`, and does it: one batch of events, then the deadlines up to the
    /// instant by which everything that had arrived is handled, then some of the attempts that are due.
    @inlinable
    public mutating func turn<Driver: ReactorDriver & ~Copyable>(_ driver: inout Driver, until limit: Instant = .never)
    {
        let count = wait(until: limit)
        for position in 0..<count {
            readClock(&driver)
            guard !isStopped else { return }
            let token = Token(rawValue: holdfast_event_token(events, position))
            guard let slot = current(token) else { continue }
            if slot < 0 {
                driver.woken(&self)
                continue
            }
            driver.ready(slot, Readiness(rawValue: holdfast_event_flags(events, position)), &self)
        }
        // As many as a batch: a crowd of deadlines does not keep events waiting.
        for _ in 0..<Reactor.batchSize {
            readClock(&driver)
            guard !isStopped else { return }
            guard let (slot, deadline) = takeDeadline(&driver) else { break }
            driver.deadlineReached(slot, intended: deadline, &self)
        }
        for _ in 0..<Reactor.attemptsPerTurn {
            readClock(&driver)
            guard !isStopped, let (slot, deadline) = takeAttempt() else { return }
            driver.deadlineReached(slot, intended: deadline, &self)
        }
    }

    /// Forgets lateness and stalls so far: what was before the start of a run does not count for it.
    public mutating func measureAnew() {
        lateness = TimerLateness()
        loopStall = Histogram()
    }

    /// Makes `run` return after the call that is under way.
    public mutating func stop() { isStopped = true }

    /// The driver's `scheduleReached` is called at `instant` instead of when it was to be; `Instant.never`: not at all.
    public mutating func scheduleNext(_ instant: Instant) { schedule = instant }

    /// Gives `slot` this deadline instead of any that it has.
    public mutating func setDeadline(_ slot: Int, _ deadline: Instant) { wheel.set(slot, deadline) }

    /// Lets the attempt of `slot`, which is due at `deadline`, wait until nothing else does.
    public mutating func putAside(_ slot: Int, _ deadline: Instant) { wheel.putAside(slot, deadline) }

    /// Attempts that are due and wait; counted one by one.
    public var attemptsDue: Int { wheel.asideCount }

    /// Takes the deadline of `slot` away, if it has one.
    public mutating func cancelDeadline(_ slot: Int) { wheel.cancel(slot) }

    /// The deadline of `slot`; `Instant.never` when it has none.
    public func deadline(of slot: Int) -> Instant { wheel.deadline(of: slot) }

    /// Reads the clock and lets the schedule go first.
    @inlinable
    mutating func readClock<Driver: ReactorDriver & ~Copyable>(_ driver: inout Driver) {
        while isScheduleReached() {
            let intended = takeSchedule()
            driver.scheduleReached(intended: intended, &self)
        }
    }

    private static func openEpoll(waking waker: Waker) throws(SystemError) -> Int32 {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError(call: "epoll_create1", code: errno) }
        let interest = Interest.readable.rawValue
        let add = Int32(holdfast_epoll_add)
        let failure = holdfast_epoll_control(epoll, add, waker.descriptor, interest, Token.wake.rawValue)
        guard failure == 0 else {
            Glibc.close(epoll)
            throw SystemError(call: "epoll_ctl", code: -failure)
        }
        return epoll
    }

    @usableFromInline
    mutating func isScheduleReached() -> Bool {
        now = Clock.now
        return now >= schedule && !isStopped
    }

    @usableFromInline
    mutating func takeSchedule() -> Instant {
        let intended = schedule
        schedule = .never
        note(intended, .schedule)
        return intended
    }

    /// The next deadline that is reached and no attempt; attempts before it are put aside, however many.
    @inlinable
    mutating func takeDeadline<Driver: ReactorDriver & ~Copyable>(
        _ driver: inout Driver
    ) -> (slot: Int, deadline: Instant)? {
        while let next = nextDeadline() {
            let kind = driver.timerKind(of: next.slot)
            guard kind == .attempt else {
                note(next.deadline, kind)
                return next
            }
            putAside(next.slot, next.deadline)
        }
        return nil
    }

    @usableFromInline
    mutating func nextDeadline() -> (slot: Int, deadline: Instant)? { wheel.next(heard) }

    @usableFromInline
    mutating func note(_ deadline: Instant, _ kind: TimerKind) { lateness.record(now - deadline, of: kind) }

    @usableFromInline
    mutating func takeAttempt() -> (slot: Int, deadline: Instant)? {
        guard attemptLimit.next <= now, let next = wheel.nextAside() else { return nil }
        // Whoever had to wait for its turn was not late.
        note(max(next.deadline, attemptLimit.next), .attempt)
        attemptLimit.note(now)
        return next
    }

    /// The slot of an event, -1 for the waker; nil when the event is about a descriptor that is no longer there.
    @usableFromInline
    mutating func current(_ token: Token) -> Int? {
        if token == .wake {
            waker.drain()
            return -1
        }
        guard attachments[token.slot].generation == token.generation else {
            staleEvents += 1
            return nil
        }
        loopStall.record(now - readySince)
        return token.slot
    }

    @usableFromInline
    mutating func wait(until limit: Instant) -> Int32 {
        let before = Clock.now
        var next = min(min(wheel.wakeUp, schedule), limit)
        if wheel.hasAside { next = min(next, attemptLimit.next) }
        let timeout = next == .never ? -1 : max(0, (next - before).nanoseconds)
        let count = holdfast_epoll_wait(epoll, events, Reactor.batchSize, timeout)
        let after = Clock.now
        readySince = after - before >= Reactor.shortestWait ? after : lastReturn
        lastReturn = after
        // A process that was stopped comes back like this: what arrived meanwhile is told by the next wait.
        if count == -EINTR { return 0 }
        precondition(count >= 0, "epoll_wait failed with errno \(-count).")
        hear(Int(count), from: before, until: next)
        return count
    }

    /// Notes up to when nothing is left unheard, given what a wait that began at `begin` found.
    ///
    /// A process may stand still anywhere: after a wait has found something and before it comes back, or in a call of
    /// the driver. Only what a wait says that began, or timed out, after a deadline tells that nothing came before it.
    private mutating func hear(_ count: Int, from begin: Instant, until end: Instant) {
        if count == Int(Reactor.batchSize) {
            if passLeft <= 0 {
                passStart = begin
                passLeft = attached + 1
            }
            // The kernel hands out in turn: after as many events as there are descriptors nobody waits since the start.
            passLeft -= count
            if passLeft <= 0 { heard = max(heard, passStart) }
        } else {
            passLeft = 0
            heard = count == 0 ? max(begin, min(end, lastReturn)) : begin
        }
    }
}
