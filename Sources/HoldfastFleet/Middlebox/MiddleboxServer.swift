import Glibc
import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// A NAT, a firewall or somebody's load balancer as far as a program can be one: between clients and what they connect
/// to, it passes bytes, FIN and RST as they come, and forgets connections as its tables say.
///
/// It has both ends of TCP: what it is too late to forget about, or forgets, its kernel acknowledges all the same, and
/// what it refuses was connected for a moment.
///
/// Flow f of the slab has its client at slot 2f and what it connects to at slot 2f + 1; the listeners' slots lie behind
/// them.
struct MiddleboxServer: ~Copyable {
    /// A listener, which network whoever comes there is on, and where it goes on to.
    struct Entrance {
        var network = 0
        /// Nil: to the balancer.
        var gateway: GatewayID?
        var listener: Endpoint
        var destination: Endpoint
    }

    /// Where it listens, and where everybody else is.
    struct Surroundings {
        var entrances: [Entrance]
        /// Tells whose client a source address and port is; nil when sources say nothing.
        var sources: SourceAddressing?
        /// How long its own connect may take.
        var connectTimeout: Span
        /// Of the draws for what is lost.
        var seed: Seed
    }

    /// How long a middlebox without descriptors left waits before it accepts again.
    private static let acceptPause = Span.milliseconds(100)
    private static let acceptsPerTurn = 64

    /// Entries in its tables now.
    private(set) var entries: UInt64 = 0
    /// Whether it could not take a client for want of a descriptor, or of its own source port.
    private(set) var hadNoRoom = false

    /// What the timeline does to it now.
    var impairments: [Impairment] = []
    let surroundings: Surroundings
    let tables: MiddleboxTables
    var carrier: FlowCarrier
    private var tally = MiddleboxCounters()

    /// A middlebox for at most `capacity` clients at once; its reactor has `slots` slots.
    init(_ tables: consuming MiddleboxTables, _ surroundings: Surroundings, capacity: Int) {
        carrier = FlowCarrier(capacity: capacity, tables: tables.policies, seed: surroundings.seed)
        self.tables = tables
        self.surroundings = surroundings
    }

    /// Slots that its reactor needs.
    var slots: Int { firstListener + surroundings.entrances.count }

    /// Flows that are here now, those that it forgot included.
    var count: Int { carrier.flows.count }

    /// What it has done so far.
    var counters: MiddleboxCounters {
        var counters = tally
        counters.bytes = carrier.bytes
        counters.resetsLost = carrier.resetsLost
        return counters
    }

    var firstListener: Int { 2 * carrier.flows.capacity }

    mutating func listen(_ reactor: inout Reactor) throws(SystemError) {
        for (number, entrance) in surroundings.entrances.enumerated() {
            let listener = try Socket.listen(on: entrance.listener)
            let failure = reactor.attach(listener, to: firstListener + number, .listener)
            guard failure == 0 else { throw SystemError(call: "watch \(entrance.listener)", code: failure) }
        }
    }

    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        if slot >= firstListener { return accept(slot, &reactor) }
        let flow = slot >> 1
        guard carrier.flows[flow].isOpen else { return becomeReady(flow, slot, readiness, &reactor) }
        let table = carrier.flows[flow].table
        if carrier.ready(slot, readiness, &reactor) != nil { leave(table) }
    }

    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) {
        if slot >= firstListener { return reactor.watch(slot, .listener) }
        let flow = slot >> 1
        guard slot & 1 == 0 else { return connectFailed(flow, ETIMEDOUT, &reactor) }
        guard carrier.flows.contains(flow) else { return }
        let table = carrier.flows[flow].table
        guard carrier.deadlineReached(slot, &reactor) != nil else { return }
        leave(table)
        if let expiry = tables.policies[table]?.expiry { tally.noteExpired(expiry) }
    }

    mutating func leave(_ table: Int) {
        tables.leave(table)
        entries -= 1
    }
}

// MARK: Clients come

