import HoldfastCore
import HoldfastReactor

/// A gateway that lets its sessions go one after the other, and takes nobody until it listens again.
extension GatewayServer {
    /// One connection, wherever its slot may be used again later.
    struct Guest {
        var slot: Int
        var session: SessionID
        var ordinal: Ordinal
    }

    /// Takes nobody any more, and tells `farewell` to whoever is there, evenly `over` a time, the lowest `rank` first.
    mutating func drain(
        over: Span,
        _ farewell: GatewayCommand,
        _ reactor: inout Reactor,
        rank: (SessionID) -> UInt32
    ) {
        stopListening(&reactor)
        isDrained = true
        self.farewell = farewell
        departures = Departures(guests(rank: rank), from: reactor.now, over: over)
        sayFarewell(&reactor)
    }

    /// Tells everybody whose turn it is.
    mutating func sayFarewell(_ reactor: inout Reactor) {
        while let guest = departures.takeDue(reactor.now) {
            if isHere(guest) { act(guest.slot, .commanded(farewell), &reactor) }
        }
    }

    /// Ends whatever is left of those that were told to go.
    mutating func endDrained(_ reactor: inout Reactor) {
        departures = Departures([], from: reactor.now, over: .zero)
        command(.end, &reactor)
    }

    /// Takes connections again.
    mutating func reopen(_ reactor: inout Reactor) throws(SystemError) {
        entrance?.comeBack(&reactor)
        try listen(&reactor)
    }

    /// Everybody who is there, the lowest `rank` first; who has not logged in yet has none and comes last.
    func guests(rank: (SessionID) -> UInt32) -> [Guest] {
        let guests = (0..<connections.end).filter { connections.contains($0) && !connections[$0].isVanished }
        let ranked = guests.map { slot -> (rank: UInt32, guest: Guest) in
            let brain = connections[slot].brain
            let guest = Guest(slot: slot, session: brain.session, ordinal: brain.ordinal)
            return (brain.phase == .accepted ? .max : rank(brain.session), guest)
        }
        return ranked.sorted { ($0.rank, $0.guest.ordinal) < ($1.rank, $1.guest.ordinal) }.map(\.guest)
    }

    /// Whether somebody is still there: who had not logged in yet may have by now.
    func isHere(_ guest: Guest) -> Bool {
        guard connections.contains(guest.slot), !connections[guest.slot].isVanished else { return false }
        let brain = connections[guest.slot].brain
        return brain.ordinal == guest.ordinal && brain.session == guest.session || isDrained
    }
}
