import HoldfastCore
import HoldfastReactor
import HoldfastResult

/// Requests of the sessions, and what is pushed to them.
extension WorkerDriver {
    /// When the worker has to do something that no session's own deadline is for.
    var nextSchedule: Instant {
        min(life.nextDeadline, lifetimes?.nextInstant ?? .never, business?.due.nextInstant ?? .never)
    }

    /// Does what is due at `instant`, until the end cut.
    mutating func doBusiness(until instant: Instant, _ reactor: inout Reactor) {
        guard business != nil, !isEnded else { return }
        while let slot = business?.takeDue(at: instant) { doBusiness(slot, &reactor) }
    }

    private mutating func doBusiness(_ slot: Int, _ reactor: inout Reactor) {
        while let action = business?.nextAction(slot, lastHeard: sessions[slot].lastProofOfLife, reactor.now) {
            switch action {
            case .send(let number): write(.request, number, slot, &reactor)
            case .rest(let instant):
                isLifetimeOver = true
                drive(slot, .commanded(.drop(.after(instant - reactor.now), by: .fin)), &reactor)
                isLifetimeOver = false
            }
        }
    }

    /// What becomes of a session's connection, as far as it concerns what goes over it.
    mutating func noteForBusiness(_ action: SessionAction, _ slot: Int, _ reactor: inout Reactor) {
        guard !isEnded else { return }
        switch action {
        case .sendHello:
            guard business?.isShort == true else { return }
            business?.connect(slot, reactor.now)
        case .notedAdmission: business?.admit(slot, reactor.now)
        case .notedDisconnect(let mechanism):
            let lastHeard = mechanism == .local ? nil : sessions[slot].lastProofOfLife
            business?.disconnect(slot, lastHeard: lastHeard, reactor.now)
        case .notedConnectFailure: business?.disconnect(slot, lastHeard: nil, reactor.now)
        default: return
        }
        scheduleBusiness(&reactor)
    }

    /// The frame at the front of `bytes` carries something beside heartbeats.
    mutating func receive(
        _ kind: DataKind,
        _ number: UInt32,
        _ bytes: UnsafeRawBufferPointer,
        _ slot: Int,
        _ reactor: inout Reactor
    ) {
        guard !isEnded else { return }
        switch kind {
        case .push:
            let intended = Instant(nanoseconds: Int64(clamping: FrameDecoder.intendedNanoseconds(of: bytes)))
            let admitted = sessions[slot].admittedAt
            business?.receive(number, intended: intended, slot, admitted: admitted, reactor.now)
            if business?.acknowledges == true { write(.ack, number, slot, &reactor) }
        case .response:
            business?.answer(number, slot, reactor.now)
            scheduleBusiness(&reactor)
        case .ack, .request: break
        }
    }

    private mutating func scheduleBusiness(_ reactor: inout Reactor) {
        guard !isEnded, let next = business?.due.nextInstant, next != .never else { return }
        reactor.scheduleNext(nextSchedule)
    }

    /// Something that the session's heartbeat did not want itself.
    private mutating func write(_ kind: DataKind, _ number: UInt32, _ slot: Int, _ reactor: inout Reactor) {
        let intended = UInt64(clamping: reactor.now.nanoseconds)
        let failure = send(slot, byteCount: WireFormat.helloBytes, &reactor) {
            FrameEncoder.encode(.data(kind: kind, message: number), intendedNanoseconds: intended, into: $0)
        }
        if let failure { return drive(slot, failure, &reactor) }
        let policy = segment.groups.policy(of: slot)
        guard sessions[slot].phase == .admitted, policy.heartbeat.strategy.traits.contains(.writesRearm) else { return }
        sessions[slot].noteWrite(reactor.now, policy)
        let deadline = sessions[slot].deadline
        if deadline == .never { reactor.cancelDeadline(slot) } else { reactor.setDeadline(slot, deadline) }
    }
}
