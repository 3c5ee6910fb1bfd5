import HoldfastCore

extension Plan {
    /// How many accounts there are; the last sessions may be alone with theirs.
    public var accounts: Int { (sessions + sessionsPerAccount - 1) / sessionsPerAccount }

    /// The account of a session: those of one account are far apart, as the devices of one user are.
    public func account(of session: SessionID) -> Int { Int(session) % accounts }
}
