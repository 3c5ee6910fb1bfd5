import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// A layer-4 proxy on the reactor: picks a gateway for each client once, then passes bytes, FIN and RST as they come.
///
/// Flow f of the slab has its client at slot 2f and its gateway at slot 2f + 1; the listener's slot lies behind them.
struct ProxyServer: ~Copyable {
    /// Where it listens, and where everybody else is.
    struct Surroundings {
        var endpoint: Endpoint
        /// All gateways' port, each on its own address.
        var gatewayPort: UInt16
        /// Tells whose client a source address and port is; nil when sources say nothing.
        var sources: SourceAddressing?
        /// How long a connect to a gateway may take.
        var connectTimeout: Span
    }

    /// How long a proxy without descriptors left waits before it accepts again.
    private static let acceptPause = Span.milliseconds(100)
    private static let acceptsPerTurn = 64

    private(set) var counters = BalancerCounters()
    private(set) var balancer: Balancer
    /// Connections to each gateway that were made, and those of them that are over.
    private(set) var opened: [UInt64]
    private(set) var closed: [UInt64]

    private let surroundings: Surroundings
    private var flows: Slab<Flow>

    /// A proxy for at most `capacity` clients at once; its reactor has `slots(capacity)` slots.
    init(_ balancer: Balancer, _ surroundings: Surroundings, capacity: Int) {
        self.balancer = balancer
        self.surroundings = surroundings
        opened = [UInt64](repeating: 0, count: balancer.connections.count)
        closed = opened
        flows = Slab(capacity: capacity)
    }

    static func slots(_ capacity: Int) -> Int { 2 * capacity + 1 }

    /// Clients that are here now.
    var count: Int { flows.count }

    private var listenerSlot: Int { 2 * flows.capacity }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {
        let listener = try Socket.listen(on: surroundings.endpoint)
        let failure = reactor.attach(listener, to: listenerSlot, .listener)
        guard failure == 0 else { throw SystemError(call: "watch \(surroundings.endpoint)", code: failure) }
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        if slot == listenerSlot { return accept(&reactor) }
        let flow = slot >> 1
        guard flows[flow].isOpen else { return becomeReady(flow, slot, readiness, &reactor) }
        if readiness.contains(.writable), !resume(flow, toward: slot, &reactor) { return }
        if readiness.contains(.readable) || readiness.isOver {
            pump(flow, from: slot, untilNothing: readiness.isOver, hasFailed: readiness.contains(.failed), &reactor)
        }
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {
        if slot == listenerSlot { return reactor.watch(listenerSlot, .listener) }
        connectFailed(slot >> 1, ETIMEDOUT, &reactor)
    }
}

// MARK: Clients come

extension ProxyServer {
    private mutating func accept(_ reactor: inout Reactor) {
        for _ in 0..<ProxyServer.acceptsPerTurn {
            switch reactor.accept(listenerSlot) {
            case .accepted(let descriptor, let source): open(descriptor, source, &reactor)
            case .nothing: return
            case .failed:
                // The queue stays ready: without a pause this would spin.
                reactor.watch(listenerSlot, .nothing)
                return reactor.setDeadline(listenerSlot, reactor.now + ProxyServer.acceptPause)
            }
        }
    }

    private mutating func open(_ descriptor: Int32, _ source: Endpoint, _ reactor: inout Reactor) {
        counters.accepted += 1
        let owner = surroundings.sources?.owner(of: source)
        // A stranger has draws of its own, keyed by where it comes from.
        let (session, ordinal) = owner ?? (source.address, Ordinal(source.port))
        guard let gateway = balancer.pick(session: session, ordinal: ordinal, now: reactor.now) else {
            counters.rejected += 1
            return Socket.reset(descriptor)
        }
        let new = Flow(source: source, session: session, ordinal: ordinal, gateway: gateway)
        guard let flow = flows.insert(new) else {
            balancer.closed(gateway)
            counters.rejected += 1
            return Socket.reset(descriptor)
        }
        guard reactor.attach(descriptor, to: 2 * flow, .incoming) == 0 else {
            balancer.closed(gateway)
            counters.rejected += 1
            return flows.remove(flow)
        }
        connect(flow, &reactor)
    }

    private mutating func connect(_ flow: Int, _ reactor: inout Reactor) {
        let address = FleetAddressing.gateway(flows[flow].gateway)
        let destination = Endpoint(address: address, port: surroundings.gatewayPort)
        let source = SourceAddressing.upstream(of: flows[flow].source)
        let failure = reactor.connect(2 * flow + 1, from: source, to: destination)
        guard failure == 0 else { return connectFailed(flow, failure, &reactor) }
        // On one machine a refusal is known at once: the next client of this batch must not be sent there as well.
        let refusal = reactor.takeError(2 * flow + 1)
        guard refusal == 0 else { return connectFailed(flow, refusal, &reactor) }
        reactor.setDeadline(2 * flow + 1, reactor.now + surroundings.connectTimeout)
    }

