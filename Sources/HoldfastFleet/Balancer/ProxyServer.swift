import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// A layer-4 proxy on the reactor: picks a gateway for each client once, then passes bytes, FIN and RST as they come.
///
/// It may give connections away: a client at once, to the gateway that it picked (`handoff`), or both connections, as
/// soon as the gateway is reached, to one of its carriers, which are other processes. Picks, counts, and who is in
/// service are its own business all the same, so they do not depend on who carries bytes.
///
/// Flow f of the slab has its client at slot 2f and its gateway at slot 2f + 1; the listener's slot lies behind them,
/// and those of the passages and of the health checks behind that.
struct ProxyServer: ~Copyable {
    /// Where it listens, and where everybody else is.
    struct Surroundings {
        var endpoint: Endpoint
        /// Whether others listen there as well, and the kernel deals clients to all of them.
        var isShared = false
        /// All gateways' port, each on its own address.
        var gatewayPort: UInt16
        /// Tells whose client a source address and port is; nil when sources say nothing.
        var sources: SourceAddressing?
        /// How long a connect to a gateway may take.
        var connectTimeout: Span
        /// Who has the connections.
        var carriage = Carriage.own
        /// How it looks at gateways; nil is not at all.
        var checks: HealthChecker.Policy?
        /// What becomes of flows that are idle; nil is nothing.
        var table: MiddleboxPolicy?
    }

    /// How long a proxy without descriptors left waits before it accepts again.
    private static let acceptPause = Span.milliseconds(100)
    private static let acceptsPerTurn = 64

    private var tally = BalancerCounters()
    private(set) var balancer: Balancer
    /// Connections to each gateway that were made, and those of them that are over.
    private(set) var opened: [UInt64]
    private(set) var closed: [UInt64]

    /// Whether it could not take a client for want of a descriptor.
    private(set) var hadNoRoom = false

    private let surroundings: Surroundings
    private var carrier: FlowCarrier
    private var passages: PassageLinks
    private var checker: HealthChecker?
    /// By gateway: whether it is not in the fleet, and whether checks have found it to be down.
    private var isAbsent: [Bool]
    private var isDown: [Bool]

    /// A proxy for at most `capacity` clients at once; its reactor has `slots(capacity)` slots.
    init(_ balancer: Balancer, _ surroundings: Surroundings, capacity: Int) {
        self.balancer = balancer
        self.surroundings = surroundings
        opened = [UInt64](repeating: 0, count: balancer.connections.count)
        closed = opened
        carrier = FlowCarrier(capacity: capacity, table: surroundings.table)
        passages = PassageLinks(
            paths: surroundings.carriage.paths,
            gateways: opened.count,
            firstSlot: 2 * capacity + 1
        )
        let firstCheck = 2 * capacity + 1 + passages.count
        checker = surroundings.checks.map { policy in
            HealthChecker(policy, gateways: balancer.connections.count, firstSlot: firstCheck)
        }
        isDown = balancer.connections.map { _ in false }
        isAbsent = balancer.connections.indices.map { !balancer.isInService(GatewayID($0), now: .zero) }
    }

    /// Slots that its reactor needs.
    var slots: Int { listenerSlot + 1 + passages.count + (checker?.count ?? 0) }

    /// How often it looks at gateways; nil is never.
    var checkInterval: Span? { checker?.policy.settings.interval }

    /// What it has done so far.
    var counters: BalancerCounters {
        var counters = tally
        counters.bytes = carrier.bytes
        return counters
    }

    /// Clients that are here now.
    var count: Int { carrier.flows.count }

    private var listenerSlot: Int { 2 * carrier.flows.capacity }

    /// `gateway` has left the fleet: it is given no new connections.
    mutating func retire(_ gateway: GatewayID, _ reactor: inout Reactor) {
        isAbsent[Int(gateway)] = true
        balancer.retire(gateway)
        checker?.cancel(gateway, &reactor)
    }

    /// `gateway` has joined the fleet.
    mutating func enlist(_ gateway: GatewayID, now: Instant) {
        isAbsent[Int(gateway)] = false
        if !isDown[Int(gateway)] { balancer.enlist(gateway, now: now) }
    }

