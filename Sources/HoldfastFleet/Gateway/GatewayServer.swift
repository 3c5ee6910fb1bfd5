import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// One gateway on the reactor: a listener, and the brain of every connection that it accepted.
///
/// A connection's index in the slab is its slot; the listener's slot lies behind them.
struct GatewayServer: ~Copyable {
    /// Which gateway of which run this is.
    struct Identity {
        var gateway: GatewayID
        var incarnation: UInt32
        var run: UInt64
        var endpoint: Endpoint
        /// Whether other processes are the same gateway, and listen there as well.
        var isShard = false
    }

    /// How long a gateway without descriptors left waits before it accepts again.
    private static let acceptPause = Span.milliseconds(100)
    /// An accept takes the kernel tens of microseconds: heartbeats wait for so many only.
    private static let acceptsPerTurn = 16

    let identity: Identity
    /// By group of sessions; one entry where they do not differ.
    private let policies: [GatewayPolicy]
    /// Further logins are turned down; those whose end it has not noticed count.
    private let mostSessions: Int64
    private let stateBytes: Int
    /// What is lost with each connection; bytes.
    private let leakBytes: Int
    private let backlog: Int
    /// Nil where logins take no time.
    var logins: LoginQueue?
    /// How fast it accepts.
    private var pace: RateLimit
    let page: GatewayPage
    var entrance: PassageEntrance?
    private(set) var counters = GatewayCounters()
    private(set) var population: GatewayPopulation
    /// Whether it could not take a connection for want of a descriptor; its planted limits are another matter.
    private(set) var hadNoRoom = false
    /// Whether it has stopped listening and waits for its sessions to go.
    private(set) var isLeaving = false
    /// Whether it takes nobody, and those that it has are asked to go.
    var isDrained = false
    /// When it sheds, and whom it asks to go then; nil is never.
    var shedding: Shedding?
    var excess: ArraySlice<Guest> = []
    /// Whom it asks to go, and when, and what they are told.
    var departures = Departures<Guest>([], from: .zero, over: .zero)
    var farewell = GatewayCommand.leave(.drain)
    /// What it says late.
    var late = LateAnswers()
    /// Which ways its lines are cut.
    var cuts: [PathDirection] = []
    /// What it has read and does not look at; nil where it does.
    var unheard: Unheard?
    /// Its own beats are counted from here, which is t0.
    var pingsCountFrom = Instant.never

    /// What it pushes; nil where that is nothing.
    var business: GatewayBusiness?
    /// Whose accounts are logged in; nil where it does not matter how often.
    var accounts: GatewayAccounts?
    var connections: Slab<ServerConnection>
    private var vanished = 0

    /// A gateway for at most `capacity` connections at once, `mostSessions` that are logged in, and `acceptRate`
    /// accepts a second, which keeps `stateBytes` of each connection and has a policy for each group of sessions; its
    /// reactor has one slot more. Other processes of the gateway have the same `page`.
    init(
        identity: Identity,
        policies: [GatewayPolicy],
        capacity: Int,
        mostSessions: Int? = nil,
        acceptRate: Double? = nil,
        stateBytes: Int = 0,
        leakBytes: Int = 0,
        backlog: Int = FrontDoor.usualBacklog,
        loginTime: Span = .zero,
        page: consuming GatewayPage = GatewayPage(),
        handoffPath: String? = nil
    ) {
        entrance = handoffPath.map {
            PassageEntrance(path: $0, gateways: identity.gateway..<identity.gateway + 1, firstSlot: capacity + 1)
        }
        self.identity = identity
        self.policies = policies
        self.mostSessions = mostSessions.map { Int64($0) } ?? .max
        self.page = page
        self.stateBytes = stateBytes
        self.leakBytes = leakBytes
        self.backlog = backlog
        logins = LoginQueue(loginTime: loginTime)
        pace = RateLimit(ratePerSecond: acceptRate)
        population = GatewayPopulation(gateway: identity.gateway, opened: 0, closed: 0, digest: Digest())
        connections = Slab(capacity: capacity)
    }

