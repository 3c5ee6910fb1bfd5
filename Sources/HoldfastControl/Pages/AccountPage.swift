import HoldfastCore
import HoldfastPlan

/// What all gateways of a run know together of its accounts: which connection has each of them, in which process, and
/// of which accounts a process has yet to hear that another connection has them. Beside that, which connections were
/// ended for it, which their workers look up.
///
/// It is to processes what `AccountDirectory` is to a simulation. Nobody ever waits for another, and an account changes
/// hands in one word, so a process may be frozen or killed at any moment. One that is killed between that word and
/// telling the process of the older connection leaves one that `standing` finds.
public final class AccountPage: Sendable {
    /// One connection of one session.
    public typealias Connection = AccountDirectory.Holder

    /// Whether a connection has its account.
    public enum Standing: Equatable, Sendable {
        /// It has.
        case current
        /// Nobody has.
        case vacant
        /// Another one has.
        case superseded
    }

    /// How many accounts there are.
    public let accounts: Int
    /// How many sessions there are.
    public let sessions: Int
    private let path: String
    private let words: SharedWords

    /// Words of which each bit is an account that a process has to look at, and words of which each bit is one of those
    /// that is not zero.
    private let leaves: Int
    private let summaries: Int

    /// The page at `path`, which whoever comes first makes, for `accounts` accounts that `sessions` sessions share, and
    /// for processes 0 ..< `processes`.
    public init(path: String, sessions: Int, accounts: Int, processes: Int) throws(SharedPageFailure) {
        precondition(accounts > 0, "There are no accounts.")
        precondition((sessions - 1) / accounts <= Entry.mostMembers, "An account has too many sessions.")
        precondition(processes <= Entry.mostProcesses, "There are too many processes.")
        self.path = path
        self.sessions = sessions
        self.accounts = accounts
        leaves = (accounts + 63) / 64
        summaries = (leaves + 63) / 64
        words = try SharedWords(path: path, count: accounts + sessions + processes * (leaves + summaries))
    }

    /// That of the run of `plan` whose coordinator listens on the Unix socket `controlSocket`; nil where an account may
    /// have as many connections as it likes.
    public convenience init?(of plan: Plan, controlSocket: String) throws(SharedPageFailure) {
        guard plan.target.gateway.duplicateLogin != .allow else { return nil }
        try self.init(
            path: "\(controlSocket).accounts",
            sessions: plan.sessions,
            accounts: plan.accounts,
            processes: plan.mostGateways * plan.gatewayProcesses
        )
    }

    /// Where a process is told that there is something new for it.
    public func bellPath(of process: Int) -> String { "\(path).bell-\(process)" }

    /// The account of a session, as in the plan.
    public func account(of session: SessionID) -> Int { Int(session) % accounts }

    /// A connection logged in at `process`: it has its account. Returns the process that holds the one that had it
    /// until now, and has news by now; nil where there is none.
    public func enter(_ connection: Connection, at process: Int) -> Int? {
        let account = account(of: connection.session)
        let mine = entry(connection, process)
        let before = words[account].pointee.exchange(mine, ordering: .acquiringAndReleasing)
        guard before != Entry.nobody, before != mine else { return nil }
        let older = Entry.process(of: before)
        let place = place(of: older)
        let leaf = account / 64
        words[place + summaries + leaf].pointee.bitwiseOr(1 << UInt64(account % 64), ordering: .acquiringAndReleasing)
        words[place + leaf / 64].pointee.bitwiseOr(1 << UInt64(leaf % 64), ordering: .acquiringAndReleasing)
        return older
    }

    /// A connection that logged in at `process` is over; a newer one keeps the account.
    public func leave(_ connection: Connection, at process: Int) {
        _ = words[account(of: connection.session)].pointee.compareExchange(
            expected: entry(connection, process),
            desired: Entry.nobody,
            ordering: .acquiringAndReleasing
        )
    }

    /// Whether a connection that logged in at `process` has its account.
    public func standing(of connection: Connection, at process: Int) -> Standing {
        switch words[account(of: connection.session)].pointee.load(ordering: .acquiring) {
        case Entry.nobody: .vacant
        case entry(connection, process): .current
        default: .superseded
        }
    }

    /// A connection at `process` takes its account if nobody has it.
    public func reclaim(_ connection: Connection, at process: Int) {
        _ = words[account(of: connection.session)].pointee.compareExchange(
            expected: Entry.nobody,
            desired: entry(connection, process),
            ordering: .acquiringAndReleasing
        )
    }

    /// The accounts that were taken from connections at `process` since it last asked.
    public func takeNews(of process: Int) -> [Int] {
        var news: [Int] = []
        let place = place(of: process)
        for summary in 0..<summaries {
            for leaf in AccountPage.bits(take(place + summary)) {
                let leaf = summary * 64 + leaf
                news += AccountPage.bits(take(place + summaries + leaf)).map { leaf * 64 + $0 }
            }
        }
        return news
    }

    /// A gateway is about to end a connection because its account is in use elsewhere.
    public func noteEnd(_ connection: Connection) {
        words.raise(accounts + Int(connection.session), to: UInt64(connection.ordinal) + 1)
    }

    /// Whether a gateway ended a session's latest connection for that.
    public func wasEnded(_ connection: Connection) -> Bool {
        words[accounts + Int(connection.session)].pointee.load(ordering: .acquiring) == UInt64(connection.ordinal) + 1
    }

    private func place(of process: Int) -> Int { accounts + sessions + process * (leaves + summaries) }

    private func entry(_ connection: Connection, _ process: Int) -> UInt64 {
        Entry.of(member: Int(connection.session) / accounts, connection.ordinal, process: process)
    }

    private func take(_ place: Int) -> UInt64 {
        // Most of them are zero, and stay in the caches of all processes as long as nobody writes to them.
        guard words[place].pointee.load(ordering: .acquiring) != 0 else { return 0 }
        return words[place].pointee.exchange(0, ordering: .acquiringAndReleasing)
    }

    private static func bits(_ word: UInt64) -> [Int] {
        var rest = word
        var bits: [Int] = []
        while rest != 0 {
            bits.append(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return bits
    }

    /// One word: one more than the process, which of the account's sessions it is, and the ordinal.
    private enum Entry {
        static let nobody: UInt64 = 0
        static let mostMembers = 1 << 10 - 1
        static let mostProcesses = 1 << 22 - 1

        static func of(member: Int, _ ordinal: Ordinal, process: Int) -> UInt64 {
            UInt64(process + 1) << 42 | UInt64(member) << 32 | UInt64(ordinal)
        }

        static func process(of entry: UInt64) -> Int { Int(entry >> 42) - 1 }
    }
}
