import HoldfastCore
import HoldfastReactor

/// Flows through one process: bytes, FIN and RST pass as they come. Flow f has its client at slot 2f and its gateway at
/// slot 2f + 1.
struct FlowCarrier: ~Copyable {
    /// Every flow, also those whose gateway is not reached yet: nothing passes in these.
    var flows: Slab<Flow>
    /// Bytes that passed, both ways.
    private(set) var bytes: UInt64 = 0
    /// Resets that it kept from clients, as its tables want it.
    var resetsLost: UInt64 = 0

    /// How long the flows of each table may be idle, and what becomes of them then; nil is for ever.
    private let tables: [MiddleboxPolicy?]
    /// Of the draws for what is lost.
    let seed: Seed

    /// At most `capacity` flows at once, all in one table.
    init(capacity: Int, table: MiddleboxPolicy? = nil) {
        self.init(capacity: capacity, tables: [table], seed: Seed(0))
    }

    /// At most `capacity` flows at once, each in one of several tables.
    init(capacity: Int, tables: [MiddleboxPolicy?], seed: Seed) {
        flows = Slab(capacity: capacity)
        self.tables = tables
        self.seed = seed
    }

    /// The policy of a flow's table.
    func table(of flow: Int) -> MiddleboxPolicy? { tables[flows[flow].table] }

    /// Both ends are there: passes on what the client has sent while it waited, and what `readiness` says of the
    /// gateway. The gateway of the flow if it is over now.
    mutating func begin(_ flow: Int, _ readiness: Readiness, _ reactor: inout Reactor) -> GatewayID? {
        let gateway = flows[flow].gateway
        flows[flow].isOpen = true
        startClock(flow, &reactor)
        guard pump(flow, from: 2 * flow, untilNothing: true, hasFailed: false, &reactor) else { return gateway }
        guard readiness.contains(.readable) || readiness.isOver else { return nil }
        let goesOn = pump(flow, from: 2 * flow + 1, untilNothing: readiness.isOver, hasFailed: false, &reactor)
        return goesOn ? nil : gateway
    }

    /// One end of an open flow is ready. The gateway of the flow if it is over now.
    mutating func ready(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) -> GatewayID? {
        let flow = slot >> 1
        guard !flows[flow].isExpired else {
            endExpired(slot, readiness, &reactor)
            return nil
        }
        let gateway = flows[flow].gateway
        if readiness.contains(.writable), !resume(flow, toward: slot, &reactor) { return gateway }
        guard readiness.contains(.readable) || readiness.isOver else { return nil }
        let goesOn = pump(
            flow,
            from: slot,
            untilNothing: readiness.isOver,
            hasFailed: readiness.contains(.failed),
            &reactor
        )
        return goesOn ? nil : gateway
    }
}

extension FlowCarrier {
    /// Passes on what `slot` has sent: until less came than the buffer holds, or until nothing is left. False when the
    /// flow is over.
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
                self.bytes += UInt64(count)
                if isClient || table(of: flow)?.refresh != .client { flows[flow].lastHeard = reactor.now }
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
        remove(flow, &reactor)
        return false
    }

    /// An RST stays an RST, unless it is lost: whichever side broke, the other is reset.
    private mutating func abort(_ flow: Int, broken slot: Int, _ reactor: inout Reactor) {
        reactor.close(slot)
        guard !flows[flow].losesResets else {
            resetsLost += 1
            flows[flow].answersWithReset = true
            silence(flow)
            return reactor.watch(slot ^ 1, .incoming)
        }
        reactor.reset(slot ^ 1)
        remove(flow, &reactor)
    }
}