    var listenerSlot: Int { connections.capacity }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {
        isDrained = false
        // Linux lets one more wait than it is asked for.
        let listener = try Socket.listen(
            on: identity.endpoint,
            backlog: Int32(clamping: backlog - 1),
            isShared: identity.isShard
        )
        let failure = reactor.attach(listener, to: listenerSlot, .listener)
        guard failure == 0 else { throw SystemError(call: "watch \(identity.endpoint)", code: failure) }
        try entrance?.listen(&reactor)
        try listenForLogins(&reactor)
    }

    /// Slots that its reactor needs.
    var slots: Int { bellSlot + (accounts == nil ? 0 : 1) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        if slot == listenerSlot {
            _ = accept(&reactor)
            return
        }
        if slot > listenerSlot {
            if slot == bellSlot { return hearBell(&reactor) }
            if entrance?.isPassage(slot, &reactor) == true { _ = takeOver(&reactor) }
            return
        }
        if connections[slot].isDeaf {
            if readiness.isOver { forget(slot, &reactor) }
            return
        }
        if readiness.contains(.writable), !connections[slot].outgoing.isEmpty,
            !connections[slot].outgoing.flush(slot, reactor)
        {
            return act(slot, .closedByPeer, &reactor)
        }
        guard readiness.contains(.readable) || readiness.isOver else { return }
        if unheard == nil { receive(slot, readiness, &reactor) } else { readAhead(slot, &reactor) }
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {
        if slot > listenerSlot {
            if slot == bellSlot { return reviewAccounts(&reactor) }
            entrance?.goOn(&reactor)
            return
        }
        if slot != listenerSlot {
            if unheard == nil { lookAtDeadline(slot, &reactor) }
            return
        }
        guard isLeaving else { return reactor.watch(listenerSlot, .listener) }
        command(.end, &reactor)
        reactor.stop()
    }

    /// Tells every admitted connection whose session is a victim.
    mutating func command(_ command: GatewayCommand, _ reactor: inout Reactor, where isVictim: (SessionID) -> Bool) {
        for slot in 0..<connections.end where connections.contains(slot) {
            let connection = connections[slot]
            guard !connection.isVanished, connection.brain.phase == .admitted else { continue }
            if isVictim(connection.brain.session) { act(slot, .commanded(command), &reactor) }
        }
    }

    /// Stops listening, asks every session to go, and stops the reactor when all are gone, at `limit` at the latest.
    mutating func leave(until limit: Instant, _ reactor: inout Reactor) {
        guard !isLeaving else { return }
        stopListening(&reactor)
        isLeaving = true
        reactor.setDeadline(listenerSlot, limit)
        command(.leave(.drain), &reactor)
        stopIfLeft(&reactor)
    }

    /// Takes in who has come so far, and nobody else until it listens again.
    mutating func stopListening(_ reactor: inout Reactor) {
        // Who is in the queue was promised a connection: closing the listener would reset it.
        let usual = pace
        pace = RateLimit(ratePerSecond: nil)
        while accept(&reactor) {}
        reactor.cancelDeadline(listenerSlot)
        reactor.close(listenerSlot)
        while takeOver(&reactor) {}
        entrance?.leave(&reactor)
        pace = usual
    }

    mutating func command(_ command: GatewayCommand, _ reactor: inout Reactor) {
        for slot in 0..<connections.end where connections.contains(slot) && !connections[slot].isVanished {
            act(slot, .commanded(command), &reactor)
        }
    }

    private mutating func stopIfLeft(_ reactor: inout Reactor) {
        if isLeaving, connections.count == vanished { reactor.stop() }
    }
}

extension GatewayServer {
    /// Accepts a batch; true when there may be more.
    private mutating func accept(_ reactor: inout Reactor) -> Bool {
        for _ in 0..<GatewayServer.acceptsPerTurn {
            if let end = endOfRest(reactor.now) {
                rest(until: end, &reactor)
                return false
            }
            switch reactor.accept(listenerSlot) {
            case .accepted(let descriptor, _): open(descriptor, &reactor)
            case .nothing: return false
            case .failed:
                hadNoRoom = true
                rest(until: reactor.now + GatewayServer.acceptPause, &reactor)
                return false
            }
        }
        return true
    }

