import HoldfastCore
import HoldfastReactor

/// A gateway whose program answers late, as one whose threads are all busy does. The kernel accepts and acknowledges.
extension GatewayServer {
    /// From now on everything that it says goes out this much later, ends of connections included; zero is at once,
    /// though nothing overtakes what waits.
    mutating func slowDown(by delay: Span) { late.delay = delay }

    /// Sends what is due; when to come again, nil: never.
    mutating func sendLate(_ reactor: inout Reactor) -> Instant? {
        while let answer = late.takeDue(reactor.now) { send(answer, &reactor) }
        return late.next(reactor.now)
    }

    /// Whether what is said on this connection has to wait.
    func isLate(_ slot: Int) -> Bool {
        late.isActive && (late.isSilent || late.delay > .zero || connections[slot].lateUntil != .zero)
    }

    /// Keeps back what is to be said on a connection.
    mutating func hold(_ content: LateAnswers.Answer.Content, _ slot: Int, _ now: Instant) {
        let due = max(now + late.delay, connections[slot].lateUntil)
        connections[slot].lateUntil = due
        let number = connections[slot].number
        late.add(LateAnswers.Answer(due: due, slot: slot, number: number, content: content))
    }

    /// Ends a connection once everything is said; it is over for the program already.
    mutating func holdEnd(_ slot: Int, _ manner: CloseManner, _ reactor: inout Reactor) {
        connections[slot].isEnding = true
        reactor.cancelDeadline(slot)
        reactor.watch(slot, .peerFinished)
        hold(.end(manner), slot, reactor.now)
    }

    private mutating func send(_ answer: LateAnswers.Answer, _ reactor: inout Reactor) {
        let slot = answer.slot
        guard connections.contains(slot), connections[slot].number == answer.number, !connections[slot].isVanished
        else { return }
        if connections[slot].lateUntil == answer.due { connections[slot].lateUntil = .zero }
        switch answer.content {
        case .end(let manner): close(slot, manner, &reactor)
        case .bytes(let bytes):
            let isSent = bytes.withUnsafeBytes { write($0, slot, &reactor) }
            if isSent { return }
            if connections[slot].isEnding { forget(slot, &reactor) } else { act(slot, .closedByPeer, &reactor) }
        }
    }
}
