import HoldfastControl
import HoldfastCore

/// What one gateway process knows of the accounts that are logged in there: which of its connections they are, by slot.
/// Who has them in the whole fleet is in the page.
struct GatewayAccounts {
    let page: AccountPage
    /// The number of this process in the page.
    private let process: Int
    /// What is done to a connection whose account is in use elsewhere.
    let command: GatewayCommand
    /// By account: a slot; and by slot: the next one of the same account, -1 for none.
    private var first: [Int: Int32] = [:]
    private var next: [Int32]

    /// For as many connections as there are slots.
    init(_ rule: DuplicateLogin, page: AccountPage, process: Int, slots: Int) {
        self.page = page
        self.process = process
        command = rule == .notify ? .kick(.duplicate) : .drop(.fin)
        next = Array(repeating: -1, count: slots)
    }

    /// Where this process is told that there is news for it.
    var bellPath: String { page.bellPath(of: process) }

    /// The accounts that were taken from connections here since this was asked last.
    func takeNews() -> [Int] { page.takeNews(of: process) }

    /// Whether a connection that is logged in here has its account.
    func standing(of connection: AccountPage.Connection) -> AccountPage.Standing {
        page.standing(of: connection, at: process)
    }

    /// A connection that is logged in here takes its account if nobody has it.
    func reclaim(_ connection: AccountPage.Connection) { page.reclaim(connection, at: process) }

    /// Whether a login is one of the plan's sessions, with its account.
    func isKnown(_ hello: Hello) -> Bool {
        Int(hello.session) < page.sessions && Int(hello.account) == page.account(of: hello.session)
    }

    /// A connection logged in; returns the process that has to end the one that had its account, if there is one.
    mutating func enter(_ slot: Int, _ connection: AccountPage.Connection) -> Int? {
        let account = page.account(of: connection.session)
        next[slot] = first.updateValue(Int32(slot), forKey: account) ?? -1
        return page.enter(connection, at: process)
    }

    /// A connection that logged in is over.
    mutating func leave(_ slot: Int, _ connection: AccountPage.Connection) {
        page.leave(connection, at: process)
        let account = page.account(of: connection.session)
        let rest = next[slot]
        next[slot] = -1
        if first[account] == Int32(slot) {
            first[account] = rest < 0 ? nil : rest
        } else if let before = slots(of: account).first(where: { next[$0] == slot }) {
            next[before] = rest
        }
    }

    /// The connections of an account that are logged in here.
    func slots(of account: Int) -> [Int] {
        var slots: [Int] = []
        var slot = first[account] ?? -1
        while slot >= 0 {
            slots.append(Int(slot))
            slot = next[Int(slot)]
        }
        return slots
    }

    /// All connections that are logged in here.
    var slots: [Int] { first.keys.flatMap(slots(of:)) }
}
