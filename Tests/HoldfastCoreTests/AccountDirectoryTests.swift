import HoldfastCore
import Testing

@Suite struct AccountDirectoryTests {
    private static func holder(_ session: SessionID, _ ordinal: Ordinal) -> AccountDirectory.Holder {
        AccountDirectory.Holder(session: session, ordinal: ordinal)
    }

    @Test func theLatestHasTheAccount() {
        var directory = AccountDirectory(accounts: 2)
        #expect(directory.enter(0, Self.holder(0, 0)) == nil)
        #expect(directory.enter(1, Self.holder(1, 0)) == nil)
        #expect(directory.enter(0, Self.holder(2, 0)) == Self.holder(0, 0))
        #expect(directory.enter(0, Self.holder(0, 1)) == Self.holder(2, 0))
        #expect(directory.enter(0, Self.holder(0, 1)) == nil)
    }

    /// Its own older connection is one too: a client that moved without saying so.
    @Test func aSessionEndsItsOwnGhost() {
        var directory = AccountDirectory(accounts: 1)
        _ = directory.enter(0, Self.holder(0, 0))
        #expect(directory.enter(0, Self.holder(0, 1)) == Self.holder(0, 0))
    }

    @Test(arguments: [
        (Ordinal(0), AccountDirectory.Holder?.some(AccountDirectory.Holder(session: 1, ordinal: 4))), (4, nil),
    ])
    func onlyItsOwnEndTakesAnEntryAway(ended: Ordinal, left: AccountDirectory.Holder?) {
        var directory = AccountDirectory(accounts: 1)
        _ = directory.enter(0, Self.holder(1, 4))
        directory.leave(0, Self.holder(1, ended))
        #expect(directory.enter(0, Self.holder(2, 0)) == left)
    }
}
