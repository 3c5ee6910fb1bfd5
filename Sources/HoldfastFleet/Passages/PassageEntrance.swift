import HoldfastCore
import HoldfastReactor

/// Where a gateway, or a process that carries for a balancer, takes connections over that the balancer has accepted.
struct PassageEntrance {
    /// Slots that it needs: its listener's, and the passage's.
    static let slots = 2

    private let path: String
    private let listenerSlot: Int
    private let firstGateway: GatewayID
    /// By gateway: connections that are over and of which the balancer does not know yet.
    private var untold: [UInt32]

    /// How long a balancer is left alone that has not read for long.
    static let pause = Span.milliseconds(1)

    /// At `path`, for connections of `gateways`; its slots begin at `firstSlot`.
    init(path: String, gateways: Range<GatewayID>, firstSlot: Int) {
        self.path = path
        listenerSlot = firstSlot
        firstGateway = gateways.lowerBound
        untold = [UInt32](repeating: 0, count: gateways.count)
    }

    private var passageSlot: Int { listenerSlot + 1 }

    func listen(_ reactor: inout Reactor) throws(SystemError) {
        let listener = try Passage.listen(at: path)
        let failure = reactor.attach(listener, to: listenerSlot, .listener)
        guard failure == 0 else { throw SystemError(call: "watch \(path)", code: failure) }
    }

    /// Whether `slot`, which is ready and one of its own, is that of connections; else a balancer has come, of which
    /// there is one: its passage takes the place of an older one.
    mutating func isPassage(_ slot: Int, _ reactor: inout Reactor) -> Bool {
        guard slot == listenerSlot else { return true }
        if let passage = Passage.accept(reactor.descriptor(of: listenerSlot)) {
            close(&reactor)
            _ = reactor.attach(passage, to: passageSlot, .readable)
        }
        return false
    }

    /// The next connection to take over; nil when there is none for now.
    mutating func next(_ reactor: inout Reactor) -> Passage.Message? {
        let passage = reactor.descriptor(of: passageSlot)
        guard passage >= 0 else { return nil }
        switch Passage.receive(from: passage) {
        case .message(let message): return message
        case .nothing: return nil
        case .ended:
            close(&reactor)
            return nil
        }
    }

    /// Takes nothing over until `end`.
    func rest(until end: Instant, _ reactor: inout Reactor) {
        reactor.watch(passageSlot, .nothing)
        reactor.setDeadline(passageSlot, end)
    }

    /// The deadline of the passage is reached.
    mutating func goOn(_ reactor: inout Reactor) {
        guard reactor.descriptor(of: passageSlot) >= 0 else { return }
        reactor.watch(passageSlot, .readable)
        tell(&reactor)
    }

    /// A connection of `gateway` that was taken over is over.
    mutating func noteOver(_ gateway: GatewayID, _ reactor: inout Reactor) {
        untold[Int(gateway - firstGateway)] += 1
        tell(&reactor)
    }

    /// Takes over no more than what is on its way.
    mutating func leave(_ reactor: inout Reactor) {
        if reactor.descriptor(of: listenerSlot) >= 0 { reactor.close(listenerSlot) }
        let passage = reactor.descriptor(of: passageSlot)
        if passage >= 0 { _ = Passage.send(.leaving, over: passage) }
    }

    /// Takes over again, as a new process would: the balancer opens another passage.
    mutating func comeBack(_ reactor: inout Reactor) { close(&reactor) }

    /// The balancer is gone.
    private mutating func close(_ reactor: inout Reactor) {
        // The next one has never opened these.
        for gateway in untold.indices { untold[gateway] = 0 }
        reactor.cancelDeadline(passageSlot)
        if reactor.descriptor(of: passageSlot) >= 0 { reactor.close(passageSlot) }
    }

    private mutating func tell(_ reactor: inout Reactor) {
        let passage = reactor.descriptor(of: passageSlot)
        guard passage >= 0 else { return }
        for gateway in untold.indices where untold[gateway] > 0 {
            let message = Passage.Message(gateway: firstGateway + GatewayID(gateway), count: untold[gateway])
            guard Passage.send(message, over: passage) == 0 else {
                if reactor.deadline(of: passageSlot) == .never {
                    reactor.setDeadline(passageSlot, reactor.now + PassageEntrance.pause)
                }
                return
            }
            untold[gateway] = 0
        }
    }
}

extension Passage.Message {
    /// The sender takes no more connections over.
    static let leaving = Passage.Message(gateway: 0, count: .max)

    /// Whether its sender takes no more connections over.
    var isLeaving: Bool { count == .max }

    /// Closes the connections, which another process has now.
    func close() {
        for descriptor in [client, upstream] where descriptor >= 0 { Socket.close(descriptor) }
    }

    /// Resets the connections, which nobody takes.
    func reset() {
        for descriptor in [client, upstream] where descriptor >= 0 { Socket.reset(descriptor) }
    }
}
