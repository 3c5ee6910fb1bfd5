import Foundation
import HoldfastControl
import HoldfastCore
import Testing

/// What processes know together of accounts; here several mappings of one file stand for them.
@Suite struct AccountPageTests {
    private let path = NSTemporaryDirectory() + "holdfast-accounts-\(UUID().uuidString)"

    private func page(sessions: Int = 8, accounts: Int = 4, processes: Int = 3) throws -> AccountPage {
        try AccountPage(path: path, sessions: sessions, accounts: accounts, processes: processes)
    }

    private func connection(_ session: SessionID, _ ordinal: Ordinal = 0) -> AccountPage.Connection {
        AccountPage.Connection(session: session, ordinal: ordinal)
    }

    @Test func theLatestHasIt() throws {
        defer { unlink(path) }
        let (one, other) = (try page(), try page())
        #expect(one.enter(connection(1, 7), at: 0) == nil)
        #expect(other.enter(connection(2), at: 1) == nil)
        #expect(one.standing(of: connection(1, 7), at: 0) == .current)
        // Session 5 is the second device of session 1's user.
        #expect(other.enter(connection(5), at: 2) == 0)
        #expect(one.standing(of: connection(1, 7), at: 0) == .superseded)
        #expect(other.takeNews(of: 1) == [] && other.takeNews(of: 2) == [])
        #expect(one.takeNews(of: 0) == [1])
        #expect(one.takeNews(of: 0) == [])
        // The late end of an older one takes nothing from a newer one.
        one.leave(connection(1, 7), at: 0)
        #expect(other.standing(of: connection(5), at: 2) == .current)
        other.leave(connection(5), at: 2)
        #expect(other.standing(of: connection(5), at: 2) == .vacant)
        #expect(one.enter(connection(1, 8), at: 0) == nil)
        #expect(one.takeNews(of: 0) == [] && one.takeNews(of: 2) == [])
    }

    /// As of the limits of what a word holds: the last session of a thousand, the last ordinal, the last process.
    @Test func theLastOfAllFits() throws {
        defer { unlink(path) }
        let page = try page(sessions: 1000, accounts: 1, processes: 4000)
        #expect(page.enter(connection(999, .max), at: 3999) == nil)
        #expect(page.standing(of: connection(999, .max), at: 3999) == .current)
        for (session, ordinal, process) in [(998, .max, 3999), (999, .max - 1, 3999), (999, .max, 3998)]
            as [(SessionID, Ordinal, Int)]
        {
            #expect(page.standing(of: connection(session, ordinal), at: process) == .superseded)
        }
        #expect(page.enter(connection(0), at: 0) == 3999)
        #expect(page.takeNews(of: 3999) == [0])
        page.noteEnd(connection(999, .max))
        #expect(page.wasEnded(connection(999, .max)) && !page.wasEnded(connection(998, .max)))
    }

    /// Against the directory of a simulation: whom it sends away, its process hears of, and nobody else of anybody.
    @Test(arguments: [1, 40, 64, 5_000])
    func isTheDirectoryOfASimulation(accounts: Int) throws {
        defer { unlink(path) }
        let pages = try (0..<3).map { _ in try page(sessions: 3 * accounts, accounts: accounts) }
        var directory = AccountDirectory(accounts: accounts)
        var places: [SessionID: (ordinal: Ordinal, process: Int)] = [:]
        var ordinals: [SessionID: Ordinal] = [:]
        for step in 0..<UInt64(6_000) {
            let draw = mix64(step &+ UInt64(accounts))
            let session = SessionID(draw % UInt64(3 * accounts))
            let account = Int(session) % accounts
            if let place = places[session], draw >> 40 & 1 == 0 {
                directory.leave(account, connection(session, place.ordinal))
                pages[place.process].leave(connection(session, place.ordinal), at: place.process)
                places[session] = nil
                continue
            }
            let process = Int(draw >> 48 % 3)
            let latest = connection(session, ordinals[session, default: 0])
            ordinals[session, default: 0] += 1
            let older = directory.enter(account, latest)
            let expected = older.flatMap { places[$0.session] }?.process
            places[session] = (latest.ordinal, process)
            #expect(pages[process].enter(latest, at: process) == expected)
            #expect(pages[process].standing(of: latest, at: process) == .current)
            for process in 0..<3 {
                #expect(pages[process].takeNews(of: process) == (process == expected ? [account] : []))
            }
        }
    }

    /// Who is late to look hears of everything at once, each account once, in every part of the bits.
    @Test func newsWaitAndAreOne() throws {
        defer { unlink(path) }
        let accounts = 64 * 64 * 2 + 1
        let page = try page(sessions: 2 * accounts, accounts: accounts)
        let chosen = [0, 1, 63, 64, 64 * 64 - 1, 64 * 64, accounts - 1]
        for account in chosen {
            _ = page.enter(connection(SessionID(account)), at: 2)
            for ordinal in 0..<5 { _ = page.enter(connection(SessionID(accounts + account), Ordinal(ordinal)), at: 2) }
        }
        #expect(page.takeNews(of: 2) == chosen)
        #expect(page.takeNews(of: 2) == [])
    }

