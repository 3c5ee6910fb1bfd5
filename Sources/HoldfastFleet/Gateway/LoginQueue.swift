import HoldfastCore

/// Logins that a gateway works on one after the other, each for a while; whose connection waits for longest is next.
struct LoginQueue {
    private struct Login {
        var hello: Hello
        /// Of the connection: its slot may be another one's by then.
        var number: UInt64
        var due: Instant
    }

    private var door: FrontDoor
    private var logins: [Int: Login] = [:]

    /// A gateway that takes `loginTime` for each; nil where that is nothing.
    init?(loginTime: Span) {
        guard loginTime > .zero else { return nil }
        door = FrontDoor(loginTime: loginTime)
    }

    /// The login of connection `number` arrived.
    mutating func add(_ hello: Hello, _ slot: Int, _ number: UInt64, _ now: Instant) {
        let due = door.answerLogin(acceptedAt: now, now: now)
        logins[slot] = Login(hello: hello, number: number, due: due)
    }

    /// When the login of a connection is worked on; never where none waits.
    func due(_ slot: Int, _ number: UInt64) -> Instant {
        guard let login = logins[slot], login.number == number else { return .never }
        return login.due
    }

    /// The login of a connection, if it is worked on at `now`.
    mutating func takeDue(_ slot: Int, _ number: UInt64, _ now: Instant) -> Hello? {
        guard due(slot, number) <= now else { return nil }
        return logins.removeValue(forKey: slot)?.hello
    }

    /// The connection is over.
    mutating func remove(_ slot: Int) { logins[slot] = nil }
}
