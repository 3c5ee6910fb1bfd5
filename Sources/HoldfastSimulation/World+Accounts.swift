import HoldfastCore

/// Accounts of which one connection at a time is wanted, wherever in the fleet that is.
extension World {
    /// A login was answered: the gateway that holds the account's older connection hears of it.
    mutating func enterAccount(_ key: LinkKey) {
        guard let older = directory.enter(plan.account(of: key.session), holder(key)) else { return }
        let olderKey = LinkKey(session: older.session, ordinal: older.ordinal)
        queue.push(SimulatedEvent(.toGateway, olderKey, .duplicate, at: now + delay), .transit)
    }

    mutating func leaveAccount(_ key: LinkKey) { directory.leave(plan.account(of: key.session), holder(key)) }

    /// The word of a newer login has reached the gateway of the older connection.
    mutating func endDuplicate(_ key: LinkKey) {
        let id = Int(key.session)
        if seats[id].link.ordinal == key.ordinal { wake(id) }
        duplicates[key.session] = key.ordinal
        let isTold = real.target.gateway.duplicateLogin == .notify
        driveGateway(key, .commanded(isTold ? .kick(.duplicate) : .drop(.fin)))
    }

    /// Whether the end that a session has just noticed is that of a connection with an account in use elsewhere.
    mutating func takeDuplicate(_ key: LinkKey, _ mechanism: Mechanism) -> Bool {
        guard duplicates[key.session] == key.ordinal else { return false }
        duplicates[key.session] = nil
        // What it found out by itself has another cause, which also kept the word from it.
        return [.kicked, .fin, .reset].contains(mechanism)
    }

    private func holder(_ key: LinkKey) -> AccountDirectory.Holder {
        AccountDirectory.Holder(session: key.session, ordinal: key.ordinal)
    }
}
