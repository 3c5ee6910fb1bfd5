import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// A process that carries bytes for a balancer, which picks the gateway, connects, and gives both connections away: a
/// balancer of more connections than a process may have descriptors has several.
struct CarrierServer: ~Copyable {
    private var entrance: PassageEntrance
    private var carrier: FlowCarrier

    /// Whether it could not take a flow over for want of a descriptor.
    private(set) var hadNoRoom = false

    private static let takenPerTurn = 64

    /// Takes flows to `gateways` gateways over at `path`, at most `capacity` at once.
    init(path: String, gateways: Int, capacity: Int, table: MiddleboxPolicy? = nil) {
        entrance = PassageEntrance(path: path, gateways: 0..<GatewayID(gateways), firstSlot: 2 * capacity)
        carrier = FlowCarrier(capacity: capacity, table: table)
    }

    /// Slots that its reactor needs.
    var slots: Int { entranceSlot + PassageEntrance.slots }

    /// Flows that are here now.
    var count: Int { carrier.flows.count }

    /// What it has done so far: those who come and go are the balancer's to count.
    var counters: BalancerCounters {
        var counters = BalancerCounters()
        counters.bytes = carrier.bytes
        return counters
    }

    private var entranceSlot: Int { 2 * carrier.flows.capacity }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) { try entrance.listen(&reactor) }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        if slot < entranceSlot { return noteEnd(carrier.ready(slot, readiness, &reactor), &reactor) }
        if entrance.isPassage(slot, &reactor) { takeOver(&reactor) }
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {
        guard slot < entranceSlot else { return entrance.goOn(&reactor) }
        noteEnd(carrier.deadlineReached(slot, &reactor), &reactor)
    }
}

extension CarrierServer {
    private mutating func takeOver(_ reactor: inout Reactor) {
        for _ in 0..<CarrierServer.takenPerTurn {
            guard carrier.flows.count < carrier.flows.capacity else {
                hadNoRoom = true
                // Those that are over are told in a moment; until then the balancer keeps what it has.
                return entrance.rest(until: reactor.now + PassageEntrance.pause, &reactor)
            }
            guard let message = entrance.next(&reactor) else { return }
            if !open(message, &reactor) { noteEnd(message.gateway, &reactor) }
        }
    }

    /// False when there is no flow.
    private mutating func open(_ message: Passage.Message, _ reactor: inout Reactor) -> Bool {
        var new = Flow(source: Endpoint(address: 0, port: 0), session: 0, ordinal: 0, gateway: message.gateway)
        new.isOpen = true
        // Descriptors do not arrive where the process may not have any more; the kernel has closed them then.
        guard message.client >= 0, message.upstream >= 0, let flow = carrier.flows.insert(new) else {
            hadNoRoom = true
            message.reset()
            return false
        }
        // What has come meanwhile is told at once.
        guard reactor.attach(message.client, to: 2 * flow, .incoming) == 0 else {
            Socket.reset(message.upstream)
            carrier.flows.remove(flow)
            return false
        }
        guard reactor.attach(message.upstream, to: 2 * flow + 1, .outgoing) == 0 else {
            reactor.reset(2 * flow)
            carrier.flows.remove(flow)
            return false
        }
        carrier.startClock(flow, &reactor)
        return true
    }

    /// A flow to `gateway` is over; nil: none is.
    private mutating func noteEnd(_ gateway: GatewayID?, _ reactor: inout Reactor) {
        if let gateway { entrance.noteOver(gateway, &reactor) }
    }
}
