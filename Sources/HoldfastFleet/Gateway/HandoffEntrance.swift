import HoldfastCore
import HoldfastReactor

/// Where a gateway takes connections over that a balancer has accepted: a passage instead of a listener.
struct HandoffEntrance {
    /// Slots that it needs behind the gateway's own: its listener's, and the passage's.
    static let slots = 2

    private let path: String
    private let gateway: GatewayID
    private let listenerSlot: Int
    /// Connections that are over and of which the balancer does not know yet.
    private var untold: UInt32 = 0

    /// How long the balancer is left alone that has not read for long.
    private static let pause = Span.milliseconds(1)

    /// At `path`, for `gateway`; its slots begin at `firstSlot`.
    init(path: String, gateway: GatewayID, firstSlot: Int) {
        self.path = path
        self.gateway = gateway
        listenerSlot = firstSlot
    }

    /// The slot of the passage.
    var passageSlot: Int { listenerSlot + 1 }

    func listen(_ reactor: inout Reactor) throws(SystemError) {
        let listener = try Passage.listen(at: path)
        let failure = reactor.attach(listener, to: listenerSlot, .listener)
        guard failure == 0 else { throw SystemError(call: "watch \(path)", code: failure) }
    }

    /// The listener is ready: there is one balancer, so a newer passage takes the place of an older one.
    func isListener(_ slot: Int) -> Bool { slot == listenerSlot }

    mutating func accept(_ reactor: inout Reactor) {
        guard let passage = Passage.accept(reactor.descriptor(of: listenerSlot)) else { return }
        close(&reactor)
        _ = reactor.attach(passage, to: passageSlot, .readable)
    }

    /// The next connection that was handed over.
    func next(_ reactor: borrowing Reactor) -> Passage.Outcome {
        let passage = reactor.descriptor(of: passageSlot)
        return passage >= 0 ? Passage.receive(from: passage) : .nothing
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

    /// A connection that was handed over is over.
    mutating func noteOver(_ reactor: inout Reactor) {
        untold += 1
        tell(&reactor)
    }

    /// Takes over no more than what is on its way.
    mutating func leave(_ reactor: inout Reactor) {
        if reactor.descriptor(of: listenerSlot) >= 0 { reactor.close(listenerSlot) }
        let passage = reactor.descriptor(of: passageSlot)
        if passage >= 0 { _ = Passage.send(.leaving(gateway), over: passage) }
    }

    /// The balancer is gone.
    mutating func close(_ reactor: inout Reactor) {
        untold = 0
        reactor.cancelDeadline(passageSlot)
        if reactor.descriptor(of: passageSlot) >= 0 { reactor.close(passageSlot) }
    }

    private mutating func tell(_ reactor: inout Reactor) {
        let passage = reactor.descriptor(of: passageSlot)
        guard untold > 0, passage >= 0 else { return }
        if Passage.send(Passage.Message(gateway: gateway, count: untold), over: passage) == 0 {
            untold = 0
        } else if reactor.deadline(of: passageSlot) == .never {
            reactor.setDeadline(passageSlot, reactor.now + HandoffEntrance.pause)
        }
    }
}

extension Passage.Message {
    /// `gateway` takes no more connections over.
    static func leaving(_ gateway: GatewayID) -> Passage.Message {
        Passage.Message(gateway: gateway, count: leavingMark)
    }

    /// Whether the gateway takes no more connections over.
    var isLeaving: Bool { count == Passage.Message.leavingMark }

    private static let leavingMark = UInt32.max
}