    /// Looks at every gateway of the fleet.
    mutating func check(_ reactor: inout Reactor) {
        for gateway in isAbsent.indices where !isAbsent[gateway] {
            follow(checker?.begin(GatewayID(gateway), &reactor), reactor.now)
        }
    }

    private mutating func follow(_ change: HealthChecker.Change?, _ now: Instant) {
        guard let change else { return }
        isDown[Int(change.gateway)] = !change.isUp
        guard !isAbsent[Int(change.gateway)] else { return }
        if change.isUp { balancer.enlist(change.gateway, now: now) } else { balancer.retire(change.gateway) }
    }

    /// Begins anew as another process would, and carries on with the connections that there are. One that forgets its
    /// counts keeps those that are still being made.
    mutating func reload(keepsCounts: Bool) {
        balancer.reload(keepsCounts: keepsCounts)
        guard !keepsCounts else { return }
        for flow in 0..<carrier.flows.end where carrier.flows.contains(flow) {
            if carrier.flows[flow].isOpen {
                carrier.flows[flow].isForgotten = true
            } else {
                balancer.adopt(carrier.flows[flow].gateway)
            }
        }
    }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {
        let listener = try Socket.listen(on: surroundings.endpoint, isShared: surroundings.isShared)
        let failure = reactor.attach(listener, to: listenerSlot, .listener)
        guard failure == 0 else { throw SystemError(call: "watch \(surroundings.endpoint)", code: failure) }
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        if slot == listenerSlot { return accept(&reactor) }
        if slot > listenerSlot + passages.count {
            return follow(checker?.ready(slot, readiness, &reactor), reactor.now)
        }
        if slot > listenerSlot { return hear(passages.link(of: slot), &reactor) }
        let flow = slot >> 1
        guard carrier.flows[flow].isOpen else { return becomeReady(flow, slot, readiness, &reactor) }
        let isForgotten = carrier.flows[flow].isForgotten
        noteEnd(carrier.ready(slot, readiness, &reactor), isForgotten: isForgotten)
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {
        if slot == listenerSlot { return reactor.watch(listenerSlot, .listener) }
        let flow = slot >> 1
        guard slot & 1 == 0 else { return connectFailed(flow, ETIMEDOUT, &reactor) }
        let isForgotten = carrier.flows[flow].isForgotten
        noteEnd(carrier.deadlineReached(slot, &reactor), isForgotten: isForgotten)
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
                hadNoRoom = true
                reactor.watch(listenerSlot, .nothing)
                return reactor.setDeadline(listenerSlot, reactor.now + ProxyServer.acceptPause)
            }
        }
    }

    private mutating func open(_ descriptor: Int32, _ source: Endpoint, _ reactor: inout Reactor) {
        tally.accepted += 1
        let owner = surroundings.sources?.owner(of: SourceAddressing.origin(of: source))
        // A stranger has draws of its own, keyed by where it comes from.
        let (session, ordinal) = owner ?? (source.address, Ordinal(source.port))
        guard let gateway = balancer.pick(session: session, ordinal: ordinal, now: reactor.now) else {
            tally.rejected += 1
            return Socket.reset(descriptor)
        }
        if case .gateways(_, let processes) = surroundings.carriage {
            return handOff(descriptor, session, ordinal, gateway, processes: processes, &reactor)
        }
        let new = Flow(source: source, session: session, ordinal: ordinal, gateway: gateway)
        guard let flow = carrier.flows.insert(new) else {
            hadNoRoom = true
            balancer.closed(gateway)
            tally.rejected += 1
            return Socket.reset(descriptor)
        }
        guard reactor.attach(descriptor, to: 2 * flow, .incoming) == 0 else {
            balancer.closed(gateway)
            tally.rejected += 1
            return carrier.flows.remove(flow)
        }
        connect(flow, &reactor)
    }

    private mutating func connect(_ flow: Int, _ reactor: inout Reactor) {
        let address = FleetAddressing.gateway(carrier.flows[flow].gateway)
        let destination = Endpoint(address: address, port: surroundings.gatewayPort)
        let source = SourceAddressing.upstream(of: carrier.flows[flow].source)
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
        tally.upstreamFailures += 1
        let failed = carrier.flows[flow].gateway
        guard ConnectFailure(errno: code) != .noPort else {
            // Our own shortage says nothing about the gateway.
            hadNoRoom = true
            balancer.closed(failed)
            return reject(flow, &reactor)
        }
        let next = balancer.pickAgain(
            after: failed,
            session: carrier.flows[flow].session,
            ordinal: carrier.flows[flow].ordinal,
            attempt: carrier.flows[flow].attempt,
            now: reactor.now
        )
        guard let next else { return reject(flow, &reactor) }
        carrier.flows[flow].gateway = next
        carrier.flows[flow].attempt += 1
        connect(flow, &reactor)
    }

    private mutating func reject(_ flow: Int, _ reactor: inout Reactor) {
        tally.rejected += 1
        reactor.reset(2 * flow)
        carrier.flows.remove(flow)
    }

    /// Before the gateway is reached the client is not read: its bytes, and its FIN, wait in the kernel.
    private mutating func becomeReady(_ flow: Int, _ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        let (client, upstream) = (2 * flow, 2 * flow + 1)
        if slot == client {
            guard readiness.contains(.failed) else { return }
            balancer.closed(carrier.flows[flow].gateway)
            reactor.cancelDeadline(upstream)
            reactor.reset(upstream)
            reactor.close(client)
            return carrier.flows.remove(flow)
        }
        if readiness.contains(.failed) { return connectFailed(flow, reactor.takeError(upstream), &reactor) }
        guard readiness.contains(.writable) else { return }
        reactor.cancelDeadline(upstream)
        if case .carriers = surroundings.carriage { return giveAway(flow, &reactor) }
        opened[Int(carrier.flows[flow].gateway)] += 1
        noteEnd(carrier.begin(flow, readiness, &reactor))
    }

    /// Flows to `gateway` are over; nil: none is.
    private mutating func noteEnd(_ gateway: GatewayID?, count: UInt64 = 1, isForgotten: Bool = false) {
        guard let gateway else { return }
        closed[Int(gateway)] += count
        guard !isForgotten else { return }
        for _ in 0..<count { balancer.closed(gateway) }
    }
}