    /// A gateway is killed: its connections' accounts are entered again as if it could still be told.
    @Test func aDeadProcessIsNoObstacle() throws {
        defer { unlink(path) }
        let living = try page()
        do { _ = try page().enter(connection(1, 3), at: 1) }
        #expect(living.enter(connection(5), at: 0) == 1)
        #expect(living.standing(of: connection(5), at: 0) == .current)
        // Its successor hears of what it never had.
        #expect(try page().takeNews(of: 1) == [1])
        #expect(living.enter(connection(1, 4), at: 1) == 0)
    }

    /// A gateway is killed after it took an account over and before it said so: the word has changed and no bit. The
    /// connection that had it is found when its process looks; if the account is free by then, it has it again.
    @Test(arguments: [false, true])
    func whatWasNotSaidIsSeen(isFree: Bool) throws {
        defer { unlink(path) }
        let living = try page()
        #expect(living.enter(connection(1, 3), at: 0) == nil)
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: 8)
        let word: UInt64 = isFree ? 0 : 2 << 42 | 1 << 32 | 9
        try file.write(contentsOf: withUnsafeBytes(of: word) { Data($0) })
        #expect(living.takeNews(of: 0) == [])
        #expect(living.standing(of: connection(1, 3), at: 0) == (isFree ? .vacant : .superseded))
        living.reclaim(connection(1, 3), at: 0)
        #expect(living.standing(of: connection(1, 3), at: 0) == (isFree ? .current : .superseded))
        #expect(living.standing(of: connection(5, 9), at: 1) == (isFree ? .superseded : .current))
    }

    /// The worker asks for the connection that it has lost; a ghost of an earlier one that ends later changes nothing.
    @Test func endsAreOfOneConnection() throws {
        defer { unlink(path) }
        let (one, other) = (try page(), try page())
        #expect(!other.wasEnded(connection(2, 0)))
        one.noteEnd(connection(2, 5))
        #expect(other.wasEnded(connection(2, 5)) && !other.wasEnded(connection(2, 4)))
        #expect(!other.wasEnded(connection(1, 5)))
        one.noteEnd(connection(2, 3))
        #expect(other.wasEnded(connection(2, 5)))
    }

    /// Processes log in on the same accounts at the same time, and each ends what it hears of. Whatever the order, in
    /// the end every account has one connection, at one process, and whoever has an older one is about to hear of it.
    @Test func atOnce() async throws {
        defer { unlink(path) }
        let (accounts, processes) = (100, 4)
        let pages = try (0...processes).map { _ in
            try self.page(sessions: accounts * processes, accounts: accounts, processes: processes)
        }
        let left = await withTaskGroup(of: [AccountPage.Connection].self) { group in
            for process in 0..<processes {
                let page = pages[process]
                group.addTask {
                    var rival = Rival(page: page, process: process)
                    for login in 0..<4_000 {
                        rival.logIn(Int(mix64(UInt64(login * processes + process)) % UInt64(accounts)))
                        if login % 7 == process { rival.look() }
                        if login % 64 == 0 { await Task.yield() }
                    }
                    return rival.connections
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let page = pages[processes]
        var told = (0..<processes).map { Set(page.takeNews(of: $0)) }
        var holders = [Int](repeating: 0, count: accounts)
        for connection in left {
            let process = Int(connection.session) / accounts
            let account = page.account(of: connection.session)
            if page.standing(of: connection, at: process) == .current {
                holders[account] += 1
            } else {
                #expect(told[process].remove(account) != nil, "nobody told process \(process) of account \(account)")
            }
        }
        #expect(holders == [Int](repeating: 1, count: accounts))
    }

    /// A process with one session of each account.
    private struct Rival {
        let page: AccountPage
        let process: Int
        private var ordinals: [SessionID: Ordinal] = [:]
        private var here: Set<SessionID> = []

        init(page: AccountPage, process: Int) {
            self.page = page
            self.process = process
        }

        var connections: [AccountPage.Connection] { here.map(connection) }

        mutating func logIn(_ account: Int) {
            let session = SessionID(process * page.accounts + account)
            if here.contains(session) { page.leave(connection(session), at: process) }
            ordinals[session, default: 0] += 1
            here.insert(session)
            _ = page.enter(connection(session), at: process)
        }

        mutating func look() {
            for account in page.takeNews(of: process) {
                let session = SessionID(process * page.accounts + account)
                guard here.contains(session), page.standing(of: connection(session), at: process) != .current
                else { continue }
                page.leave(connection(session), at: process)
                here.remove(session)
            }
        }

        private func connection(_ session: SessionID) -> AccountPage.Connection {
            AccountPage.Connection(session: session, ordinal: ordinals[session, default: 0])
        }
    }
}
