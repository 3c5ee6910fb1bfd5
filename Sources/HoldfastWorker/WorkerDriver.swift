import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastPlan
import HoldfastReactor
import HoldfastResult
import HoldfastTelemetry

/// The sessions of one worker on the reactor: events in, the brain's actions out.
///
/// A session's slot in the reactor is its place in the segment. Slots above those hold connections that have vanished:
/// open, unread and unwritten until their peer or the run ends them.
struct WorkerDriver: ~Copyable, ReactorDriver {
    let segment: WorkerSegment
    let drops: DropPlan
    let sessions: UnsafeMutablePointer<Session>
    let sessionCount: Int
    var counters = SessionCounters()
    var populations: Populations
    var log: DisconnectLog
    var life: AgentLife
    let link: ControlLink
    let pusher: MetricsPusher?
    /// Nil without a registry.
    var routes: RouteClient?
    var routeCache: RouteCache?
    var harness = HarnessReport()
    var executed: [ExecutedInterval] = []
    var thresholds: [RankThreshold] = []
    /// Which fault is ending connections right now; nil outside of a drop.
    var injecting: Int?
    /// Which network everybody is on.
    let networks: WorkerNetworks
    /// Slots for connections that vanish.
    private var vanishSlots: [Int]
    /// Whether t0 has been reached; what was before does not count.
    var isStarted = false
    /// Whether the end cut is taken; what comes after does not count.
    var isEnded = false
    var exit: LifeExit?
    /// Admissions before t0, for a metric that never starts again.
    var succeededBefore: UInt64 = 0
    /// What was counted when the end cut was taken; sessions live on after it, counters do not.
    var counted: SessionCounters?
    /// When the sessions end by themselves; nil before t0 and without churn.
    var lifetimes: LifetimeQueue?
    /// Whether what ends a connection now is its lifetime.
    var isLifetimeOver = false
    /// By fault: the sessions that were on its gateways when ranks were reported.
    var ranked: [Int: [RankedSession]] = [:]
    /// By fault: drops of which connections are left to be ended.
    var dropsUnderWay: [Int: DropUnderWay] = [:]
    var nextPush = Instant.zero
    /// Since t0; nil before.
    var pressure: CPUPressure?
    var pace = PeakRate()
    var hasBeenAdmitted: [Bool]
    /// By slot: when the attempt under way began; empty where nobody wants to know how long connects take.
    var attemptedAt: [Instant]
    /// Nil in a plan without a workload.
    var business: WorkerBusiness?
    /// By slot: what a session has learnt; empty without a heartbeat that adapts.
    var adaptive: [AdaptiveHeartbeat]
    /// Which connections the fleet ended for their accounts; nil where it does not.
    var accounts: AccountPage?
    /// By slot: the outage of a session that is out.
    var outages: [DisconnectLog.OpenOutage]
    var memory: SessionMemory
    /// Nil before the end cut.
    var bytesPerSessionAtEnd: Double?
    private var partials: [Int: PartialFrame] = [:]
    private var unsent: [Int: [UInt8]] = [:]

    init(segment: WorkerSegment, life: AgentLife, link: ControlLink, pusher: MetricsPusher?, memory: SessionMemory) {
        self.segment = segment
        self.life = life
        self.link = link
        self.memory = memory
        self.pusher = pusher
        drops = DropPlan(timeline: segment.plan.realTime.timeline)
        sessionCount = segment.sessions.count
        let cache = segment.plan.realTime.target.registry?.cache
        routeCache = cache.map { RouteCache(lifetime: $0, sessions: segment.sessions.count) }
        sessions = .allocate(capacity: sessionCount)
        for (slot, id) in segment.sessions.enumerated() {
            sessions.advanced(by: slot).initialize(to: Session(id: id))
        }
        populations = Populations(gateways: segment.plan.mostGateways)
        let networks = WorkerNetworks(segment.plan, sessions: segment.sessions)
        self.networks = networks
        log = DisconnectLog(plan: segment.plan) { session, ordinal, gateway in
            let source = segment.addressing.source(session: session, ordinal: ordinal)
            let network = networks.ofConnection(session)
            return "\(source)>\(segment.destination(gateway, of: session, from: network))"
        }
        attemptedAt = Array(repeating: .zero, count: segment.plan.measuresConnects ? sessionCount : 0)
        hasBeenAdmitted = [Bool](repeating: false, count: sessionCount)
        outages = Array(repeating: .none, count: sessionCount)
        adaptive = WorkerDriver.adaptive(segment)
        business = WorkerBusiness(segment.plan.realTime.workload, sessions: sessionCount)
        counters.sessions = UInt64(sessionCount)
        vanishSlots = Array(sessionCount..<WorkerDriver.slots(for: segment))
        seatGroups()
    }

