import HoldfastCore

/// Decides when which batch is sent to one destination: one at a time, oldest first, bounded, with pauses when the
/// destination is not available. Pure: events and `now` in, actions out; the driver owns the bytes, the connection
/// and the clock.
///
/// Because everything in a batch is cumulative, the newest say the most: when there is no room, the oldest goes.
public struct ExportMachine: Sendable {
    /// A batch, by the number that the driver gave it.
    public typealias BatchID = UInt64

    /// What bounds memory and pressure.
    public struct Limits: Equatable, Sendable {
        /// Batches kept, the one under way included; at least 2.
        public var batches = 64
        /// The longest first pause.
        public var base = Span.seconds(1)
        /// The longest pause, unless the destination asks for more.
        public var cap = Span.seconds(30)

        /// 64 batches, 1 s, 30 s.
        public init() {}
    }

    /// What happened.
    public enum Event: Equatable, Sendable {
        /// The driver has a new batch.
        case enqueued(BatchID)
        /// The batch under way was dealt with.
        case finished(Outcome)
        /// The armed instant may have come.
        case ticked
        /// The run ends: try now instead of at the end of the pause.
        case flushed
        /// Nobody waits any longer.
        case abandoned
    }

    /// What became of the batch under way.
    public enum Outcome: Equatable, Sendable {
        /// The destination has it.
        case delivered
        /// Not now (429, 502, 503, 504, or the connection failed); later, and not before this pause if one was asked
        /// for.
        case unavailable(retryAfter: Span?)
        /// The destination will never take this batch.
        case refused
        /// The destination will never take any batch: there is no such destination.
        case hopeless
    }

    /// What the driver is to do.
    public enum Action: Equatable, Sendable {
        /// Send this batch; its outcome comes back as `finished`.
        case send(BatchID)
        /// Say `ticked` at this instant.
        case arm(Instant)
        /// Forget this delivered batch.
        case release(BatchID)
        /// Forget this batch; it is lost.
        case drop(BatchID, DropReason)
    }

    /// Why a batch is lost.
    public enum DropReason: String, CaseIterable, Sendable {
        /// It was not delivered when the process ended.
        case abandoned
        /// There is no such destination.
        case hopeless
        /// Newer ones needed its place.
        case overflow
        /// The destination will never take it.
        case refused
    }

    private enum State: Equatable {
        case idle
        case sending(BatchID)
        case pausing(until: Instant)
        case closed(DropReason)
    }

    /// Batches that the destination has.
    public private(set) var delivered: UInt64 = 0
    /// Batches that it will never get.
    public private(set) var lost: UInt64 = 0

    private let limits: Limits
    private let draws: DrawStream
    private var state = State.idle
    private var waiting: [BatchID] = []
    private var actions: [Action] = []
    private var failuresInARow = 0
    private var drawsTaken: UInt64 = 0

    /// A machine without batches; `draws` gives its pauses.
    public init(limits: Limits = Limits(), draws: DrawStream) {
        precondition(limits.batches >= 2, "one batch may be under way, so one more must fit")
        self.limits = limits
        self.draws = draws
    }

    /// Nothing waits and nothing is under way.
    public var isIdle: Bool {
        if case .sending = state { false } else { waiting.isEmpty }
    }

    /// Takes one event; afterwards poll `nextAction` until it is nil.
    public mutating func handle(_ event: Event, now: Instant) {
        switch event {
        case .enqueued(let batch): enqueue(batch)
        case .finished(let outcome): finish(outcome, now)
        case .ticked: resume(now)
        case .flushed: flush()
        case .abandoned: close(.abandoned)
        }
        if case .idle = state, let next = waiting.first {
            waiting.removeFirst()
            state = .sending(next)
            actions.append(.send(next))
        }
    }

    /// The next thing to do; nil when there is nothing.
    public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

    private mutating func enqueue(_ batch: BatchID) {
        if case .closed(let reason) = state { return drop(batch, reason) }
        waiting.append(batch)
        var kept = waiting.count
        if case .sending = state { kept += 1 }
        if kept > limits.batches { drop(waiting.removeFirst(), .overflow) }
    }

    private mutating func finish(_ outcome: Outcome, _ now: Instant) {
        // After `abandoned` the answer of the batch that was under way may still come; it is already counted as lost.
        guard case .sending(let batch) = state else { return }
        state = .idle
        switch outcome {
        case .delivered:
            failuresInARow = 0
            delivered += 1
            actions.append(.release(batch))
        case .refused:
            failuresInARow = 0
            drop(batch, .refused)
        case .unavailable(let retryAfter):
            waiting.insert(batch, at: 0)
            let until = now + max(pause(), retryAfter ?? .zero)
            state = .pausing(until: until)
            actions.append(.arm(until))
        case .hopeless:
            drop(batch, .hopeless)
            close(.hopeless)
        }
    }

    private mutating func resume(_ now: Instant) {
        guard case .pausing(let until) = state else { return }
        if now >= until { state = .idle } else { actions.append(.arm(until)) }
    }

    private mutating func flush() {
        failuresInARow = 0
        if case .pausing = state { state = .idle }
    }

    private mutating func close(_ reason: DropReason) {
        if case .closed = state { return }
        if case .sending(let batch) = state { drop(batch, reason) }
        state = .closed(reason)
        for batch in waiting { drop(batch, reason) }
        waiting = []
    }

    private mutating func drop(_ batch: BatchID, _ reason: DropReason) {
        lost += 1
        actions.append(.drop(batch, reason))
    }

    /// Full jitter: anywhere up to the exponential bound, so that many processes do not come back at once.
    private mutating func pause() -> Span {
        let doublings = min(failuresInARow, 40)
        let bound = min(limits.cap.seconds, limits.base.seconds * Double(UInt64(1) << UInt64(doublings)))
        failuresInARow += 1
        let fraction = unitDouble(draws.draw(drawsTaken))
        drawsTaken += 1
        return Span(seconds: bound * fraction)
    }
}
