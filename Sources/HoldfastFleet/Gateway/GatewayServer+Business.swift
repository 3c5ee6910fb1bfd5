import HoldfastCore
import HoldfastReactor

/// What a gateway pushes to its sessions.
extension GatewayServer {
    /// More than this waits in vain behind a connection that nobody reads.
    private static let mostWaitingBytes = 64 * 1024
    /// How long a connection that takes no more is left alone.
    private static let pushPause = Span.milliseconds(10)

    /// t0 is known: whoever is here has messages from now on.
    mutating func startBusiness(at t0: Instant, _ reactor: inout Reactor) {
        business?.start(at: t0)
        for slot in 0..<connections.end where connections.contains(slot) && !connections[slot].isDeaf {
            let brain = connections[slot].brain
            guard brain.phase == .admitted || brain.phase == .leaving else { continue }
            business?.open(slot, brain.session, brain.ordinal, reactor.now)
            carry(slot, &reactor)
        }
    }

    /// Sends what is due on a connection, and keeps the deadline of what is next.
    mutating func carry(_ slot: Int, _ reactor: inout Reactor) {
        let brain = connections[slot].brain
        var deadline = Instant.never
        while true {
            guard connections[slot].outgoing.count < GatewayServer.mostWaitingBytes else {
                deadline = reactor.now + GatewayServer.pushPause
                break
            }
            guard let letter = business?.nextSending(slot, brain.session, brain.ordinal, reactor.now) else {
                deadline = business?.deadline(of: slot) ?? .never
                break
            }
            let intended = UInt64(clamping: letter.intended.nanoseconds)
            let payload = business?.policy.payloadBytes ?? 0
            let frame = Frame.data(kind: .push, message: letter.number)
            guard send(frame, payloadBytes: payload, intended: intended, slot, &reactor) else {
                return act(slot, .closedByPeer, &reactor)
            }
        }
        deadline = min(deadline, connections[slot].brain.deadline)
        if deadline != reactor.deadline(of: slot) { reactor.setDeadline(slot, deadline) }
    }

    /// A session was admitted, or its connection is over.
    mutating func noteForBusiness(_ slot: Int, isAdmission: Bool, _ now: Instant) {
        let brain = connections[slot].brain
        if isAdmission {
            business?.admit(slot, brain.session, brain.ordinal, now)
        } else {
            business?.close(slot, brain.session, brain.ordinal)
        }
    }

    /// A session sent something beside beats.
    mutating func hear(_ frame: Frame, _ slot: Int) {
        guard case .data(.ack, let number) = frame else { return }
        let brain = connections[slot].brain
        business?.acknowledge(number, slot, brain.session, brain.ordinal)
    }
}
