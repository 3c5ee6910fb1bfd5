import HoldfastCore

/// Sessions, gateways and a balancer in one process and in virtual time: the brains are the real ones, the network is a
/// queue of events with one constant delay.
final class VirtualWorld {
    let delay: Span
    let policy: SessionPolicy
    let gatewayPolicy: GatewayPolicy
    var balancer: Balancer?
    private(set) var now = Instant.zero
    private(set) var sessions: [Session]
    private(set) var gateways: [VirtualGateway]
    private(set) var log: [Entry] = []
    private var queue = EventQueue()
    private var links: [LinkKey: GatewayID] = [:]

    /// What happened, for the record.
    struct Entry: Equatable {
        var at: Instant
        var session: SessionID
        var action: SessionAction
    }

    init(
        sessions: Int,
        gateways: Int,
        policy: SessionPolicy,
        gatewayPolicy: GatewayPolicy = GatewayPolicy(),
        balancer: Balancer? = nil,
        delay: Span = .milliseconds(1)
    ) {
        self.policy = policy
        self.gatewayPolicy = gatewayPolicy
        self.balancer = balancer
        self.delay = delay
        self.sessions = (0..<UInt32(sessions)).map(Session.init(id:))
        self.gateways = (0..<gateways).map { _ in VirtualGateway() }
    }

    /// Starts session i at `i * gap` from now.
    func establish(gap: Span = .milliseconds(1)) {
        for id in sessions.indices {
            queue.push(.session(UInt32(id), .started), at: now + gap * Int64(id))
        }
    }

    /// Runs `body` at `span` after the world's beginning, before the events of that instant.
    func at(_ span: Span, _ body: @escaping (VirtualWorld) -> Void) {
        queue.push(.script(body), at: Instant.zero + span)
    }

    /// Runs until `span` after the world's beginning. The bound on events keeps a mistake from running for ever.
    func run(until span: Span, atMost limit: Int = 2_000_000) {
        let end = Instant.zero + span
        var handled = 0
        while let (at, event) = queue.pop(before: end) {
            now = at
            perform(event)
            handled += 1
            precondition(handled <= limit, "The virtual world does not come to rest.")
        }
        now = end
    }

    /// Admitted sessions per gateway by the sessions' own account.
    var populations: [UInt64] {
        var counts = [UInt64](repeating: 0, count: gateways.count)
        for session in sessions where session.phase == .admitted { counts[Int(session.gateway)] += 1 }
        return counts
    }

    /// The digest of each gateway by the sessions' own account.
    var digests: [Digest] {
        var digests = [Digest](repeating: Digest(), count: gateways.count)
        for session in sessions where session.phase == .admitted {
            digests[Int(session.gateway)].insert(session: session.id, ordinal: session.ordinal)
        }
        return digests
    }

    func command(_ session: SessionID, _ command: SessionCommand) { drive(session, .commanded(command)) }

    func disconnects(_ mechanism: Mechanism) -> [Entry] { log.filter { $0.action == .notedDisconnect(mechanism) } }

    // MARK: Faults

    /// The kernel still accepts and acknowledges; nobody answers.
    func freeze(_ gateway: GatewayID) { gateways[Int(gateway)].isFrozen = true }

    /// Every connection is reset, and new ones are refused.
    func kill(_ gateway: GatewayID) {
        gateways[Int(gateway)].isListening = false
        for key in gateways[Int(gateway)].connections.keys.sorted() { sendToClient(key, .reset) }
        gateways[Int(gateway)].connections = [:]
    }

    /// Stops listening and asks everybody to leave.
    func drain(_ gateway: GatewayID) {
        gateways[Int(gateway)].isListening = false
        for key in gateways[Int(gateway)].connections.keys.sorted() {
            driveGateway(gateway, key, .commanded(.leave(.drain)))
        }
    }

    /// A frame from the gateway to a session on its present connection.
    func say(_ frame: Frame, to session: SessionID) {
        sendToClient(LinkKey(session: session, ordinal: sessions[Int(session)].ordinal), .frame(frame))
    }

    func kick(_ session: SessionID, _ reason: KickReason) {
        let key = LinkKey(session: session, ordinal: sessions[Int(session)].ordinal)
        driveGateway(sessions[Int(session)].gateway, key, .commanded(.kick(reason)))
    }

    func listen(_ gateway: GatewayID) { gateways[Int(gateway)].isListening = true }

    // MARK: The network

    private func perform(_ event: VirtualEvent) {
        switch event {
        case .script(let body): body(self)
        case .session(let id, let event): drive(id, event)
        case .sessionDeadline(let id):
            if sessions[Int(id)].deadline <= now { drive(id, .deadlineReached) }
        case .gatewayDeadline(let gateway, let key):
            if let connection = gateways[Int(gateway)].connections[key], connection.deadline <= now {
                driveGateway(gateway, key, .deadlineReached)
            }
        case .toClient(let key, let message): deliverToClient(key, message)
        case .toGateway(let key, let message): deliverToGateway(key, message)
        }
    }

    private func drive(_ id: SessionID, _ event: SessionEvent) {
        sessions[Int(id)].handle(event, now: now, policy: policy)
        while let action = sessions[Int(id)].nextAction() { perform(action, of: id) }
        let deadline = sessions[Int(id)].deadline
        guard deadline != .never else { return }
        queue.push(.sessionDeadline(id), at: max(now, deadline))
    }

