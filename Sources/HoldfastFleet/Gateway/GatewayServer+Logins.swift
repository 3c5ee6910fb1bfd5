import HoldfastCore
import HoldfastReactor

/// A gateway that takes its time for logins.
extension GatewayServer {
    /// A connection wants to log in.
    mutating func logIn(_ hello: Hello, _ slot: Int, _ reactor: inout Reactor) {
        guard logins != nil else { return act(slot, event(hello, slot), &reactor) }
        logins?.add(hello, slot, connections[slot].number, reactor.now)
        reactor.setDeadline(slot, deadline(of: slot))
    }

    /// A connection's deadline is there, or has passed while nobody looked: its login is worked on, or it is at last
    /// too late for one.
    mutating func lookAtDeadline(_ slot: Int, _ reactor: inout Reactor) {
        if let hello = logins?.takeDue(slot, connections[slot].number, reactor.now) {
            return act(slot, event(hello, slot), &reactor)
        }
        act(slot, .deadlineReached, &reactor)
    }

    /// When a connection wants to be looked at next.
    func deadline(of slot: Int) -> Instant {
        let deadline = connections[slot].brain.deadline
        return logins.map { min(deadline, $0.due(slot, connections[slot].number)) } ?? deadline
    }
}