    private mutating func connectFailed(_ flow: Int, _ code: Int32, _ reactor: inout Reactor) {
        let upstream = 2 * flow + 1
        if reactor.descriptor(of: upstream) >= 0 { reactor.reset(upstream) }
        reactor.cancelDeadline(upstream)
        counters.upstreamFailures += 1
        let failed = flows[flow].gateway
        guard ConnectFailure(errno: code) != .noPort else {
            // Our own shortage says nothing about the gateway.
            balancer.closed(failed)
            return reject(flow, &reactor)
        }
        let next = balancer.pickAgain(
            after: failed,
            session: flows[flow].session,
            ordinal: flows[flow].ordinal,
            attempt: flows[flow].attempt,
            now: reactor.now
        )
        guard let next else { return reject(flow, &reactor) }
        flows[flow].gateway = next
        flows[flow].attempt += 1
        connect(flow, &reactor)
    }

    private mutating func reject(_ flow: Int, _ reactor: inout Reactor) {
        counters.rejected += 1
        reactor.reset(2 * flow)
        flows.remove(flow)
    }

    /// Before the gateway is reached the client is not read: its bytes, and its FIN, wait in the kernel.
    private mutating func becomeReady(_ flow: Int, _ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        let (client, upstream) = (2 * flow, 2 * flow + 1)
        if slot == client {
            guard readiness.contains(.failed) else { return }
            balancer.closed(flows[flow].gateway)
            reactor.cancelDeadline(upstream)
            reactor.reset(upstream)
            reactor.close(client)
            return flows.remove(flow)
        }
        if readiness.contains(.failed) { return connectFailed(flow, reactor.takeError(upstream), &reactor) }
        guard readiness.contains(.writable) else { return }
        reactor.cancelDeadline(upstream)
        flows[flow].isOpen = true
        opened[Int(flows[flow].gateway)] += 1
        guard pump(flow, from: client, untilNothing: true, hasFailed: false, &reactor) else { return }
        if readiness.contains(.readable) || readiness.isOver {
            pump(flow, from: upstream, untilNothing: readiness.isOver, hasFailed: false, &reactor)
        }
    }
}

// MARK: Bytes pass

extension ProxyServer {
    /// Passes on what `slot` has sent: until less came than the buffer holds, or until nothing is left. False when the
    /// flow is over.
    @discardableResult
    private mutating func pump(
        _ flow: Int,
        from slot: Int,
        untilNothing: Bool,
        hasFailed: Bool,
        _ reactor: inout Reactor
    ) -> Bool {
        let isClient = slot & 1 == 0
        guard !flows[flow][fromClient: isClient].isFinished, flows[flow][fromClient: isClient].pending.isEmpty else {
            // Nothing is read from it now, so nothing else would tell.
            if hasFailed { abort(flow, broken: slot, &reactor) }
            return !hasFailed
        }
        while true {
            switch reactor.read(slot) {
            case .bytes(let count):
                counters.bytes += UInt64(count)
                let bytes = UnsafeRawBufferPointer(rebasing: reactor.buffer[..<count])
                guard case .wrote(let written) = reactor.write(slot ^ 1, bytes) else {
                    abort(flow, broken: slot ^ 1, &reactor)
                    return false
                }
                if written < count {
                    let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                    _ = flows[flow][fromClient: isClient].pending.append(rest)
                    reactor.watch(slot ^ 1, .outgoing)
                    return true
                }
                if count < reactor.buffer.count, !untilNothing { return true }
            case .nothing: return true
            case .finished: return passFinish(flow, from: slot, &reactor)
            case .failed:
                abort(flow, broken: slot, &reactor)
                return false
            }
        }
    }

    /// There is room again toward `slot`: what waits goes first, then its sender is read again. False when the flow is
    /// over.
    private mutating func resume(_ flow: Int, toward slot: Int, _ reactor: inout Reactor) -> Bool {
        let isFromClient = slot & 1 == 1
        guard !flows[flow][fromClient: isFromClient].pending.isEmpty else { return true }
        guard flows[flow][fromClient: isFromClient].pending.flush(slot, reactor) else {
            abort(flow, broken: slot, &reactor)
            return false
        }
        guard flows[flow][fromClient: isFromClient].pending.isEmpty else { return true }
        return pump(flow, from: slot ^ 1, untilNothing: true, hasFailed: false, &reactor)
    }

    /// A FIN stays a FIN, for one direction. False when that was the second one.
    private mutating func passFinish(_ flow: Int, from slot: Int, _ reactor: inout Reactor) -> Bool {
        reactor.finish(slot ^ 1)
        flows[flow][fromClient: slot & 1 == 0].isFinished = true
        guard flows[flow].isOver else { return true }
        reactor.close(slot)
        reactor.close(slot ^ 1)
        end(flow)
        return false
    }

    /// An RST stays an RST: whichever side broke, the other is reset.
    private mutating func abort(_ flow: Int, broken slot: Int, _ reactor: inout Reactor) {
        reactor.close(slot)
        reactor.reset(slot ^ 1)
        end(flow)
    }

    private mutating func end(_ flow: Int) {
        let gateway = flows[flow].gateway
        closed[Int(gateway)] += 1
        balancer.closed(gateway)
        flows.remove(flow)
    }
}