    private func perform(_ action: SessionAction, of id: SessionID) {
        let key = LinkKey(session: id, ordinal: sessions[Int(id)].ordinal)
        switch action {
        case .connect(let gateway): connect(key, gateway)
        case .sendHello: sendToGateway(key, .hello)
        case .sendPing(let sequence): sendToGateway(key, .frame(.ping(sequence: sequence)))
        case .sendPong(let sequence):
            sendToGateway(key, .frame(.pong(sequence: sequence, intervalMilliseconds: 0)))
        case .sendBye(let reason): sendToGateway(key, .frame(.bye(reason)))
        case .close(.vanish): break
        case .close(let manner): sendToGateway(key, manner == .fin ? .fin : .reset)
        case .stop, .notedAdmission, .notedDisconnect, .notedConnectFailure, .notedAnswer, .notedMiss,
            .notedResumption:
            log.append(Entry(at: now, session: id, action: action))
        }
    }

    private func connect(_ key: LinkKey, _ wanted: GatewayID) {
        var target: GatewayID? = wanted
        if wanted == noGateway { target = balancer?.pick(session: key.session, ordinal: key.ordinal, now: now) }
        var attempt: UInt32 = 0
        while let gateway = target, !gateways[Int(gateway)].isListening, balancer != nil {
            target = balancer?
                .pickAgain(after: gateway, session: key.session, ordinal: key.ordinal, attempt: attempt, now: now)
            attempt += 1
        }
        guard let gateway = target else { return sendToClient(key, .reset) }
        guard gateways[Int(gateway)].isListening else { return sendToClient(key, .refused) }
        links[key] = gateway
        gateways[Int(gateway)].connections[key] = GatewayConnection(acceptedAt: now, policy: gatewayPolicy)
        sendToClient(key, .accepted)
    }

    private func sendToClient(_ key: LinkKey, _ message: VirtualMessage) {
        queue.push(.toClient(key, message), at: now + delay)
    }

    private func sendToGateway(_ key: LinkKey, _ message: VirtualMessage) {
        queue.push(.toGateway(key, message), at: now + delay)
    }

    private func deliverToClient(_ key: LinkKey, _ message: VirtualMessage) {
        let session = sessions[Int(key.session)]
        guard session.attempts > 0, session.ordinal == key.ordinal else { return }
        switch message {
        case .accepted: drive(key.session, .connected)
        case .refused: drive(key.session, .connectFailed(.refused))
        case .fin: drive(key.session, .closedByPeer(.fin))
        case .reset: drive(key.session, .closedByPeer(.reset))
        case .frame(let frame):
            sessions[Int(key.session)].noteProofOfLife(now)
            drive(key.session, SessionEvent(frame, isAdmitted: session.phase == .admitted))
        case .hello: preconditionFailure("A gateway says no HELLO.")
        }
    }

    private func deliverToGateway(_ key: LinkKey, _ message: VirtualMessage) {
        guard let gateway = links[key], !gateways[Int(gateway)].isFrozen else { return }
        guard gateways[Int(gateway)].connections[key] != nil else { return }
        switch message {
        case .hello: driveGateway(gateway, key, .loggedIn(session: key.session, ordinal: key.ordinal))
        case .frame(let frame): driveGateway(gateway, key, .received(frame))
        case .fin, .reset: driveGateway(gateway, key, .closedByPeer)
        case .accepted, .refused: preconditionFailure("Only gateways accept and refuse.")
        }
    }

    private func driveGateway(_ gateway: GatewayID, _ key: LinkKey, _ event: GatewayEvent) {
        guard var connection = gateways[Int(gateway)].connections[key] else { return }
        connection.handle(event, now: now, policy: gatewayPolicy)
        gateways[Int(gateway)].connections[key] = connection
        while let action = connection.nextAction() {
            switch action {
            case .sendWelcome:
                let dictated = gatewayPolicy.dictatedMilliseconds
                sendToClient(key, .frame(.welcome(gateway: gateway, incarnation: 0, intervalMilliseconds: dictated)))
            case .sendPing(let sequence): sendToClient(key, .frame(.ping(sequence: sequence)))
            case .notedAnswer, .notedMiss: break
            case .sendResponse(let message): sendToClient(key, .frame(.data(kind: .response, message: message)))
            case .sendPong(let sequence):
                sendToClient(key, .frame(.pong(sequence: sequence, intervalMilliseconds: 0)))
            case .sendGoaway(let reason, let target):
                sendToClient(key, .frame(.goaway(reason, target: target, delayMilliseconds: 0)))
            case .sendBye(let reason): sendToClient(key, .frame(.bye(reason)))
            case .sendKick(let reason): sendToClient(key, .frame(.kick(reason)))
            case .notedAdmission:
                gateways[Int(gateway)].digest.insert(session: key.session, ordinal: key.ordinal)
            case .notedEnd:
                gateways[Int(gateway)].digest.remove(session: key.session, ordinal: key.ordinal)
            case .close(let manner):
                if manner != .vanish { sendToClient(key, manner == .fin ? .fin : .reset) }
                gateways[Int(gateway)].connections[key] = nil
                if balancer != nil { balancer?.closed(gateway) }
                return
            }
        }
        gateways[Int(gateway)].connections[key] = connection
        if connection.deadline != .never {
            queue.push(.gatewayDeadline(gateway, key), at: max(now, connection.deadline))
        }
    }
}

/// One gateway of a virtual world.
struct VirtualGateway {
    var isListening = true
    var isFrozen = false
    var connections: [LinkKey: GatewayConnection] = [:]
    var digest = Digest()
}