    deinit { sessions.deallocate() }

    /// A deadline handled later than this was not handled late, it was slept through.
    private static let standstill = Span.milliseconds(50)

    /// Slots for a worker of this segment.
    static func slots(for segment: WorkerSegment) -> Int { segment.sessions.count + segment.vanishedAtOnce }

    mutating func scheduleReached(intended: Instant, _ reactor: inout Reactor) { live(&reactor) }

    mutating func woken(_ reactor: inout Reactor) {
        takeRoutes(&reactor)
        live(&reactor)
    }

    mutating func deadlineReached(_ slot: Int, intended: Instant, _ reactor: inout Reactor) {
        if sessions[slot].phase == .admitted, reactor.now - intended > WorkerDriver.standstill {
            // This process stood still: what arrived meanwhile is read before silence is held against the gateway.
            receive(slot, untilEnd: true, &reactor)
            let deadline = sessions[slot].deadline
            guard deadline <= reactor.now else {
                if deadline != .never { reactor.setDeadline(slot, deadline) }
                return
            }
        }
        drive(slot, sessions[slot].phase == .idle ? .started : .deadlineReached, &reactor)
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        guard slot < sessionCount else {
            guard readiness.isOver else { return }
            reactor.close(slot)
            vanishSlots.append(slot)
            return
        }
        if sessions[slot].phase == .connecting {
            guard readiness.contains(.writable) || readiness.isOver else { return }
            let code = reactor.takeError(slot)
            guard code == 0 else {
                reactor.close(slot)
                drive(slot, .connectFailed(ConnectFailure(errno: code)), &reactor)
                return
            }
            noteHandshake(slot, reactor.now)
            drive(slot, .connected, &reactor)
        } else if readiness.contains(.writable), !unsent.isEmpty {
            flush(slot, &reactor)
        }
        guard readiness.contains(.readable) || readiness.isOver else { return }
        receive(slot, untilEnd: readiness.isOver, &reactor)
    }

    func timerKind(of slot: Int) -> TimerKind {
        switch sessions[slot].phase {
        case .idle, .waiting: .attempt
        case .connecting, .loggingIn: .timeout
        case .admitted, .stopped: .heartbeat
        }
    }

    /// Hands `event` to the session of `slot` and does what it wants, until it is quiet.
    mutating func drive(_ slot: Int, _ event: SessionEvent, _ reactor: inout Reactor) {
        // An attempt that is due at once needs not wait for the wheel's tick. One that follows an attempt which failed
        // on the spot does: it would come again and again.
        let mayAttemptAtOnce = timerKind(of: slot) != .attempt
        var next: SessionEvent? = event
        var mayFollowAtOnce = true
        while let event = next {
            next = nil
            tell(slot, event, reactor.now)
            while let action = sessions[slot].nextAction() {
                if let followUp = perform(action, slot, &reactor) { next = followUp }
            }
            if next == nil, mayFollowAtOnce, timerKind(of: slot) != .attempt, sessions[slot].deadline <= reactor.now {
                mayFollowAtOnce = false
                next = .deadlineReached
            }
        }
        let deadline = sessions[slot].deadline
        if deadline == .never { return reactor.cancelDeadline(slot) }
        if mayAttemptAtOnce, deadline <= reactor.now, timerKind(of: slot) == .attempt {
            reactor.putAside(slot, deadline)
        } else {
            reactor.setDeadline(slot, deadline)
        }
    }

