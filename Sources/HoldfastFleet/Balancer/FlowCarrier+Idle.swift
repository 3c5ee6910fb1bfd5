import HoldfastCore
import HoldfastReactor

/// Flows that are idle for too long. The clock runs for bytes alone, of either end, as that of a proxy does: a kernel's
/// keepalive probes do not reach a program.
extension FlowCarrier {
    /// A flow is open from now on.
    mutating func startClock(_ flow: Int, _ reactor: inout Reactor) {
        guard let aging = table(of: flow)?.aging else { return }
        flows[flow].lastHeard = reactor.now
        reactor.setDeadline(2 * flow, reactor.now + aging)
    }

    /// The clock of the flow of `slot` has run out, unless bytes have come since it was wound. The gateway of the flow
    /// if its entry is gone now.
    mutating func deadlineReached(_ slot: Int, _ reactor: inout Reactor) -> GatewayID? {
        let flow = slot >> 1
        guard flows.contains(flow), !flows[flow].isExpired, let table = table(of: flow), let aging = table.aging
        else { return nil }
        let due = flows[flow].lastHeard + aging
        guard reactor.now >= due else {
            // Wound once for each time that it runs out, not for each byte.
            reactor.setDeadline(2 * flow, due)
            return nil
        }
        let gateway = flows[flow].gateway
        expire(flow, table, &reactor)
        return gateway
    }

    private mutating func expire(_ flow: Int, _ table: MiddleboxPolicy, _ reactor: inout Reactor) {
        let (client, upstream) = (2 * flow, 2 * flow + 1)
        switch table.expiry {
        case .fin:
            for slot in [client, upstream] {
                // What came and was never read would turn the FIN into an RST.
                while case .bytes = reactor.read(slot) {}
                reactor.close(slot)
            }
            remove(flow, &reactor)
        case .reset:
            reactor.reset(upstream)
            guard !losesReset(flow, table) else {
                resetsLost += 1
                silence(flow)
                return reactor.watch(client, .peerFinished)
            }
            reactor.reset(client)
            remove(flow, &reactor)
        case .drop, .answer: forget(flow, &reactor)
        }
    }

    /// Forgets an open flow without a word.
    mutating func forget(_ flow: Int, _ reactor: inout Reactor) {
        silence(flow)
        reactor.watch(2 * flow, answers(flow, isClient: true) ? .incoming : .peerFinished)
        reactor.watch(2 * flow + 1, .peerFinished)
    }

    mutating func silence(_ flow: Int) {
        flows[flow].isExpired = true
        flows[flow].toGateway = Flow.Direction()
        flows[flow].toClient = Flow.Direction()
    }

    /// The same draw for the same connection, whoever carries it.
    private func losesReset(_ flow: Int, _ table: MiddleboxPolicy) -> Bool {
        if flows[flow].losesResets { return true }
        guard table.resetLoss > 0 else { return false }
        return unitDouble(seed.resetLoss(session: flows[flow].session, ordinal: flows[flow].ordinal)) < table.resetLoss
    }

    /// Nothing passes through an expired flow, and neither end is told of the other's. Both kernels still acknowledge
    /// what they get, which one that forgets packets would not.
    mutating func endExpired(_ slot: Int, _ readiness: Readiness, _ reactor: inout Reactor) {
        let flow = slot >> 1
        let isClient = slot & 1 == 0
        if readiness.isOver {
            reactor.close(slot)
        } else if answers(flow, isClient: isClient), !flows[flow].losesResets, readiness.contains(.readable) {
            reactor.reset(slot)
        }
        let isOver = reactor.descriptor(of: 2 * flow) < 0 && reactor.descriptor(of: 2 * flow + 1) < 0
        if isOver { remove(flow, &reactor) }
    }

    /// Whether an end of a forgotten flow gets a reset for what it sends.
    private func answers(_ flow: Int, isClient: Bool) -> Bool {
        if flows[flow].answersWithReset { return true }
        return isClient && !flows[flow].isSevered && table(of: flow)?.expiry == .answer
    }

    mutating func remove(_ flow: Int, _ reactor: inout Reactor) {
        if table(of: flow) != nil { reactor.cancelDeadline(2 * flow) }
        flows.remove(flow)
    }
}