    /// Takes over a batch of connections that a balancer accepted; true when there may be more.
    private mutating func takeOver(_ reactor: inout Reactor) -> Bool {
        for _ in 0..<GatewayServer.acceptsPerTurn {
            if let end = endOfRest(reactor.now) {
                entrance?.rest(until: end, &reactor)
                return false
            }
            guard let message = entrance?.next(&reactor) else { return false }
            // Else the process may not have any more descriptors; the kernel has closed this one.
            let isOpen = message.client >= 0 && open(message.client, isHanded: true, &reactor)
            if !isOpen {
                hadNoRoom = true
                entrance?.noteOver(identity.gateway, &reactor)
            }
        }
        return true
    }

    /// When the next connection may be accepted; nil: now.
    private func endOfRest(_ now: Instant) -> Instant? {
        guard pace.isLimited else { return nil }
        let next = page.nextAccept
        return next > now ? next : nil
    }

    /// Accepts nobody for a while. The queue stays ready: whoever went on looking at it would spin.
    private func rest(until end: Instant, _ reactor: inout Reactor) {
        reactor.watch(listenerSlot, .nothing)
        reactor.setDeadline(listenerSlot, end)
    }

    /// False when there is no connection.
    @discardableResult
    private mutating func open(_ descriptor: Int32, isHanded: Bool = false, _ reactor: inout Reactor) -> Bool {
        counters.accepted += 1
        page.noteAccept(reactor.now, pace)
        counters.acceptsPeakPerSecond = page.acceptsPeakPerSecond
        let brain = GatewayConnection(acceptedAt: reactor.now, policy: policies[0])
        let connection = ServerConnection(brain: brain, number: counters.accepted, isHanded: isHanded)
        guard let slot = connections.insert(connection) else {
            hadNoRoom = true
            Socket.reset(descriptor)
            return false
        }
        guard reactor.attach(descriptor, to: slot, .incoming) == 0 else {
            connections.remove(slot)
            return false
        }
        if isUnreachable { _ = Socket.dropIncoming(descriptor, true) }
        if stateBytes > 0 {
            // Written to, or the kernel would lend it only.
            let state = UnsafeMutableRawPointer.allocate(byteCount: stateBytes, alignment: 16)
            memset(state, 1, stateBytes)
            connections[slot].state = state
        }
        if leakBytes > 0 { memset(.allocate(byteCount: leakBytes, alignment: 1), 1, leakBytes) }
        reactor.setDeadline(slot, brain.deadline)
        counters.open += 1
        page.noteOpened()
        counters.openPeak = page.openPeak
        // It was on its way when the others were asked to go.
        if isLeaving || isDrained { act(slot, .commanded(.leave(.drain)), &reactor) }
        return true
    }

    /// Reads until there is less than the buffer holds; when something is over, until the end has been seen.
    private mutating func receive(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        while true {
            let kept = connections[slot].partial.restore(into: reactor.buffer)
            let room = UnsafeMutableRawBufferPointer(rebasing: reactor.buffer[kept...])
            let outcome = Socket.read(reactor.descriptor(of: slot), into: room)
            switch outcome {
            case .bytes(let count):
                guard decode(slot, kept + count, &reactor) else { return }
                if count < room.count, !readiness.isOver { return }
            case .nothing:
                keep(slot, 0, kept, reactor)
                return
            case .finished, .failed: return act(slot, .closedByPeer, &reactor)
            }
        }
    }