    private mutating func perform(_ action: SessionAction, _ slot: Int, _ reactor: inout Reactor) -> SessionEvent? {
        switch action {
        case .connect(let gateway):
            noteAttempt(slot, reactor.now)
            if gateway == noGateway, let routes {
                if let known = rememberedRoute(slot, reactor.now) { return connect(slot, known, &reactor) }
                ask(routes, slot, reactor.now)
                return nil
            }
            return connect(slot, gateway, &reactor)
        case .sendHello:
            if business != nil { noteForBusiness(action, slot, &reactor) }
            let hello = segment.hello(session: sessions[slot].id, ordinal: sessions[slot].ordinal)
            return send(slot, byteCount: WireFormat.helloBytes, &reactor) { FrameEncoder.encode(hello, into: $0) }
        case .sendPing(let sequence):
            counters.heartbeatsSent += 1
            let policy = segment.groups.isEmpty ? segment.policy : segment.groups.policy(of: slot)
            let payload = Int(policy.heartbeat.payloadBytes)
            let size = WireFormat.helloBytes + payload
            counters.heartbeatBytes += UInt64(WireFormat.headerBytes + MemoryLayout<UInt32>.size + payload)
            return send(slot, byteCount: size, &reactor) {
                FrameEncoder.encode(.ping(sequence: sequence), payloadBytes: payload, into: $0)
            }
        case .sendPong(let sequence): return send(slot, .pong(sequence: sequence, intervalMilliseconds: 0), &reactor)
        case .sendBye(let reason): return send(slot, .bye(reason), &reactor)
        case .close(let manner): close(slot, manner, &reactor)
        case .stop, .notedAdmission, .notedDisconnect, .notedConnectFailure, .notedAnswer, .notedMiss,
            .notedResumption:
            note(action, slot, reactor.now)
            if !adaptive.isEmpty { learn(action, slot, reactor.now) }
            if business != nil { noteForBusiness(action, slot, &reactor) }
        }
        return nil
    }

    mutating func connect(_ slot: Int, _ gateway: GatewayID, _ reactor: inout Reactor) -> SessionEvent? {
        let source = segment.addressing.source(session: sessions[slot].id, ordinal: sessions[slot].ordinal)
        let network = networks.connect(sessions[slot].id)
        let destination = segment.destination(gateway, of: sessions[slot].id, from: network)
        let code = reactor.connect(slot, from: source, to: destination)
        guard code == 0 else { return .connectFailed(ConnectFailure(errno: code)) }
        if let timers = segment.groups.timers(of: slot) {
            let failure = timers.set(on: reactor.descriptor(of: slot))
            precondition(failure == 0, "A socket cannot be set to \(timers): errno \(failure).")
        }
        return nil
    }

    private mutating func close(_ slot: Int, _ manner: CloseManner, _ reactor: inout Reactor) {
        if !partials.isEmpty { partials[slot] = nil }
        if !unsent.isEmpty { unsent[slot] = nil }
        guard reactor.descriptor(of: slot) >= 0 else { return }
        switch manner {
        case .fin:
            // Closing with unread bytes would reset.
            while case .bytes = reactor.read(slot) {}
            reactor.close(slot)
        case .reset: reactor.reset(slot)
        case .vanish: silence(slot, &reactor)
        }
    }

    /// The connection of `slot` stays open, and nobody reads or writes it any more. Its session may not know.
    mutating func silence(_ slot: Int, _ reactor: inout Reactor) {
        if !partials.isEmpty { partials[slot] = nil }
        if !unsent.isEmpty { unsent[slot] = nil }
        guard reactor.descriptor(of: slot) >= 0 else { return }
        let descriptor = reactor.detach(slot)
        // Without a slot it is open all the same; only its peer's end goes unnoticed.
        if let free = vanishSlots.popLast() { _ = reactor.attach(descriptor, to: free, [.peerFinished, .edge]) }
    }
}

// MARK: - Bytes

