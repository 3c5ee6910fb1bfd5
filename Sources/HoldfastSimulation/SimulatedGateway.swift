import HoldfastCore
import HoldfastResult

/// One gateway's process in virtual time: whether it listens, stands still or is about to leave, and what it counted.
struct SimulatedGateway {
    /// A graceful stop under way.
    struct Leaving {
        var fault: Int
        var start: Instant
        /// From its end to the next process; nil is never.
        var down: Span?
    }

    /// Whether its process exists.
    var isRunning = true
    /// Whether it takes new connections.
    var isListening = true
    /// Whether it stands still: its kernel accepts and acknowledges, nobody reads.
    var isFrozen = false
    /// How fast it takes connections.
    var door = FrontDoor()
    /// Whether its program reads and does not answer.
    var isStalled = false
    /// Whether its host is without power.
    var isHostDown = false
    /// How late it answers.
    var answerDelay = Span.zero
    /// Whether nobody in it does anything about what arrives.
    var isIdle: Bool { isFrozen || isStalled }
    /// What its kernel holds while it stands still, in order of arrival.
    var unread: [SimulatedEvent] = []
    /// The graceful stop under way.
    var leaving: Leaving?
    /// What it counted.
    var counters = GatewayCounters()
    /// Admissions, ends and digest of what it holds.
    var opened: UInt64 = 0
    var closed: UInt64 = 0
    var digest = Digest()
    /// Sessions that it believes are there.
    var held: UInt64 { opened - closed }
    /// Sessions that it has asked to go and that are still there.
    var asked: UInt64 = 0
    /// Sessions that it holds and has not asked to go.
    var staying: UInt64 { held - asked }
    /// When it sheds; nil is never.
    var shedding: Shedding?
    /// Whom it asks to go then, in order; who is gone by then is passed over.
    var excess: ArraySlice<LinkKey> = []
    /// Whether the next one's turn is in the queue of events.
    var isTurnAhead = false
    /// Its populations at each cut.
    var cuts: [Cut] = []
    private var pace = PeakRate()

    /// A connection is there, and its program accepts it at that instant.
    mutating func accept(_ accepted: Instant) {
        pace.note(accepted)
        counters.accepted += 1
        counters.open += 1
        counters.openPeak = max(counters.openPeak, counters.open)
        counters.acceptsPeakPerSecond = pace.peak
    }

    mutating func admit(_ key: LinkKey) {
        counters.admitted += 1
        opened += 1
        digest.insert(session: key.session, ordinal: key.ordinal)
    }

    mutating func end(_ key: LinkKey) {
        closed += 1
        digest.remove(session: key.session, ordinal: key.ordinal)
    }

    /// The kernel has ended everything that the process held.
    mutating func forgetAll() {
        closed = opened
        asked = 0
        digest = Digest()
        counters.open = 0
    }

    mutating func cut(_ second: Int32, gateway: GatewayID) {
        guard isRunning, !isFrozen else { return }
        var cut = Cut(second: second)
        cut.populations = [GatewayPopulation(gateway: gateway, opened: opened, closed: closed, digest: digest)]
        cuts.append(cut)
    }
}