    /// Handles the frames in the first `filled` bytes of the buffer; false when the connection is over.
    mutating func decode(_ slot: Int, _ filled: Int, _ reactor: inout Reactor) -> Bool {
        var start = 0
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: reactor.buffer[start..<filled])
            switch FrameDecoder.decode(rest) {
            case .hello(let hello, let consumed):
                start += consumed
                logIn(hello, slot, &reactor)
            case .frame(let frame, let consumed):
                start += consumed
                if business != nil { hear(frame, slot) }
                act(slot, .received(frame), &reactor)
            case .violation:
                act(slot, .violated, &reactor)
            case .incomplete:
                keep(slot, start, filled, reactor)
                return true
            }
            guard connections.contains(slot), !connections[slot].isDeaf else { return false }
        }
    }

    mutating func event(_ hello: Hello, _ slot: Int) -> GatewayEvent {
        // A connection of another run knocked at the wrong door.
        guard hello.run == identity.run, Int(hello.group) < policies.count else { return .violated }
        guard accounts?.isKnown(hello) != false else { return .violated }
        connections[slot].group = UInt8(hello.group)
        if !connections[slot].hasPlace {
            if shedding?.isRefusing == true { return .commanded(.refuse(.shed)) }
            guard page.admit(upTo: mostSessions) else { return .commanded(.refuse(.overload)) }
            connections[slot].hasPlace = true
        }
        return .loggedIn(session: hello.session, ordinal: hello.ordinal)
    }

    private mutating func keep(_ slot: Int, _ start: Int, _ end: Int, _ reactor: borrowing Reactor) {
        guard start < end else { return }
        connections[slot].partial.keep(UnsafeRawBufferPointer(rebasing: reactor.buffer[start..<end]))
    }

    /// Hands `event` to the connection's brain and does what it wants.
    mutating func act(_ slot: Int, _ event: GatewayEvent, _ reactor: inout Reactor) {
        let policy = policies[Int(connections[slot].group)]
        connections[slot].brain.handle(event, now: reactor.now, policy: policy)
        var isBroken = false
        while let action = connections[slot].brain.nextAction() {
            switch action {
            case .sendWelcome:
                let frame = Frame.welcome(
                    gateway: identity.gateway,
                    incarnation: identity.incarnation,
                    intervalMilliseconds: policy.dictatedMilliseconds
                )
                isBroken = !send(frame, slot, &reactor) || isBroken
            case .sendPong(let sequence):
                isBroken = !send(.pong(sequence: sequence, intervalMilliseconds: 0), slot, &reactor) || isBroken
            case .sendResponse(let message):
                isBroken = !send(.data(kind: .response, message: message), slot, &reactor) || isBroken
            case .sendPing(let sequence):
                if reactor.now >= pingsCountFrom { counters.pingsSent += 1 }
                isBroken = !send(.ping(sequence: sequence), slot, &reactor) || isBroken
            case .sendGoaway(let reason, let target):
                noteAsked(slot)
                let frame = Frame.goaway(reason, target: target, delayMilliseconds: 0)
                isBroken = !send(frame, slot, &reactor) || isBroken
            case .sendKick(let reason): isBroken = !send(.kick(reason), slot, &reactor) || isBroken
            case .sendBye(let reason):
                if reason == .protocolViolation { counters.protocolViolations += 1 }
                _ = send(.bye(reason), slot, &reactor)
            case .notedAdmission: note(slot, isAdmission: true, reactor)
            case .notedEnd: note(slot, isAdmission: false, reactor)
            case .notedAnswer: if reactor.now >= pingsCountFrom { counters.pingsAnswered += 1 }
            case .notedMiss: if reactor.now >= pingsCountFrom { counters.pingsMissed += 1 }
            case .close(let manner):
                if manner != .vanish, event != .closedByPeer, isLate(slot) { return holdEnd(slot, manner, &reactor) }
                return close(slot, manner, &reactor)
            }
        }
        if isBroken { return act(slot, .closedByPeer, &reactor) }
        if business != nil { return carry(slot, &reactor) }
        let deadline = deadline(of: slot)
        if deadline != reactor.deadline(of: slot) { reactor.setDeadline(slot, deadline) }
    }

    private mutating func note(_ slot: Int, isAdmission: Bool, _ reactor: borrowing Reactor) {
        if business != nil { noteForBusiness(slot, isAdmission: isAdmission, reactor.now) }
        if accounts != nil { noteForAccounts(slot, isAdmission: isAdmission, reactor) }
        let session = connections[slot].brain.session
        let ordinal = connections[slot].brain.ordinal
        if isAdmission {
            counters.admitted += 1
            population.opened += 1
            population.digest.insert(session: session, ordinal: ordinal)
            page.noteStaying(1)
        } else {
            population.closed += 1
            population.digest.remove(session: session, ordinal: ordinal)
            leavePlace(slot)
            if !connections[slot].isAsked { page.noteStaying(-1) }
        }
    }

    /// Whoever is turned away never stayed.
    private mutating func noteAsked(_ slot: Int) {
        guard connections[slot].brain.phase == .leaving, !connections[slot].isAsked else { return }
        connections[slot].isAsked = true
        page.noteStaying(-1)
    }

    private mutating func leavePlace(_ slot: Int) {
        guard connections[slot].hasPlace else { return }
        connections[slot].hasPlace = false
        page.dismiss()
    }

    /// Writes a frame, or keeps what there is no room for; false when the connection is broken.
    private mutating func send(_ frame: Frame, _ slot: Int, _ reactor: inout Reactor) -> Bool {
        send(frame, payloadBytes: 0, intended: 0, slot, &reactor)
    }

    /// The same with what only data has: a payload, and when it was to be sent, nanoseconds.
    @inline(__always)
    mutating func send(
        _ frame: Frame,
        payloadBytes: Int,
        intended: UInt64,
        _ slot: Int,
        _ reactor: inout Reactor
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: WireFormat.helloBytes + payloadBytes, alignment: 8) { buffer in
            let count = FrameEncoder.encode(
                frame,
                payloadBytes: payloadBytes,
                intendedNanoseconds: intended,
                into: buffer
            )
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard !isLate(slot) else {
                hold(.bytes(Array(bytes)), slot, reactor.now)
                return true
            }
            return write(bytes, slot, &reactor)
        }
    }

    /// Writes bytes, or keeps what there is no room for; false when the connection is broken.
    mutating func write(_ bytes: UnsafeRawBufferPointer, _ slot: Int, _ reactor: inout Reactor) -> Bool {
        guard connections[slot].outgoing.isEmpty else { return connections[slot].outgoing.append(bytes) }
        guard case .wrote(let written) = reactor.write(slot, bytes) else { return false }
        guard written < bytes.count else { return true }
        reactor.watch(slot, .outgoing)
        return connections[slot].outgoing.append(UnsafeRawBufferPointer(rebasing: bytes[written...]))
    }

    mutating func close(_ slot: Int, _ manner: CloseManner, _ reactor: inout Reactor) {
        switch manner {
        case .fin:
            // What was received and never read would turn the FIN into an RST.
            while case .bytes = reactor.read(slot) {}
            forget(slot, &reactor)
        case .reset:
            reactor.reset(slot)
            release(slot, &reactor)
        case .vanish:
            reactor.cancelDeadline(slot)
            reactor.watch(slot, .peerFinished)
            connections[slot].isVanished = true
            vanished += 1
        }
    }

    mutating func forget(_ slot: Int, _ reactor: inout Reactor) {
        reactor.close(slot)
        release(slot, &reactor)
    }

    private mutating func release(_ slot: Int, _ reactor: inout Reactor) {
        reactor.cancelDeadline(slot)
        if connections[slot].isVanished { vanished -= 1 }
        connections[slot].state?.deallocate()
        leavePlace(slot)
        if connections[slot].isHanded { entrance?.noteOver(identity.gateway, &reactor) }
        logins?.remove(slot)
        connections.remove(slot)
        counters.open -= 1
        page.noteClosed()
        stopIfLeft(&reactor)
    }
}