extension WorkerDriver {
    private mutating func receive(_ slot: Int, untilEnd: Bool, _ reactor: inout Reactor) {
        let connection = sessions[slot].attempts
        while sessions[slot].attempts == connection, reactor.descriptor(of: slot) >= 0 {
            var filled = 0
            if !partials.isEmpty, var partial = partials.removeValue(forKey: slot) {
                filled = partial.restore(into: reactor.buffer)
            }
            let room = UnsafeMutableRawBufferPointer(rebasing: reactor.buffer[filled...])
            switch Socket.read(reactor.descriptor(of: slot), into: room) {
            case .bytes(let count):
                sessions[slot].noteProofOfLife(reactor.now)
                decode(slot, connection, filled + count, &reactor)
                guard count == room.count || untilEnd else { return }
            case .nothing:
                if filled > 0 { keep(slot, 0..<filled, reactor) }
                return
            case .finished:
                drive(slot, .closedByPeer(.fin), &reactor)
                return
            case .failed(let code):
                guard code == ETIMEDOUT else { return drive(slot, .closedByPeer(.reset), &reactor) }
                let timers = segment.groups.timers(of: slot)
                drive(slot, .timedOut(SocketTimers.expired(timers, on: reactor.descriptor(of: slot))), &reactor)
                return
            }
        }
    }

    private mutating func decode(_ slot: Int, _ connection: UInt32, _ filled: Int, _ reactor: inout Reactor) {
        var start = 0
        while start < filled, sessions[slot].attempts == connection, reactor.descriptor(of: slot) >= 0 {
            let bytes = UnsafeRawBufferPointer(rebasing: reactor.buffer[start..<filled])
            switch FrameDecoder.decode(bytes) {
            case .frame(let frame, let consumed):
                start += consumed
                if case .pong = frame { counters.heartbeatBytes += UInt64(consumed) }
                let isAdmitted = sessions[slot].phase == .admitted
                if business != nil, isAdmitted, case .data(let kind, let number) = frame {
                    receive(kind, number, bytes, slot, &reactor)
                } else {
                    drive(slot, SessionEvent(frame, isAdmitted: isAdmitted), &reactor)
                }
            case .incomplete:
                keep(slot, start..<filled, reactor)
                return
            case .hello, .violation:
                drive(slot, .violated, &reactor)
                return
            }
        }
    }

    private mutating func keep(_ slot: Int, _ range: Range<Int>, _ reactor: borrowing Reactor) {
        var partial = PartialFrame()
        partial.keep(UnsafeRawBufferPointer(rebasing: reactor.buffer[range]))
        partials[slot] = partial
    }

    private mutating func send(_ slot: Int, _ frame: Frame, _ reactor: inout Reactor) -> SessionEvent? {
        send(slot, byteCount: WireFormat.helloBytes, &reactor) { FrameEncoder.encode(frame, into: $0) }
    }

    mutating func send(
        _ slot: Int,
        byteCount: Int,
        _ reactor: inout Reactor,
        _ encode: (UnsafeMutableRawBufferPointer) -> Int
    ) -> SessionEvent? {
        guard reactor.descriptor(of: slot) >= 0 else { return nil }
        business?.lastWrites[slot] = reactor.now
        return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { buffer in
            let count = encode(buffer)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if !unsent.isEmpty, unsent[slot] != nil {
                unsent[slot]?.append(contentsOf: bytes)
                return nil
            }
            switch reactor.write(slot, bytes) {
            case .wrote(count): return nil
            case .wrote(let written):
                unsent[slot] = Array(bytes[written...])
                return nil
            case .failed: return .writeFailed
            }
        }
    }

    private mutating func flush(_ slot: Int, _ reactor: inout Reactor) {
        guard let bytes = unsent[slot] else { return }
        switch bytes.withUnsafeBytes({ reactor.write(slot, $0) }) {
        case .wrote(bytes.count): unsent[slot] = nil
        case .wrote(let written): unsent[slot] = Array(bytes[written...])
        case .failed: drive(slot, .writeFailed, &reactor)
        }
    }
}