extension MiddleboxServer {
    private mutating func accept(_ slot: Int, _ reactor: inout Reactor) {
        for _ in 0..<MiddleboxServer.acceptsPerTurn {
            switch reactor.accept(slot) {
            case .accepted(let descriptor, let source): open(descriptor, source, slot - firstListener, &reactor)
            case .nothing: return
            case .failed:
                // The queue stays ready: without a pause this would spin.
                hadNoRoom = true
                reactor.watch(slot, .nothing)
                return reactor.setDeadline(slot, reactor.now + MiddleboxServer.acceptPause)
            }
        }
    }

    private mutating func open(_ descriptor: Int32, _ source: Endpoint, _ entrance: Int, _ reactor: inout Reactor) {
        tally.accepted += 1
        let owner = surroundings.sources?.owner(of: source)
        let network = surroundings.entrances[entrance].network
        let table = owner.map { tables.table(of: $0.session, from: network) } ?? 0
        guard tables.enter(table) else {
            tally.refused += 1
            return Socket.reset(descriptor)
        }
        entries += 1
        // A stranger has draws of its own, keyed by where it comes from.
        let (session, ordinal) = owner ?? (source.address, Ordinal(source.port))
        var new = Flow(source: source, session: session, ordinal: ordinal, gateway: GatewayID(entrance))
        new.table = table
        guard let flow = carrier.flows.insert(new) else {
            hadNoRoom = true
            leave(table)
            return Socket.reset(descriptor)
        }
        guard reactor.attach(descriptor, to: 2 * flow, .incoming) == 0 else {
            leave(table)
            return carrier.flows.remove(flow)
        }
        impair(flow, &reactor)
        if !carrier.flows[flow].isWaiting { connect(flow, &reactor) }
    }

    mutating func connect(_ flow: Int, _ reactor: inout Reactor) {
        let destination = surroundings.entrances[Int(carrier.flows[flow].gateway)].destination
        let source = SourceAddressing.upstream(of: carrier.flows[flow].source)
        let failure = reactor.connect(2 * flow + 1, from: source, to: destination)
        guard failure == 0 else { return connectFailed(flow, failure, &reactor) }
        reactor.setDeadline(2 * flow + 1, reactor.now + surroundings.connectTimeout)
    }

    private mutating func connectFailed(_ flow: Int, _ code: Int32, _ reactor: inout Reactor) {
        tally.upstreamFailures += 1
        // Our own shortage says nothing about who is behind.
        if ConnectFailure(errno: code) == .noPort { hadNoRoom = true }
        guard carrier.flows[flow].losesResets else { return abandon(flow, &reactor) }
        closeUpstream(flow, &reactor)
        carrier.flows[flow].isWaiting = true
    }

    private mutating func abandon(_ flow: Int, _ reactor: inout Reactor) {
        closeUpstream(flow, &reactor)
        reactor.reset(2 * flow)
        leave(carrier.flows[flow].table)
        carrier.flows.remove(flow)
    }

    private func closeUpstream(_ flow: Int, _ reactor: inout Reactor) {
        let upstream = 2 * flow + 1
        if reactor.descriptor(of: upstream) >= 0 { reactor.reset(upstream) }
        reactor.cancelDeadline(upstream)
    }

    /// Before the other end is reached the client is not read: its bytes, and its FIN, wait in the kernel.
    private mutating func becomeReady(_ flow: Int, _ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        let upstream = 2 * flow + 1
        if slot != upstream {
            let isGone = readiness.contains(.failed) || (carrier.flows[flow].isWaiting && readiness.isOver)
            if isGone { abandon(flow, &reactor) }
            return
        }
        if readiness.contains(.failed) { return connectFailed(flow, reactor.takeError(upstream), &reactor) }
        guard readiness.contains(.writable) else { return }
        reactor.cancelDeadline(upstream)
        let table = carrier.flows[flow].table
        if carrier.begin(flow, readiness, &reactor) != nil { return leave(table) }
        impair(flow, &reactor)
    }
}
