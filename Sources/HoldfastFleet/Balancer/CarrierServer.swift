import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// A process that carries bytes for a balancer, which picks the gateway, connects, and gives both connections away: a
/// balancer of more connections than a process may have descriptors has several.
struct CarrierServer: ~Copyable {
    private let path: String
    private var carrier: FlowCarrier
    /// By gateway: flows that are over and of which the balancer does not know yet.
    private var untold: [UInt32]

    /// How long a balancer is left alone that has not read for long, or for which there is no room.
    private static let pause = Span.milliseconds(1)
    private static let takenPerTurn = 64

    /// Takes flows to `gateways` gateways over at `path`, at most `capacity` at once.
    init(path: String, gateways: Int, capacity: Int) {
        self.path = path
        carrier = FlowCarrier(capacity: capacity)
        untold = [UInt32](repeating: 0, count: gateways)
    }

    /// Slots that its reactor needs.
    var slots: Int { passageSlot + 1 }

    /// Flows that are here now.
    var count: Int { carrier.flows.count }

    /// What it has done so far: those who come and go are the balancer's to count.
    var counters: BalancerCounters {
        var counters = BalancerCounters()
        counters.bytes = carrier.bytes
        return counters
    }

    private var listenerSlot: Int { 2 * carrier.flows.capacity }
    private var passageSlot: Int { listenerSlot + 1 }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {
        let listener = try Passage.listen(at: path)
        let failure = reactor.attach(listener, to: listenerSlot, .listener)
        guard failure == 0 else { throw SystemError(call: "watch \(path)", code: failure) }
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        switch slot {
        case listenerSlot: accept(&reactor)
        case passageSlot: takeOver(&reactor)
        default: noteEnd(carrier.ready(slot, readiness, &reactor), &reactor)
        }
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {
        guard reactor.descriptor(of: passageSlot) >= 0 else { return }
        reactor.watch(passageSlot, .readable)
        tell(&reactor)
    }

    /// There is one balancer: a newer passage takes the place of an older one.
    private mutating func accept(_ reactor: inout Reactor) {
        guard let passage = Passage.accept(reactor.descriptor(of: listenerSlot)) else { return }
        if reactor.descriptor(of: passageSlot) >= 0 { reactor.close(passageSlot) }
        // What this one has never opened is none of its business.
        untold = [UInt32](repeating: 0, count: untold.count)
        _ = reactor.attach(passage, to: passageSlot, .readable)
    }

    private mutating func takeOver(_ reactor: inout Reactor) {
        for _ in 0..<CarrierServer.takenPerTurn {
            guard carrier.flows.count < carrier.flows.capacity else {
                // Those that are over are told in a moment; until then the balancer keeps what it has.
                reactor.watch(passageSlot, .nothing)
                return reactor.setDeadline(passageSlot, reactor.now + CarrierServer.pause)
            }
            switch Passage.receive(from: reactor.descriptor(of: passageSlot)) {
            case .message(let message): open(message, &reactor)
            case .nothing: return
            case .ended: return reactor.close(passageSlot)
            }
        }
    }

    private mutating func open(_ message: Passage.Message, _ reactor: inout Reactor) {
        var new = Flow(source: Endpoint(address: 0, port: 0), session: 0, ordinal: 0, gateway: message.gateway)
        new.isOpen = true
        // Descriptors do not arrive where the process may not have any more; the kernel has closed them then.
        guard message.client >= 0, message.upstream >= 0, let flow = carrier.flows.insert(new) else {
            for descriptor in [message.client, message.upstream] where descriptor >= 0 { Socket.reset(descriptor) }
            return noteEnd(message.gateway, &reactor)
        }
        // What has come meanwhile is told at once.
        guard reactor.attach(message.client, to: 2 * flow, .incoming) == 0 else {
            Socket.reset(message.upstream)
            carrier.flows.remove(flow)
            return noteEnd(message.gateway, &reactor)
        }
        guard reactor.attach(message.upstream, to: 2 * flow + 1, .outgoing) == 0 else {
            reactor.reset(2 * flow)
            carrier.flows.remove(flow)
            return noteEnd(message.gateway, &reactor)
        }
    }

    /// A flow to `gateway` is over; nil: none is.
    private mutating func noteEnd(_ gateway: GatewayID?, _ reactor: inout Reactor) {
        guard let gateway else { return }
        untold[Int(gateway)] += 1
        tell(&reactor)
    }

    private mutating func tell(_ reactor: inout Reactor) {
        let passage = reactor.descriptor(of: passageSlot)
        guard passage >= 0 else { return }
        for gateway in untold.indices where untold[gateway] > 0 {
            let message = Passage.Message(gateway: GatewayID(gateway), count: untold[gateway])
            guard Passage.send(message, over: passage) == 0 else {
                return reactor.setDeadline(passageSlot, reactor.now + CarrierServer.pause)
            }
            untold[gateway] = 0
        }
    }
}
