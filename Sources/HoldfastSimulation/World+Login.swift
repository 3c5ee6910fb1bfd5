import HoldfastCore

/// Logins that nothing can come between: their four messages need not wait in the queue.
extension World {
    /// Whether nothing can happen to a connection that was accepted now before its session hears that it is admitted,
    /// unless a session that leaves makes room.
    func canLogInAtOnce(_ key: LinkKey, _ gateway: GatewayID) -> Bool {
        isFast && logsInFreely && present == nil && !gateways[Int(gateway)].isIdle && now + delay * 4 < nextDisturbance
            && seats[Int(key.session)].session.phase == .connecting
            && seats[Int(key.session)].session.ordinal == key.ordinal
    }

    /// What each end makes of the login, at the instants at which it would have heard of it.
    mutating func logInAtOnce(_ key: LinkKey, _ gateway: GatewayID) {
        let id = Int(key.session)
        let accepted = now
        now = accepted + delay
        noteHandshake(id)
        tell(id, .connected)
        while let action = seats[id].session.nextAction() {
            if case .sendHello = action { continue }
            perform(action, id)
        }
        now = accepted + delay * 2
        admit(key, gateway)
        now = accepted + delay * 3
        if planted != .answersProveNothing { seats[id].session.noteProofOfLife(now) }
        drive(id, .admitted(by: gateway, intervalMilliseconds: gatewayPolicy.dictatedMilliseconds))
        now = accepted
    }

    private mutating func admit(_ key: LinkKey, _ gateway: GatewayID) {
        let link = seats.link(of: Int(key.session))
        tell(link, of: key.session, .loggedIn(session: key.session, ordinal: key.ordinal))
        while let action = link.pointee.connection.nextAction() {
            if case .notedAdmission = action { gateways[Int(gateway)].admit(key) }
        }
        arm(&link.pointee, key)
    }
}
