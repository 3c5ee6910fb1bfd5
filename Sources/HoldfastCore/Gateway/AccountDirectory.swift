/// Which connection has each account, as all gateways of a fleet know it.
///
/// An account has one connection: the latest. An entry goes only with the connection that it is of, so that the late
/// end of an older one does not take the account from a newer one (Zuul's `PushRegistrationHandler` has that rule).
public struct AccountDirectory: Sendable {
    /// One connection of one session.
    public struct Holder: Equatable, Sendable {
        /// The session.
        public var session: SessionID
        /// Which of its connections.
        public var ordinal: Ordinal

        /// A connection.
        public init(session: SessionID, ordinal: Ordinal) {
            self.session = session
            self.ordinal = ordinal
        }
    }

    private var holders: [Holder?]

    /// Nobody has any of `accounts` accounts.
    public init(accounts: Int) { holders = [Holder?](repeating: nil, count: accounts) }

    /// A connection logs in with `account`; returns the one that had it, which has to go.
    public mutating func enter(_ account: Int, _ holder: Holder) -> Holder? {
        let before = holders[account]
        holders[account] = holder
        return before == holder ? nil : before
    }

    /// A connection that logged in with `account` is over.
    public mutating func leave(_ account: Int, _ holder: Holder) {
        if holders[account] == holder { holders[account] = nil }
    }
}
