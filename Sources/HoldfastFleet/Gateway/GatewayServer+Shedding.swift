import HoldfastCore
import HoldfastReactor

/// A gateway that holds more than its share. Each of its processes comes to the same conclusions, and asks its own
/// sessions to go at its part of the rate, until all of them together hold no more than they should.
extension GatewayServer {
    /// Compares itself with the fleet, and asks those to go whose turn it is; the lowest `rank` goes first.
    mutating func compare(_ fleet: FleetLoad?, _ reactor: inout Reactor, rank: (SessionID) -> UInt32) {
        let wasShedding = shedding?.isRefusing == true
        shedding?.look(page.staying, fleet, now: reactor.now)
        if shedding?.isRefusing == true, !wasShedding { excess = guests(rank: rank)[...] }
        shed(&reactor)
    }

    /// Asks everybody to go whose turn it is.
    mutating func shed(_ reactor: inout Reactor) {
        while let guest = excess.first {
            guard isHere(guest), connections[guest.slot].brain.phase == .admitted else {
                excess.removeFirst()
                continue
            }
            guard shedding?.takeTurn(page.staying, now: reactor.now) == true else { return }
            excess.removeFirst()
            act(guest.slot, .commanded(.leave(.shed)), &reactor)
        }
    }

    /// When the next one is asked; nil when nobody is.
    var nextTurn: Instant? { excess.isEmpty ? nil : shedding?.nextTurn(page.staying) }
}
