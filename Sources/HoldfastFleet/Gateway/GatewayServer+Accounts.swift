import HoldfastControl
import HoldfastCore
import HoldfastReactor

/// Accounts of which one connection at a time is wanted, wherever in the fleet that is.
extension GatewayServer {
    /// Who takes an account over tells the process that had it. Only one that is killed just then cannot: that is
    /// found out after this long.
    private static let reviewInterval = Span.seconds(1)

    /// Behind all other slots; there is one where there are accounts.
    var bellSlot: Int { listenerSlot + 1 + (entrance == nil ? 0 : PassageEntrance.slots) }

    mutating func listenForLogins(_ reactor: inout Reactor) throws(SystemError) {
        guard let accounts, reactor.descriptor(of: bellSlot) < 0 else { return }
        let path = accounts.bellPath
        let failure = reactor.attach(try Bell.listen(at: path), to: bellSlot, .readable)
        guard failure == 0 else { throw SystemError(call: "watch \(path)", code: failure) }
        reactor.setDeadline(bellSlot, reactor.now + GatewayServer.reviewInterval)
    }

    /// A session was admitted, or its connection is over.
    mutating func noteForAccounts(_ slot: Int, isAdmission: Bool, _ reactor: borrowing Reactor) {
        let connection = connection(slot)
        guard isAdmission else {
            accounts?.leave(slot, connection)
            return
        }
        guard let other = accounts?.enter(slot, connection), let path = accounts?.page.bellPath(of: other)
        else { return }
        // Whoever does not hear it is gone, and its connections with it.
        Bell.ring(path, from: reactor.descriptor(of: bellSlot))
    }

    /// Somebody logged in elsewhere. One that stalls looks later.
    mutating func hearBell(_ reactor: inout Reactor) {
        Bell.silence(reactor.descriptor(of: bellSlot))
        if unheard == nil { endDuplicates(&reactor) }
    }

    /// Ends the connections whose accounts were taken from them.
    mutating func endDuplicates(_ reactor: inout Reactor) {
        for account in accounts?.takeNews() ?? [] {
            for slot in accounts?.slots(of: account) ?? [] where standing(slot) != .current {
                endDuplicate(slot, &reactor)
            }
        }
    }

    /// Looks whether every connection has its account: of whoever took it and could not say so, or has left since.
    mutating func reviewAccounts(_ reactor: inout Reactor) {
        reactor.setDeadline(bellSlot, reactor.now + GatewayServer.reviewInterval)
        guard unheard == nil else { return }
        endDuplicates(&reactor)
        for slot in accounts?.slots ?? [] {
            switch standing(slot) {
            case .current, nil: break
            case .vacant: accounts?.reclaim(connection(slot))
            case .superseded: endDuplicate(slot, &reactor)
            }
        }
    }

    private mutating func endDuplicate(_ slot: Int, _ reactor: inout Reactor) {
        guard let command = accounts?.command else { return }
        accounts?.page.noteEnd(connection(slot))
        act(slot, .commanded(command), &reactor)
    }

    private func standing(_ slot: Int) -> AccountPage.Standing? {
        accounts?.standing(of: connection(slot))
    }

    private func connection(_ slot: Int) -> AccountPage.Connection {
        AccountPage.Connection(session: connections[slot].brain.session, ordinal: connections[slot].brain.ordinal)
    }
}