// MARK: Connections are given away

extension ProxyServer {
    /// Gives a client to its gateway, or to the next one that can be had.
    private mutating func handOff(
        _ client: Int32,
        _ session: SessionID,
        _ ordinal: Ordinal,
        _ first: GatewayID,
        processes: Int,
        _ reactor: inout Reactor
    ) {
        var gateway = first
        var attempt: UInt32 = 0
        while true {
            let links = Int(gateway) * processes..<(Int(gateway) + 1) * processes
            if passages.pass(Passage.Message(gateway: gateway, client: client), to: links, &reactor) == 0 {
                opened[Int(gateway)] += 1
                return
            }
            tally.upstreamFailures += 1
            let next = balancer.pickAgain(
                after: gateway,
                session: session,
                ordinal: ordinal,
                attempt: attempt,
                now: reactor.now
            )
            guard let next else {
                tally.rejected += 1
                return Socket.reset(client)
            }
            gateway = next
            attempt += 1
        }
    }

    /// Gives both connections of a flow to the carrier that has the fewest.
    private mutating func giveAway(_ flow: Int, _ reactor: inout Reactor) {
        let gateway = carrier.flows[flow].gateway
        let (client, upstream) = (reactor.detach(2 * flow), reactor.detach(2 * flow + 1))
        carrier.flows.remove(flow)
        let message = Passage.Message(gateway: gateway, client: client, upstream: upstream)
        if passages.pass(message, to: 0..<passages.count, &reactor) == 0 {
            opened[Int(gateway)] += 1
        } else {
            balancer.closed(gateway)
            tally.rejected += 1
            message.reset()
        }
    }

    /// A passage has room again, or connections that were given away are over.
    private mutating func hear(_ link: Int, _ reactor: inout Reactor) {
        passages.resume(link, &reactor)
        while let news = passages.next(link, &reactor) {
            switch news {
            case .over(let gateway, let count): noteEnd(gateway, count: count)
            case .lost(let counts): for (gateway, count) in counts { noteEnd(gateway, count: count) }
            case .leaving: break
            }
        }
    }
}
